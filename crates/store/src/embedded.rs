//! The embedded engine: fjall behind one committer thread, for one machine with nothing to install.
//!
//! Callers put batches into a bounded queue; the committer writes all that arrived meanwhile with one fsync and then
//! publishes a view of the durable state, which is all that readers ever see. A second thread watches the free space.
//! Folder: `fjall/` (the engine's own), `high-water` (last acknowledged group), `reserve` (room for a full disk). The
//! folder is not locked here: see [`crate::datadir`].

mod committer;
mod engine;
mod group;
mod held;
mod journal;
mod opening;
mod options;
mod ring;
mod space;
mod torn;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio::sync::{Notify, Semaphore};

pub(crate) use held::Held;
pub use opening::OpenError;
pub use options::{EmbeddedOptions, Space, SpaceOptions, SpaceProbe};

use crate::high_water::HighWater;
use crate::queue::{Queue, Stop};
use committer::Committer;
use engine::View;
use held::Holds;
use journal::Kept;
use space::SpaceWatch;

use crate::range::{self, Range};
use crate::{Batch, Commit, Key, Page, Record, Scan, StoreError, envelope, limits};

/// The embedded engine; clones share it, the last one closes it.
#[derive(Clone, Debug)]
pub struct Embedded(Arc<Handle>);

struct Handle {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

/// What readers, the committer and the space watch have in common.
pub(crate) struct Shared {
    folder: PathBuf,
    options: EmbeddedOptions,
    queue: Queue,
    high_water: HighWater,
    space: SpaceWatch,
    sight: ArcSwap<Sight>,
    /// What open snapshots hold on to.
    holds: Holds,
    /// Journals whose blocks the space watch gives back.
    journals: Arc<Kept>,
    /// Turns of long reads.
    readers: Arc<Semaphore>,
    /// Told whenever `sight` leaves `Reopening`.
    seen: Notify,
}

/// What readers see.
enum Sight {
    /// Durable state.
    Open(View),
    /// Nothing for a moment: readers wait.
    Reopening,
    /// The engine could not be reopened.
    Broken(String),
    /// The store was closed.
    Closed,
}

impl Embedded {
    /// Opens or creates the store in `folder` and starts its threads.
    pub(crate) fn open(folder: &Path, options: EmbeddedOptions) -> Result<Self, OpenError> {
        SpaceWatch::new(folder, options.space.clone()).make_room_to_open();
        let opened = opening::open(folder, &options)?;
        let shared = Arc::new(Shared::new(folder, options, opened.high_water, opened.engine.view()));
        shared.space.look(&shared.queue);
        let committer = Committer::new(Arc::clone(&shared), opened.engine, opened.head);
        let watched = Arc::clone(&shared);
        let handle = Handle { shared, threads: Mutex::default() };
        handle.start("store-commit", move || committer.run())?;
        handle.start("store-space", move || space::run(&watched))?;
        Ok(Self(Arc::new(handle)))
    }

    pub(crate) async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError> {
        let sight = self.0.shared.sight().await?;
        if keys.len() <= limits::GET_INLINE_KEYS {
            return sight.get_many(keys);
        }
        let keys = keys.to_vec();
        self.off_thread(move || sight.get_many(&keys)).await
    }

    pub(crate) async fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let sight = self.0.shared.sight().await?;
        if scan.limit <= limits::SCAN_INLINE_ITEMS {
            return sight.scan(scan);
        }
        let scan = scan.clone();
        self.off_thread(move || sight.scan(&scan)).await
    }

    /// Runs a long read when its turn comes: so many at a time, since each thread costs memory of its own long after it was
    /// needed.
    async fn off_thread<T: Send + 'static>(
        &self,
        read: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        // An error would mean that the semaphore was closed, which nobody does.
        let turn = self.0.shared.readers.clone().acquire_owned().await.ok();
        off_thread(move || {
            let _turn = turn;
            read()
        })
        .await
    }

    /// The durable state of this instant, held for a snapshot.
    pub(crate) async fn hold(&self) -> Result<Held, StoreError> {
        let sight = self.0.shared.sight().await?;
        self.0.shared.holds.take(sight.view()?)
    }

    pub(crate) async fn keys_in(&self, covered: Range, limit: usize) -> Result<Vec<Key>, StoreError> {
        let sight = self.0.shared.sight().await?;
        let keys = sight.view()?.keys(covered).take(limit).map(|key| Ok(Key::from_encoded(&key?)));
        keys.collect()
    }

    pub(crate) async fn damaged_files(&self) -> Result<Vec<PathBuf>, StoreError> {
        let sight = self.0.shared.sight().await?;
        self.off_thread(move || Ok(sight.view()?.damaged_tables())).await
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

    /// Writes what waits and stops; other clones are closed with it.
    pub(crate) fn close(&self) {
        self.0.close();
    }
}

impl Handle {
    fn start(&self, name: &str, job: impl FnOnce() + Send + 'static) -> Result<(), OpenError> {
        let thread = std::thread::Builder::new()
            .name(name.into())
            .spawn(job)
            .map_err(|source| OpenError::Io { path: self.shared.folder.clone(), source })?;
        self.threads.lock().push(thread);
        Ok(())
    }

    fn close(&self) {
        self.shared.queue.stop(Stop::Close);
        for thread in self.threads.lock().drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread of the store panicked");
            }
        }
        self.shared.holds.release_all();
        self.shared.journals.lock().clear();
        if let Err(error) = self.shared.high_water.sync() {
            tracing::error!(%error, "the high-water mark could not be synced");
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.close();
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Embedded").field("folder", &self.shared.folder).finish_non_exhaustive()
    }
}

impl Shared {
    fn new(folder: &Path, options: EmbeddedOptions, high_water: HighWater, view: View) -> Self {
        Self {
            folder: folder.to_owned(),
            queue: Queue::default(),
            high_water,
            space: SpaceWatch::new(folder, options.space.clone()),
            options,
            sight: ArcSwap::from_pointee(Sight::Open(view)),
            holds: Holds::default(),
            journals: Arc::default(),
            readers: Arc::new(Semaphore::new(limits::READERS_MAX)),
            seen: Notify::new(),
        }
    }

    /// What there is to read; waits while the engine is being reopened.
    async fn sight(&self) -> Result<Arc<Sight>, StoreError> {
        loop {
            let mut seen = std::pin::pin!(self.seen.notified());
            seen.as_mut().enable();
            let sight = self.sight.load_full();
            if !matches!(*sight, Sight::Reopening) {
                return Ok(sight);
            }
            seen.await;
        }
    }

    fn show(&self, sight: Sight) {
        self.sight.store(Arc::new(sight));
        self.seen.notify_waiters();
    }

    /// Takes the view from readers and waits until those who still use it are done.
    fn hide_view(&self) {
        self.holds.release_all();
        let old = self.sight.swap(Arc::new(Sight::Reopening));
        let started = Instant::now();
        while Arc::strong_count(&old) > 1 && started.elapsed() < limits::REOPEN_READERS_TIMEOUT {
            std::thread::sleep(limits::STALL_NAP);
        }
    }
}

impl Sight {
    fn view(&self) -> Result<&View, StoreError> {
        match self {
            Self::Open(view) => Ok(view),
            Self::Reopening => Err(StoreError::Read("the engine is being reopened".into())),
            Self::Broken(reason) => Err(StoreError::Read(reason.clone())),
            Self::Closed => Err(StoreError::Read("the store is closed".into())),
        }
    }

    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError> {
        let view = self.view()?;
        let read =
            |key: &Key| view.get(key.as_bytes())?.map(|sealed| envelope::open(key.as_bytes(), sealed)).transpose();
        keys.iter().map(read).collect()
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let Some(covered) = range::covered(scan) else { return Ok(Page::default()) };
        let walk = self.view()?.range(covered);
        if scan.reverse { range::collect(scan, walk.rev()) } else { range::collect(scan, walk) }
    }
}

/// Runs a long read where it blocks no other task; without a runtime there is none to block.
async fn off_thread<T: Send + 'static>(
    read: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::runtime::Handle::try_current() {
        Err(_) => read(),
        Ok(runtime) => {
            runtime.spawn_blocking(read).await.unwrap_or_else(|error| Err(StoreError::Read(error.to_string())))
        }
    }
}
