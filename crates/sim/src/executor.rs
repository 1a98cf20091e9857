//! Tasks, taken up in an order that only the seed decides, and time that passes only when no task can go on.
//!
//! Not tokio's runtime: which of several ready tasks goes on is a roll of the dice here, so that a seed explores orders that
//! a queue never has, and the same seed takes the same one in every process. One thread; no task outlives its run.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures::future::BoxFuture;
use parking_lot::Mutex;

use crate::dice::Dice;
use crate::limits::{POLLS_MAX, SIMULATED_MS_MAX};

/// What a task belongs to: a crash ends the tasks of the server and no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Clients, the network, the disk, the story.
    World,
    /// Whatever dies with the server's process.
    Server,
}

/// Why a run did not come to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stuck {
    /// Everybody waits for something that nobody will do.
    Deadlock,
    /// More polls than any run needs.
    Polls,
    /// More simulated time than any run needs.
    Time,
}

/// The executor; clones share it.
#[derive(Clone)]
pub struct Executor(Arc<Shared>);

struct Shared {
    tasks: Mutex<BTreeMap<u64, Task>>,
    next_task: AtomicU64,
    ready: Arc<Mutex<Vec<u64>>>,
    timers: Mutex<BTreeMap<(i64, u64), Waker>>,
    next_timer: AtomicU64,
    elapsed_ms: AtomicI64,
    dice: Dice,
}

struct Task {
    group: Group,
    /// Away while it is polled.
    future: Option<BoxFuture<'static, ()>>,
}

struct Alarm {
    task: u64,
    ready: Arc<Mutex<Vec<u64>>>,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        let mut ready = self.ready.lock();
        if !ready.contains(&self.task) {
            ready.push(self.task);
        }
    }
}

impl Executor {
    /// An executor without tasks at time zero.
    #[must_use]
    pub fn new(dice: Dice) -> Self {
        Self(Arc::new(Shared {
            tasks: Mutex::default(),
            next_task: AtomicU64::new(0),
            ready: Arc::default(),
            timers: Mutex::default(),
            next_timer: AtomicU64::new(0),
            elapsed_ms: AtomicI64::new(0),
            dice,
        }))
    }

    /// Simulated milliseconds since the beginning.
    #[must_use]
    pub fn elapsed_ms(&self) -> i64 {
        self.0.elapsed_ms.load(Ordering::Relaxed)
    }

    /// Begins a task.
    pub fn spawn(&self, group: Group, future: impl Future<Output = ()> + Send + 'static) {
        let id = self.0.next_task.fetch_add(1, Ordering::Relaxed);
        self.0.tasks.lock().insert(id, Task { group, future: Some(Box::pin(future)) });
        self.0.ready.lock().push(id);
    }

    /// Ends all tasks of a group where they stand. Not to be called by one of them.
    pub fn kill(&self, group: Group) {
        let mut tasks = self.0.tasks.lock();
        let ids: Vec<u64> = tasks.iter().filter(|(_, task)| task.group == group).map(|(id, _)| *id).collect();
        let ended: Vec<Task> = ids.iter().filter_map(|id| tasks.remove(id)).collect();
        drop(tasks);
        // What a task held may wake others while it is dropped.
        drop(ended);
    }

    /// Waits for so many simulated milliseconds; 0 only lets others go first.
    pub fn sleep(&self, ms: i64) -> Sleep {
        let number = self.0.next_timer.fetch_add(1, Ordering::Relaxed);
        let due = self.elapsed_ms() + ms.max(0);
        Sleep { executor: self.clone(), place: (due, number), is_set: false }
    }

    /// Lets whoever is ready go first, or not, as the dice fall; no time passes.
    pub async fn give_way(&self) {
        let mut is_second = false;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut is_second, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    /// What the future comes to, or nothing after so many simulated milliseconds.
    pub async fn within<T>(&self, ms: i64, future: impl Future<Output = T>) -> Option<T> {
        let mut future = std::pin::pin!(future);
        let mut end = self.sleep(ms);
        std::future::poll_fn(move |context| {
            if let Poll::Ready(value) = future.as_mut().poll(context) {
                return Poll::Ready(Some(value));
            }
            Pin::new(&mut end).poll(context).map(|()| None)
        })
        .await
    }

    /// Runs until `is_over`, and ends every task.
    ///
    /// # Errors
    /// [`Stuck`] when that does not come.
    pub fn run(&self, is_over: impl Fn() -> bool) -> Result<(), Stuck> {
        let outcome = self.run_to(is_over);
        self.kill(Group::Server);
        self.kill(Group::World);
        self.0.timers.lock().clear();
        outcome
    }

    fn run_to(&self, is_over: impl Fn() -> bool) -> Result<(), Stuck> {
        for _ in 0..POLLS_MAX {
            if is_over() {
                return Ok(());
            }
            match self.next_ready() {
                Some(id) => self.poll(id),
                None => self.pass_time()?,
            }
        }
        Err(Stuck::Polls)
    }

    fn next_ready(&self) -> Option<u64> {
        let mut ready = self.0.ready.lock();
        if ready.is_empty() {
            return None;
        }
        let place = self.0.dice.below(ready.len());
        Some(ready.remove(place))
    }

    fn poll(&self, id: u64) {
        let Some(mut future) = self.0.tasks.lock().get_mut(&id).and_then(|task| task.future.take()) else { return };
        let waker = Waker::from(Arc::new(Alarm { task: id, ready: self.0.ready.clone() }));
        let is_done = future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready();
        let mut tasks = self.0.tasks.lock();
        let ended = if is_done { tasks.remove(&id) } else { None };
        let left = match tasks.get_mut(&id) {
            Some(task) => {
                task.future = Some(future);
                None
            }
            None => Some(future),
        };
        drop(tasks);
        drop((ended, left));
    }

    /// Nothing can go on: it is the time of the next timer.
    fn pass_time(&self) -> Result<(), Stuck> {
        let mut timers = self.0.timers.lock();
        let Some((due, _)) = timers.keys().next().copied() else { return Err(Stuck::Deadlock) };
        self.0.elapsed_ms.fetch_max(due, Ordering::Relaxed);
        let later = timers.split_off(&(due + 1, 0));
        let now = std::mem::replace(&mut *timers, later);
        drop(timers);
        now.into_values().for_each(Waker::wake);
        if due > SIMULATED_MS_MAX { Err(Stuck::Time) } else { Ok(()) }
    }
}

/// See [`Executor::sleep`].
pub struct Sleep {
    executor: Executor,
    place: (i64, u64),
    is_set: bool,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.is_set && self.executor.elapsed_ms() >= self.place.0 {
            return Poll::Ready(());
        }
        self.is_set = true;
        self.executor.0.timers.lock().insert(self.place, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        let gone = self.executor.0.timers.lock().remove(&self.place);
        drop(gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(seed: u64) -> Vec<usize> {
        let executor = Executor::new(Dice::new(seed, 0));
        let seen = Arc::new(Mutex::new(Vec::new()));
        for number in 0..8 {
            let (executor, seen) = (executor.clone(), seen.clone());
            let inner = executor.clone();
            executor.spawn(Group::World, async move {
                inner.sleep(1).await;
                seen.lock().push(number);
            });
        }
        let watched = seen.clone();
        executor.run(move || watched.lock().len() == 8).expect("comes to its end");
        seen.lock().clone()
    }

    #[test]
    fn the_seed_decides_the_order() {
        assert_eq!(order(1), order(1));
        assert!((2..20).any(|seed| order(seed) != order(1)));
    }

    #[test]
    fn who_waits_for_nobody_is_found() {
        let executor = Executor::new(Dice::new(1, 0));
        executor.spawn(Group::World, std::future::pending());
        assert_eq!(executor.run(|| false), Err(Stuck::Deadlock));
    }

    #[test]
    fn a_killed_group_does_nothing_more() {
        let executor = Executor::new(Dice::new(1, 0));
        let seen = Arc::new(Mutex::new(0));
        let (inner, counted) = (executor.clone(), seen.clone());
        executor.spawn(Group::Server, async move {
            inner.sleep(10).await;
            *counted.lock() += 1;
        });
        let inner = executor.clone();
        executor.spawn(Group::World, async move {
            inner.sleep(5).await;
            inner.kill(Group::Server);
            inner.sleep(20).await;
        });
        assert_eq!(executor.run(|| false), Err(Stuck::Deadlock));
        assert_eq!(*seen.lock(), 0);
    }
}
