//! The one place that knows fjall, but for what its journals look like ([`super::journal`], [`super::torn`]): opening it, one durable batch, views of durable state, and whether it keeps up.
//!
//! What fjall does that the port must contain: it sleeps inside a write when tables pile up, even if the thread that would
//! clear them has died, so the committer asks [`Engine::is_behind`] and naps outside; after any failed write it stays
//! poisoned until reopened.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use failpoint::failpoint;
use fjall::{
    AbstractTree, Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode, Readable, Snapshot, UserKey,
    UserValue,
};

use super::options::EmbeddedOptions;
use super::torn::Torn;
use crate::range::Range;
use crate::{StoreError, limits};

/// Name of the one keyspace that holds everything.
const KEYSPACE: &str = "data";

/// Folder of the engine's tables within a keyspace's.
const TABLES_FOLDER: &str = "tables";

/// A change to one encoded key: the sealed record to store, or none to delete it.
pub(crate) type Change = (UserKey, Option<UserValue>);

/// An open database; clones share it, and all must go before it can be opened again.
#[derive(Clone)]
pub(crate) struct Engine {
    database: Database,
    data: Keyspace,
}

/// Durable state at one moment; clones see the same.
#[derive(Clone)]
pub(crate) struct View {
    snapshot: Snapshot,
    data: Keyspace,
}

/// Why a group was not written, or perhaps was.
#[derive(Debug)]
pub(crate) struct WriteError {
    /// For logs and callers.
    pub(crate) reason: String,
    /// Whether opening the database again may help: a full disk yes, a disk that cannot sync no, because pages it failed
    /// to write may still look written to this kernel.
    pub(crate) is_reopenable: bool,
}

impl Engine {
    /// Opens or creates the database in `folder`. A group that was on its way to the disk when the power went is left out.
    pub(crate) fn open(folder: &Path, options: &EmbeddedOptions) -> Result<Self, fjall::Error> {
        match Self::open_as_it_is(folder, options) {
            Err(error @ fjall::Error::JournalRecovery(_)) => {
                let Some(torn) = Torn::take_out(folder)? else { return Err(error) };
                Self::open_as_it_is(folder, options).inspect_err(|_| torn.put_back())
            }
            outcome => outcome,
        }
    }

    fn open_as_it_is(folder: &Path, options: &EmbeddedOptions) -> Result<Self, fjall::Error> {
        let database = Database::builder(folder)
            .cache_size(options.cache_bytes)
            .max_journaling_size(limits::JOURNAL_MAX_BYTES)
            .worker_threads(limits::ENGINE_THREADS)
            .open()?;
        let memtable_bytes = options.memtable_bytes;
        let data =
            database.keyspace(KEYSPACE, || KeyspaceCreateOptions::default().max_memtable_size(memtable_bytes))?;
        Ok(Self { database, data })
    }

    /// Writes all of `changes` or none, and returns when they are on the disk.
    pub(crate) fn write(&self, changes: &[Change]) -> Result<(), WriteError> {
        let mut batch =
            OwnedWriteBatch::with_capacity(self.database.clone(), changes.len()).durability(Some(durability()));
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(&self.data, key.clone(), value.clone()),
                None => batch.remove(&self.data, key.clone()),
            }
        }
        batch.commit().map_err(WriteError::from)
    }

    /// A view of everything written so far.
    pub(crate) fn view(&self) -> View {
        View { snapshot: self.database.snapshot(), data: self.data.clone() }
    }

    /// Whether tables pile up so far that the engine would soon sleep inside a write.
    pub(crate) fn is_behind(&self) -> bool {
        self.data.sealed_memtable_count() >= limits::SEALED_MEMTABLES_MAX
            || self.data.tree.l0_run_count() >= limits::UNMERGED_TABLES_MAX
    }

    /// Fails once a background thread or an earlier write of the engine failed.
    pub(crate) fn check_health(&self) -> Result<(), WriteError> {
        self.database.persist(PersistMode::Buffer).map_err(WriteError::from)
    }
}

impl View {
    pub(crate) fn get(&self, key: &[u8]) -> Result<Option<Bytes>, StoreError> {
        let found = self.snapshot.get(&self.data, key).map_err(|error| self.read_error(&error))?;
        Ok(found.map(|value| Bytes::copy_from_slice(&value)))
    }

    /// Keys and sealed records within `covered`, from either end.
    pub(crate) fn range(
        &self,
        covered: Range,
    ) -> impl DoubleEndedIterator<Item = Result<(UserKey, Bytes), StoreError>> {
        self.snapshot.range(&self.data, covered).map(|item| {
            let (key, value) = item.into_inner().map_err(|error| self.read_error(&error))?;
            Ok((key, Bytes::copy_from_slice(&value)))
        })
    }

    /// Keys within `covered`, ascending; values are not looked at, so that damaged ones can be deleted.
    pub(crate) fn keys(&self, covered: Range) -> impl Iterator<Item = Result<UserKey, StoreError>> {
        self.snapshot.range(&self.data, covered).map(|item| item.key().map_err(|error| self.read_error(&error)))
    }
}

impl View {
    /// The engine's tables whose bytes are not those that were written, by the checksums in its list of tables. Reads all
    /// of them.
    pub(crate) fn damaged_tables(&self) -> Vec<PathBuf> {
        let version = self.data.tree.current_version();
        let folder = self.data.path().join(TABLES_FOLDER);
        // `version` keeps its tables from being removed meanwhile.
        let tables = version.iter_tables();
        let damaged = tables.map(|table| (folder.join(table.id().to_string()), table.checksum().into_u128()));
        damaged.filter(|(path, sum)| !has_checksum(path, *sum)).map(|(path, _)| path).collect()
    }

    /// Names the folder of the engine, for it does not name its files ([`View::damaged_tables`] does).
    fn read_error(&self, error: &fjall::Error) -> StoreError {
        if is_rot(error) {
            metrics::STORE_DAMAGED.inc();
        }
        StoreError::Read(format!("{}: {}", self.data.path().display(), explain(error)))
    }
}

/// What the engine says, in one line.
pub(crate) fn explain(error: &fjall::Error) -> String {
    if is_rot(error) {
        return format!("a file is damaged: its checksum differs ({error})");
    }
    error.to_string()
}

fn is_rot(error: &fjall::Error) -> bool {
    matches!(error, fjall::Error::Storage(fjall::LsmError::ChecksumMismatch { .. }))
}

/// Whether a file has this checksum; one that is gone or cannot be read has another.
fn has_checksum(path: &Path, expected: u128) -> bool {
    let mut hasher = xxhash_rust::xxh3::Xxh3Default::new();
    let hashed = File::open(path).and_then(|mut file| io::copy(&mut file, &mut HashWriter(&mut hasher)));
    hashed.is_ok() && hasher.digest128() == expected
}

/// Feeds what is written to a hash.
struct HashWriter<'h>(&'h mut xxhash_rust::xxh3::Xxh3Default);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes the next reads of the journals in `folder` come from the disk and not from the kernel's memory, which after a
/// failed sync may hold what the disk does not.
pub(crate) fn forget_cached_journals(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "jnl") {
            rustix::fs::fadvise(File::open(path)?, 0, None, rustix::fs::Advice::DontNeed)?;
        }
    }
    Ok(())
}

/// On the disk, and nothing less; fault runs may take the fsync away to see whether they would notice.
fn durability() -> PersistMode {
    failpoint!("store.commit.unsynced", return PersistMode::Buffer);
    PersistMode::SyncData
}

#[allow(dead_code, reason = "a failpoint is nothing in what is shipped")]
impl WriteError {
    /// What a failpoint makes of a write.
    pub(crate) fn injected() -> Self {
        Self { reason: "a failpoint".into(), is_reopenable: true }
    }
}

impl From<fjall::Error> for WriteError {
    fn from(error: fjall::Error) -> Self {
        let is_reopenable = match &error {
            fjall::Error::Io(error) | fjall::Error::Storage(fjall::LsmError::Io(error)) => is_space(error),
            fjall::Error::Poisoned => true,
            _ => false,
        };
        Self { reason: error.to_string(), is_reopenable }
    }
}

fn is_space(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
