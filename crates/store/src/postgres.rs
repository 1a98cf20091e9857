//! The PostgreSQL engine: the same records in a table of a database, for those who have one, with its replication, its
//! backups and its other machines.
//!
//! One thread takes what arrived meanwhile and writes it in groups, each one transaction (`committer`, `plan`), over
//! several connections at a time where groups have nothing in common (`traffic`, `track`, `lane`); reads go
//! through a pool of connections (`reading`). Everything that talks to the database runs on a small runtime of its own, so
//! that closing works from anywhere. One server has the database at a time (`opening`, `guard`); that a server which was
//! superseded cannot write is the fence's doing (`lane`). It does not know what a record means, nor how the database is
//! administered.

mod committer;
mod guard;
mod held;
mod lane;
mod opening;
mod options;
mod plan;
mod reading;
mod session;
mod shards;
mod sql;
mod steady;
mod tls;
mod track;
mod traffic;
mod trouble;

use std::future::Future;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::watch;

pub(crate) use held::Held;
pub use opening::DatabaseError;
pub use options::{PostgresOptions, UrlError};

use committer::Committer;
use opening::Opened;
use reading::Reader;
use session::Road;

use crate::high_water::HighWater;
use crate::queue::{Queue, Stop};
use crate::range::Range;
use crate::{Batch, Commit, Key, Page, Record, Scan, StoreError, limits};

/// The PostgreSQL engine; clones share it, the last one closes it.
#[derive(Clone, Debug)]
pub struct Postgres(Arc<Inner>);

struct Inner {
    shared: Arc<Shared>,
    /// Where everything that talks to the database runs; the committer's thread owns it.
    runtime: Handle,
    committer: Mutex<Option<JoinHandle<()>>>,
    /// As many references as snapshots are open, and one.
    snapshots: Arc<()>,
}

/// What readers, the committer and the guard have in common.
struct Shared {
    road: Road,
    queue: Queue,
    reader: Reader,
    sight: watch::Sender<Sight>,
    /// The number of each lane's last acknowledged group, kept beside the database.
    high_water: Option<HighWater>,
    /// Who this process is to the database.
    holder: String,
}

/// What readers see.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sight {
    /// Durable state.
    Open,
    /// Nothing for a moment: the fate of a group is unknown.
    Away,
    /// Nothing any more: this process has lost the database, for this reason.
    Lost(String),
    /// The store was closed.
    Closed,
}

impl Postgres {
    /// Reaches the database, takes it, and starts writing.
    pub(crate) async fn open(options: &PostgresOptions) -> Result<Self, DatabaseError> {
        let unfit = |reason: String| DatabaseError::Unfit { place: options.place(), reason };
        let road = Road::new(options).map_err(unfit)?;
        let reader = Reader::new(road.pool().map_err(unfit)?);
        let runtime = Builder::new_multi_thread()
            .worker_threads(limits::DATABASE_THREADS)
            .thread_name("store-postgres")
            .enable_all()
            .build()
            .map_err(|error| unfit(error.to_string()))?;
        let opening = {
            let road = road.clone();
            runtime.spawn(async move { opening::open(&road).await })
        };
        match opening.await.unwrap_or_else(|error| Err(unfit(error.to_string()))) {
            Ok(opened) => Self::start(road, reader, runtime, opened).map_err(unfit),
            Err(error) => {
                runtime.shutdown_background();
                Err(error)
            }
        }
    }

    fn start(road: Road, reader: Reader, runtime: Runtime, opened: Opened) -> Result<Self, String> {
        let Opened { guard, lock, lanes, shards, holder, high_water } = opened;
        let sight = watch::Sender::new(Sight::Open);
        let shared = Arc::new(Shared { road, queue: Queue::default(), reader, sight, high_water, holder });
        runtime.spawn(keep_mark(Arc::clone(&shared)));
        runtime.spawn(guard::watch(Arc::clone(&shared), guard, lock));
        let handle = runtime.handle().clone();
        let committer = Committer::new(Arc::clone(&shared), handle.clone(), lanes, shards);
        let job = move || {
            committer.run();
            runtime.shutdown_timeout(limits::DATABASE_CLOSE_TIMEOUT);
        };
        let thread = std::thread::Builder::new().name("store-commit".into()).spawn(job);
        let committer = Mutex::new(Some(thread.map_err(|error| error.to_string())?));
        Ok(Self(Arc::new(Inner { shared, runtime: handle, committer, snapshots: Arc::new(()) })))
    }

    pub(crate) async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError> {
        let keys = keys.to_vec();
        self.read(|shared| async move { shared.reader.get_many(&keys).await }).await
    }

    pub(crate) async fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let scan = scan.clone();
        self.read(|shared| async move { shared.reader.scan(&scan).await }).await
    }

    pub(crate) async fn keys_in(&self, covered: Range, limit: usize) -> Result<Vec<Key>, StoreError> {
        self.read(move |shared| async move { shared.reader.keys_in(&covered, limit).await }).await
    }

    /// The durable state of this instant, held for a snapshot.
    pub(crate) async fn hold(&self) -> Result<Held, StoreError> {
        let place = Arc::clone(&self.0.snapshots);
        if Arc::strong_count(&place) > limits::SNAPSHOTS_MAX + 1 {
            return Err(StoreError::Unavailable("too many snapshots are open"));
        }
        let runtime = self.0.runtime.clone();
        self.read(|shared| async move { Held::begin(&shared.road, runtime, place).await }).await
    }

    pub(crate) fn enqueue(&self, batch: Batch) -> Result<Commit, StoreError> {
        self.0.shared.queue.push(batch)
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.0.shared.queue.is_stopped()
    }

    pub(crate) fn commit_age(&self) -> Duration {
        self.0.shared.queue.age()
    }

    /// Resolves with the reason once this process has lost the database for good.
    pub(crate) async fn lost(&self) -> String {
        let mut sight = self.0.shared.sight.subscribe();
        let lost = sight.wait_for(|sight| matches!(sight, Sight::Lost(_))).await;
        match lost.as_deref() {
            Ok(Sight::Lost(reason)) => reason.clone(),
            _ => std::future::pending().await,
        }
    }

    /// Writes what waits and stops; other clones are closed with it.
    pub(crate) fn close(&self) {
        self.0.close();
    }

    /// Runs `work` where connections can be used, once there is something to see, within a bound.
    async fn read<T, W>(&self, work: impl FnOnce(Arc<Shared>) -> W + Send + 'static) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, StoreError>> + Send,
    {
        let shared = Arc::clone(&self.0.shared);
        let bounded = async move {
            shared.see().await?;
            work(shared).await
        };
        let late = || StoreError::Read("the database does not answer".into());
        let task = self.0.runtime.spawn(async move {
            tokio::time::timeout(limits::DATABASE_READ_TIMEOUT, bounded).await.unwrap_or_else(|_| Err(late()))
        });
        task.await.unwrap_or_else(|_| Err(StoreError::Read("the store is closed".into())))
    }
}

impl Shared {
    /// Waits until there is something to see.
    async fn see(&self) -> Result<(), StoreError> {
        let mut sight = self.sight.subscribe();
        let seen = sight.wait_for(|sight| *sight != Sight::Away).await.map(|sight| sight.clone());
        match seen {
            Ok(Sight::Open) => Ok(()),
            Ok(Sight::Lost(reason)) => Err(StoreError::Read(reason)),
            _ => Err(StoreError::Read("the store is closed".into())),
        }
    }

    /// Changes what readers see; what is lost or closed stays so.
    fn show(&self, sight: Sight) {
        self.sight.send_if_modified(|shown| {
            let is_over = *shown == Sight::Closed || (matches!(shown, Sight::Lost(_)) && sight != Sight::Closed);
            if !is_over {
                *shown = sight;
            }
            !is_over
        });
    }

    /// Notes the number of the last acknowledged group of a lane.
    fn raise_mark(&self, lane: usize, seq: i64) {
        let raised = self.high_water.as_ref().map(|mark| mark.raise_lane(lane as u64, seq.cast_unsigned()));
        if let Some(Err(error)) = raised {
            tracing::warn!(%error, "cannot write the high-water mark");
        }
    }

    fn sync_mark(&self) {
        if let Some(Err(error)) = self.high_water.as_ref().map(HighWater::sync) {
            tracing::warn!(%error, "cannot sync the high-water mark");
        }
    }

    /// This process never writes again.
    fn fence(&self, reason: &str) {
        tracing::error!(reason, "the database is lost to this server: it writes no more");
        self.queue.stop(Stop::Fenced);
        self.show(Sight::Lost(reason.to_owned()));
    }
}

/// Brings the high-water mark to the disk from time to time.
async fn keep_mark(shared: Arc<Shared>) {
    while *shared.sight.borrow() != Sight::Closed {
        tokio::time::sleep(limits::DATABASE_MARK_INTERVAL).await;
        let shared = Arc::clone(&shared);
        // The runtime ends with the store; what was noted is synced then.
        let _ = tokio::task::spawn_blocking(move || shared.sync_mark()).await;
    }
}

impl Inner {
    fn close(&self) {
        self.shared.queue.stop(Stop::Close);
        if let Some(thread) = self.committer.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("the committer of the store panicked");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Postgres").field("place", &self.shared.road.options.place()).finish_non_exhaustive()
    }
}
