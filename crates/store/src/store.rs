//! The port itself: one enum of engines behind few verbs.

use std::path::{Path, PathBuf};
use std::time::Duration;

use failpoint::failpoint;

use crate::embedded::{Embedded, EmbeddedOptions, OpenError};
use crate::memory::{Faults, Memory};
use crate::postgres::{DatabaseError, Postgres, PostgresOptions};
use crate::snapshot::Source;
use crate::{Batch, Class, Commit, Key, Owner, Page, Record, Scan, Snapshot, StoreError, judge, limits, range};

/// A store; clones share it.
#[derive(Clone, Debug)]
pub enum Store {
    /// For the simulator and tests.
    Memory(Memory),
    /// For one machine.
    Embedded(Embedded),
    /// For those who have a database, on this machine or another.
    Postgres(Postgres),
}

impl Store {
    /// An empty store in memory.
    #[must_use]
    pub fn memory() -> Self {
        Self::memory_with(Faults::none())
    }

    /// An empty store in memory that fails when `faults` says so.
    #[must_use]
    pub fn memory_with(faults: Faults) -> Self {
        Self::Memory(Memory::new(faults))
    }

    /// Opens the store in the folder `path`, or creates it; blocks until it is ready.
    ///
    /// A store that lost what was acknowledged is refused, unless `options.accept_loss` salvages what is left.
    pub fn open_embedded(path: &Path, options: EmbeddedOptions) -> Result<Self, OpenError> {
        Embedded::open(path, options).map(Self::Embedded)
    }

    /// Opens the store in the database that `options` name, or makes its tables.
    ///
    /// # Errors
    /// One line for the operator; nothing was changed in the database then, unless it was new.
    pub async fn open_postgres(options: &PostgresOptions) -> Result<Self, DatabaseError> {
        Postgres::open(options).await.map(Self::Postgres)
    }

    /// What kind of store it is, for people.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Memory(_) => "memory",
            Self::Embedded(_) => "embedded",
            Self::Postgres(_) => "postgres",
        }
    }

    /// The records under `keys`, in their order, of one snapshot; `None` where there is none.
    pub async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError> {
        if keys.len() > limits::GET_MAX_KEYS {
            return Err(StoreError::Limit("keys of a read"));
        }
        keys.iter().try_for_each(judge::validate_key)?;
        failpoint!("store.read", return Err(StoreError::Read("a failpoint".into())));
        match self {
            Self::Memory(engine) => engine.get_many(keys).await,
            Self::Embedded(engine) => engine.get_many(keys).await,
            Self::Postgres(engine) => engine.get_many(keys).await,
        }
    }

    /// The record under `key`.
    pub async fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        Ok(self.get_many(std::slice::from_ref(key)).await?.pop().flatten())
    }

    /// One page of a walk over an owner's keys.
    pub async fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        range::validate(scan)?;
        failpoint!("store.read", return Err(StoreError::Read("a failpoint".into())));
        match self {
            Self::Memory(engine) => engine.scan(scan).await,
            Self::Embedded(engine) => engine.scan(scan).await,
            Self::Postgres(engine) => engine.scan(scan).await,
        }
    }

    /// Everything there is at this instant, to be read in the order of keys; what is committed later is not in it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when [`limits::SNAPSHOTS_MAX`] are open, [`StoreError::Read`] when nothing can be read.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        let source = match self {
            Self::Memory(engine) => Source::Memory(engine.freeze()?),
            Self::Embedded(engine) => Source::Embedded(engine.hold().await?),
            Self::Postgres(engine) => Source::Postgres(engine.hold().await?),
        };
        Ok(Snapshot::new(source))
    }

    /// Files whose bytes are not those that the engine wrote, as far as it can tell: the embedded engine's tables. Reads all
    /// of them; for looking after a store, not for serving. Other engines look after their own files.
    pub async fn damaged_files(&self) -> Result<Vec<PathBuf>, StoreError> {
        match self {
            Self::Embedded(engine) => engine.damaged_files().await,
            _ => Ok(Vec::new()),
        }
    }

    /// Takes `batch` into the commit queue. Batches that have an owner (of a key they put, delete or check) or a chain in common
    /// are decided in the order of these calls; of others the later may be durable before the earlier.
    ///
    /// On an error nothing was taken: [`StoreError::Unavailable`] past the queue's bounds or while read-only,
    /// [`StoreError::Limit`] for a batch that is too large. A batch once taken is decided even if the [`Commit`] is dropped.
    /// An empty batch is a barrier: it resolves once everything enqueued before it is decided.
    pub fn enqueue(&self, batch: Batch) -> Result<Commit, StoreError> {
        judge::validate(&batch)?;
        failpoint!("store.enqueue", return Err(StoreError::Unavailable("a failpoint")));
        match self {
            Self::Memory(engine) => engine.enqueue(batch),
            Self::Embedded(engine) => engine.enqueue(batch),
            Self::Postgres(engine) => engine.enqueue(batch),
        }
    }

    /// Enqueues `batch` and waits until it is durable, or failed.
    pub async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        self.enqueue(batch)?.await
    }

    /// Deletes all keys of `owner` that begin with `prefix`, in batches of class C3.
    ///
    /// Not atomic, but resumable: after an error or a crash, calling it again finishes the work.
    pub async fn delete_prefix(&self, owner: &Owner, prefix: &[u8]) -> Result<(), StoreError> {
        loop {
            let keys = self.keys_under(owner, prefix, limits::DELETE_STEP_KEYS).await?;
            if keys.is_empty() {
                return Ok(());
            }
            let mut batch = Batch::new(Class::C3);
            batch.deletes = keys;
            self.commit(batch).await?;
        }
    }

    /// Whether writes are refused at the moment (disk full, poisoned engine, fault); reads go on.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        match self {
            Self::Memory(engine) => engine.is_read_only(),
            Self::Embedded(engine) => engine.is_read_only(),
            Self::Postgres(engine) => engine.is_read_only(),
        }
    }

    /// How long the oldest batch that is not durable yet has waited: a store that hangs is known by it before anything is
    /// counted. The memory engine keeps nobody waiting.
    #[must_use]
    pub fn commit_age(&self) -> Duration {
        match self {
            Self::Memory(_) => Duration::ZERO,
            Self::Embedded(engine) => engine.commit_age(),
            Self::Postgres(engine) => engine.commit_age(),
        }
    }

    /// Resolves with the reason once this process may never write again, because another server has taken the database or the
    /// database lost what it had acknowledged: whoever serves from this store should stop. Engines of one process never do.
    pub async fn lost(&self) -> String {
        match self {
            Self::Memory(_) | Self::Embedded(_) => std::future::pending().await,
            Self::Postgres(engine) => engine.lost().await,
        }
    }

    /// Decides and writes what waits, then takes no more batches; blocks until that is done.
    pub fn close(self) {
        match self {
            Self::Memory(engine) => engine.close(),
            Self::Embedded(engine) => engine.close(),
            Self::Postgres(engine) => engine.close(),
        }
    }

    async fn keys_under(&self, owner: &Owner, prefix: &[u8], limit: usize) -> Result<Vec<Key>, StoreError> {
        let covered = range::under(owner, prefix);
        match self {
            Self::Memory(engine) => engine.keys_in(covered, limit).await,
            Self::Embedded(engine) => engine.keys_in(covered, limit).await,
            Self::Postgres(engine) => engine.keys_in(covered, limit).await,
        }
    }
}
