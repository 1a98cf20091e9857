//! Threads that work on pictures and nothing else: a flood of pictures fills this queue and never the messages'. They
//! start when there is work and end when there was none for a while.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use parking_lot::{Condvar, Mutex};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::limits::{
    LARGE_PICTURE_PIXELS, PICTURE_MAX_BYTES, RESULT_WAIT, ROOM_KIB, ROOM_MIN_KIB, ROOM_WAIT, THREAD_IDLE,
};
use crate::{Header, Order, PictureError, Shrunk, header, shrink};

type Outcome = Result<Shrunk, PictureError>;
type HeaderOutcome = Result<Header, PictureError>;

/// The queue and its threads; cloning is cheap, and they end when the last clone is dropped.
#[derive(Clone)]
pub struct Pictures {
    owner: Arc<Owner>,
}

struct Owner(Arc<Shared>);

struct Shared {
    threads_max: usize,
    queue: Mutex<Queue>,
    wake: Condvar,
    room: Arc<Semaphore>,
    /// Held while a large picture is decoded.
    large: Mutex<()>,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Waiting>,
    threads: usize,
    idle: usize,
    is_closed: bool,
}

struct Waiting {
    bytes: Bytes,
    work: Work,
}

enum Work {
    Header(oneshot::Sender<HeaderOutcome>),
    Shrink { order: Order, done: oneshot::Sender<Outcome>, _room: Room },
}

/// Room in memory for one picture; taken before its bytes are read, given back when it is done.
#[derive(Debug)]
#[must_use = "dropping it gives the room away"]
pub struct Room {
    bytes: u64,
    _permit: OwnedSemaphorePermit,
}

impl Pictures {
    /// A pool of at most so many threads; none is started yet.
    #[must_use]
    pub fn new(threads_max: usize) -> Self {
        let shared = Shared {
            threads_max: threads_max.max(1),
            queue: Mutex::default(),
            wake: Condvar::new(),
            room: Arc::new(Semaphore::new(ROOM_KIB as usize)),
            large: Mutex::default(),
        };
        Self { owner: Arc::new(Owner(Arc::new(shared))) }
    }

    /// Waits in turn for room for a picture of so many bytes: however many people send pictures at once, only so many lie
    /// in memory.
    ///
    /// # Errors
    /// [`PictureError::TooLong`]; [`PictureError::Busy`] when there was no room in time.
    pub async fn room(&self, bytes: u64) -> Result<Room, PictureError> {
        if bytes > PICTURE_MAX_BYTES as u64 {
            return Err(PictureError::TooLong { bytes });
        }
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(ROOM_KIB).clamp(ROOM_MIN_KIB, ROOM_KIB);
        let permit = self.owner.0.room.clone().acquire_many_owned(kib);
        match tokio::time::timeout(ROOM_WAIT, permit).await {
            Ok(Ok(permit)) => Ok(Room { bytes, _permit: permit }),
            _ => {
                metrics::PICTURES_REFUSED.inc("no room");
                Err(PictureError::Busy)
            }
        }
    }

    /// Makes smaller copies of a picture, for which there is room.
    ///
    /// # Errors
    /// [`PictureError`]; [`PictureError::Busy`] when the result did not come in time.
    pub async fn shrink(&self, room: Room, bytes: Bytes, order: Order) -> Outcome {
        if bytes.len() as u64 > room.bytes {
            return Err(PictureError::TooLong { bytes: bytes.len() as u64 });
        }
        let (done, result) = oneshot::channel();
        self.result(Waiting { bytes, work: Work::Shrink { order, done, _room: room } }, result).await
    }

    /// Reads the header of a picture, for which there is room. Headers take their time, too: they may hold packed profiles.
    ///
    /// # Errors
    /// As [`crate::inspect`]; [`PictureError::Busy`] when the result did not come in time.
    pub async fn inspect(&self, room: &Room, bytes: Bytes) -> HeaderOutcome {
        if bytes.len() as u64 > room.bytes {
            return Err(PictureError::TooLong { bytes: bytes.len() as u64 });
        }
        let (done, result) = oneshot::channel();
        self.result(Waiting { bytes, work: Work::Header(done) }, result).await
    }

    async fn result<T>(
        &self,
        waiting: Waiting,
        result: oneshot::Receiver<Result<T, PictureError>>,
    ) -> Result<T, PictureError> {
        if !self.owner.0.enqueue(waiting) {
            metrics::PICTURES_REFUSED.inc("no thread");
            return Err(PictureError::Busy);
        }
        match tokio::time::timeout(RESULT_WAIT, result).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(PictureError::Damaged("the work on it failed".into())),
            Err(_) => {
                metrics::PICTURES_REFUSED.inc("too slow");
                Err(PictureError::Busy)
            }
        }
    }

    /// Threads that exist now.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.owner.0.queue.lock().threads
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.queue.lock().is_closed = true;
        self.0.wake.notify_all();
    }
}

impl Shared {
    /// Puts a job in the queue, which [`Room`] bounds, and sees to it that a thread will come for it.
    fn enqueue(self: &Arc<Self>, waiting: Waiting) -> bool {
        let mut queue = self.queue.lock();
        if queue.jobs.len() >= queue.idle && queue.threads < self.threads_max {
            let shared = self.clone();
            let named = std::thread::Builder::new().name(format!("pictures-{}", queue.threads));
            match named.spawn(move || work(&shared)) {
                Ok(_) => queue.threads += 1,
                Err(error) => tracing::warn!(%error, "no thread for pictures"),
            }
        }
        if queue.threads == 0 {
            return false;
        }
        queue.jobs.push_back(waiting);
        drop(queue);
        self.wake.notify_one();
        true
    }

    /// The next job; none when it is time to end.
    fn next(&self) -> Option<Waiting> {
        let mut queue = self.queue.lock();
        loop {
            if queue.is_closed {
                return None;
            }
            if let Some(waiting) = queue.jobs.pop_front() {
                return Some(waiting);
            }
            queue.idle += 1;
            let timeout = self.wake.wait_for(&mut queue, THREAD_IDLE);
            queue.idle -= 1;
            if timeout.timed_out() && queue.jobs.is_empty() {
                queue.threads -= 1;
                return None;
            }
        }
    }
}

fn work(shared: &Shared) {
    while let Some(waiting) = shared.next() {
        run(shared, waiting);
    }
}

/// Pictures for which nobody waits any more are not looked at. Who asked may also go meanwhile.
fn run(shared: &Shared, Waiting { bytes, work }: Waiting) {
    match work {
        Work::Header(done) if !done.is_closed() => _ = done.send(header::inspect(&bytes)),
        Work::Shrink { order, done, _room } if !done.is_closed() => {
            let _alone = is_large(&bytes).then(|| shared.large.lock());
            let outcome = shrink::shrink(&bytes, &order, || !done.is_closed());
            let _ = done.send(outcome);
        }
        Work::Header(_) | Work::Shrink { .. } => {}
    }
}

fn is_large(bytes: &[u8]) -> bool {
    header::inspect(bytes).is_ok_and(|header| header.pixels() > LARGE_PICTURE_PIXELS)
}
