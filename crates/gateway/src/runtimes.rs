//! Two runtimes: one for the people who are here, one for newcomers.
//!
//! A task waits for whatever stands before it in its runtime, and in a flood nearly all of that is newcomers' doing. So they
//! have threads of their own, of the least weight there is: a message finds its threads idle and the processor free at once,
//! however long the newcomers' line is. A connection begins among newcomers and moves when somebody is signed in on it
//! ([`crate::connection`]); whatever serves everybody is spawned among the people, whoever causes it.
//!
//! Threads for key exchanges weigh as little: were they heavier than those that answer newcomers, or the other way round, one
//! could keep the other from what both need. With one runtime, as in most tests, everybody is among the people.

use std::cell::Cell;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::runtime::{Builder, Handle, Runtime};

use crate::limits::{NEWCOMERS_BLOCKING_THREADS_MAX, NEWCOMERS_NICE};

/// For whom the threads of a runtime work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// People who are signed in, and whatever serves everybody.
    People,
    /// Connections on which nobody is signed in yet.
    Newcomers,
}

thread_local! {
    static SIDE: Cell<Side> = const { Cell::new(Side::People) };
}

impl Side {
    /// For whom this thread works.
    pub(crate) fn here() -> Self {
        SIDE.get()
    }
}

/// A runtime for newcomers, to be given to [`crate::GatewayConfig`]. `yields`: its threads leave the processor to all others.
///
/// # Errors
/// When its threads cannot be started.
pub fn newcomers_runtime(threads: usize, yields: bool) -> std::io::Result<Runtime> {
    let mut builder = Builder::new_multi_thread();
    if threads > 0 {
        builder.worker_threads(threads);
    }
    builder.max_blocking_threads(NEWCOMERS_BLOCKING_THREADS_MAX).thread_name("newcomers").enable_all();
    builder.on_thread_start(move || {
        SIDE.set(Side::Newcomers);
        if yields {
            weigh_little();
        }
    });
    builder.build()
}

/// Lets this thread leave the processor to all that do not say so of themselves.
pub(crate) fn weigh_little() {
    // On Linux a thread has a weight of its own.
    if let Err(error) = rustix::process::setpriority_process(None, NEWCOMERS_NICE) {
        tracing::debug!(%error, "newcomers weigh as much as messages");
    }
}

/// Both runtimes of a node.
pub(crate) struct Runtimes {
    people: Handle,
    newcomers: Handle,
    /// Connections that live among newcomers.
    strangers: Arc<AtomicUsize>,
}

impl Runtimes {
    /// This one for the people, and for newcomers the one given, or the same.
    pub(crate) fn new(newcomers: Option<Handle>) -> Self {
        let people = Handle::current();
        Self { newcomers: newcomers.unwrap_or_else(|| people.clone()), people, strangers: Arc::default() }
    }

    pub(crate) fn people(&self) -> &Handle {
        &self.people
    }

    pub(crate) fn newcomers(&self) -> &Handle {
        &self.newcomers
    }

    /// Spawns what concerns people who are here.
    pub(crate) fn spawn_for_people(&self, task: impl Future<Output = ()> + Send + 'static) {
        drop(self.people.spawn(task));
    }

    /// Spawns what concerns strangers.
    pub(crate) fn spawn_for_newcomers(&self, task: impl Future<Output = ()> + Send + 'static) {
        drop(self.newcomers.spawn(task));
    }

    /// Connections that live among newcomers.
    pub(crate) fn strangers(&self) -> usize {
        self.strangers.load(Ordering::Relaxed)
    }

    /// Counts a connection among newcomers until the result is dropped, if this is where it lives.
    pub(crate) fn enter(&self) -> Option<Stranger> {
        (Side::here() == Side::Newcomers).then(|| {
            self.strangers.fetch_add(1, Ordering::Relaxed);
            metrics::CONNECTIONS_NEWCOMERS.inc();
            Stranger(self.strangers.clone())
        })
    }
}

/// A connection among newcomers.
pub(crate) struct Stranger(Arc<AtomicUsize>);

impl Drop for Stranger {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
        metrics::CONNECTIONS_NEWCOMERS.dec();
    }
}
