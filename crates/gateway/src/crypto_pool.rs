//! Threads that do key exchanges and nothing else: a flood of newcomers fills this queue and never the messages'.
//!
//! An exchange's second computation goes before all first ones: what was begun is carried to the end. When nothing waits, the
//! threads make pairs and products ahead.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use crypto::SystemEntropy;
use mtproto::handshake::{Computed, Job, ServerKeys};
use parking_lot::{Condvar, Mutex};
use tokio::sync::oneshot;

use crate::limits::{CRYPTO_QUEUE_JOBS, CRYPTO_WAIT};
use crate::runtimes::weigh_little;

/// The queue and its threads; they have ended when this is dropped. No thread outlives `main`: the library of ciphers takes
/// its state down when the process exits, and aborts whoever still computes.
pub(crate) struct CryptoPool {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared {
    keys: Arc<ServerKeys>,
    queue: Mutex<Queue>,
    wake: Condvar,
}

#[derive(Default)]
struct Queue {
    /// The last computations of their exchanges.
    last: VecDeque<Waiting>,
    /// The first ones.
    first: VecDeque<Waiting>,
    is_closed: bool,
}

struct Waiting {
    job: Job,
    since: Instant,
    done: oneshot::Sender<Computed>,
}

impl Queue {
    fn len(&self) -> usize {
        self.last.len() + self.first.len()
    }

    fn push(&mut self, waiting: Waiting) {
        let jobs = if waiting.job.is_last() { &mut self.last } else { &mut self.first };
        jobs.push_back(waiting);
    }

    fn pop(&mut self) -> Option<Waiting> {
        self.last.pop_front().or_else(|| self.first.pop_front())
    }
}

impl CryptoPool {
    /// Starts the threads; those that yield weigh less than the threads for messages.
    pub(crate) fn start(threads: usize, keys: Arc<ServerKeys>, yields: bool) -> std::io::Result<Self> {
        let shared = Arc::new(Shared { keys, queue: Mutex::default(), wake: Condvar::new() });
        let pool = Self { shared: shared.clone(), threads: Mutex::default() };
        for number in 0..threads.max(1) {
            let (shared, name) = (shared.clone(), format!("key-exchange-{number}"));
            let thread = std::thread::Builder::new().name(name).spawn(move || work(&shared, yields))?;
            pool.threads.lock().push(thread);
        }
        Ok(pool)
    }

    /// What every key exchange shares.
    pub(crate) fn keys(&self) -> &ServerKeys {
        &self.shared.keys
    }

    /// Computes a job in its turn. None when too many wait, or its turn did not come in time: close the socket.
    pub(crate) async fn run(&self, job: Job) -> Option<Computed> {
        let (done, result) = oneshot::channel();
        {
            let mut queue = self.shared.queue.lock();
            if queue.is_closed {
                return None;
            }
            if queue.len() >= CRYPTO_QUEUE_JOBS {
                metrics::HANDSHAKE_FAILED.inc("queue full");
                return None;
            }
            queue.push(Waiting { job, since: Instant::now(), done });
        }
        self.shared.wake.notify_one();
        tokio::time::timeout(CRYPTO_WAIT, result).await.ok()?.ok()
    }

    /// Ends the threads and waits for them, which takes as long as one job does. Jobs that wait are not computed.
    pub(crate) fn close(&self) {
        {
            let mut queue = self.shared.queue.lock();
            queue.is_closed = true;
            queue.last.clear();
            queue.first.clear();
        }
        self.shared.wake.notify_all();
        for thread in self.threads.lock().drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread for key exchanges panicked");
            }
        }
    }
}

impl Drop for CryptoPool {
    fn drop(&mut self) {
        self.close();
    }
}

fn work(shared: &Shared, yields: bool) {
    if yields {
        weigh_little();
    }
    let mut entropy = SystemEntropy;
    let mut is_stocked = false;
    loop {
        let waiting = {
            let mut queue = shared.queue.lock();
            while queue.len() == 0 && is_stocked && !queue.is_closed {
                shared.wake.wait(&mut queue);
            }
            if queue.is_closed {
                return;
            }
            queue.pop()
        };
        match waiting {
            Some(waiting) => {
                is_stocked = false;
                compute(waiting, &shared.keys, &mut entropy);
            }
            // Trouble with making ahead is no trouble: what is missing is made when needed.
            None => is_stocked = !shared.keys.stock().refill(shared.keys.group(), &mut entropy).unwrap_or(false),
        }
    }
}

/// Jobs whose connection is gone are not computed; one that panics costs its own connection only.
fn compute(waiting: Waiting, keys: &ServerKeys, entropy: &mut SystemEntropy) {
    let Waiting { job, since, done } = waiting;
    metrics::CRYPTO_WAIT_SECONDS.observe(since.elapsed().as_secs_f64());
    if done.is_closed() {
        return;
    }
    if let Ok(computed) = catch_unwind(AssertUnwindSafe(|| job.run(keys, entropy))) {
        // The connection may have gone meanwhile.
        let _ = done.send(computed);
    }
}

#[cfg(test)]
mod tests {
    use crypto::{ExponentLength, PrivateKey, PublicKey};
    use futures::StreamExt as _;
    use futures::stream::FuturesUnordered;
    use mtproto::client::{Answer, Handshake as Client, KnownServer, Options, Padding};
    use mtproto::handshake::{Handshake, Step};

    use super::*;

    /// Keys of a server, and what its clients know of them.
    fn keys() -> (Arc<ServerKeys>, KnownServer) {
        let key = PrivateKey::generate().expect("a key");
        let public = PublicKey::from_pem(&key.public().to_pem().expect("a key")).expect("its own key");
        let known = KnownServer::for_load(vec![public], &mut SystemEntropy).expect("a group");
        let keys = ServerKeys::new(vec![key], ExponentLength::Short, true).expect("a group");
        (Arc::new(keys), known)
    }

    /// The job of an exchange that has come so far.
    fn job(keys: &ServerKeys, known: &KnownServer, is_last: bool) -> Job {
        let options = Options { padding: Padding::Modern, dialled: None, expires_in: None };
        let (mut client, mut said) = Client::start(options, &mut SystemEntropy);
        let mut server = Handshake::default();
        loop {
            let mut step = server.on_plain(1_700_000_000, &said, keys, &mut SystemEntropy);
            if let Step::Compute(job) = step {
                if job.is_last() == is_last {
                    return job;
                }
                step = server.on_computed(job.run(keys, &mut SystemEntropy));
            }
            let Step::Reply(reply) = step else { panic!("the server goes on") };
            let Ok(Answer::Send(next)) = client.on_answer(&reply, known, &mut SystemEntropy) else {
                panic!("the client goes on")
            };
            said = next;
        }
    }

    #[test]
    fn no_thread_works_on_when_the_pool_was_closed() {
        let pool = CryptoPool::start(2, keys().0, false).expect("threads");
        assert_eq!(Arc::strong_count(&pool.shared), 3, "two threads make ahead");
        pool.close();
        assert_eq!(Arc::strong_count(&pool.shared), 1);
    }

    #[tokio::test]
    async fn what_was_begun_is_computed_before_what_begins_and_else_in_order() {
        let (keys, known) = keys();
        let shared = Arc::new(Shared { keys: keys.clone(), queue: Mutex::default(), wake: Condvar::new() });
        let pool = CryptoPool { shared: shared.clone(), threads: Mutex::default() };
        let mut results = FuturesUnordered::new();
        for (name, is_last) in [("a", false), ("b", false), ("c", true), ("d", false), ("e", true)] {
            let computing = pool.run(job(&keys, &known, is_last));
            results.push(async move { (name, computing.await.is_some()) });
        }
        assert!(futures::poll!(results.next()).is_pending(), "nobody computes yet, and all wait");
        pool.threads.lock().push(std::thread::spawn(move || work(&shared, false)));
        let order: Vec<(&str, bool)> = results.collect().await;
        assert_eq!(order, ["c", "e", "a", "b", "d"].map(|name| (name, true)));
    }
}
