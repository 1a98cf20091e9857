//! How the embedded engine is opened.

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::limits;

/// Settings of the embedded engine; the default fits a machine of any size.
#[derive(Clone, Debug)]
pub struct EmbeddedOptions {
    /// Bytes of blocks kept in memory for reads.
    pub cache_bytes: u64,
    /// Bytes of new records held in memory before they are written as a sorted table.
    pub memtable_bytes: u64,
    /// Salvage: opens a store that came back shorter than what was acknowledged, or with a hole in its recent past,
    /// and goes on from what is there. What is missing stays missing.
    pub accept_loss: bool,
    /// Longest time the engine may take to open.
    pub open_timeout: Duration,
    /// Where free space is read from, and how often.
    pub space: SpaceOptions,
}

/// When writing stops before the disk is full.
#[derive(Clone, Debug)]
pub struct SpaceOptions {
    /// Reads how much room there is.
    pub probe: SpaceProbe,
    /// Time between two looks.
    pub interval: Duration,
    /// Below so many free bytes the store is read-only; `None` derives it from the size of the disk.
    pub floor_bytes: Option<u64>,
    /// Bytes put aside for what must still be written on a full disk; `None` derives it from the size of the disk.
    pub reserve_bytes: Option<u64>,
}

/// Room on the disk of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// Bytes an unprivileged process may still use.
    pub free_bytes: u64,
    /// Size of the file system in bytes.
    pub total_bytes: u64,
}

/// A source of [`Space`]: the file system, or a test.
#[derive(Clone)]
pub struct SpaceProbe(Arc<Probe>);

type Probe = dyn Fn(&Path) -> io::Result<Space> + Send + Sync;

impl Default for EmbeddedOptions {
    fn default() -> Self {
        Self {
            cache_bytes: limits::CACHE_DEFAULT_BYTES,
            memtable_bytes: limits::MEMTABLE_DEFAULT_BYTES,
            accept_loss: false,
            open_timeout: limits::OPEN_TIMEOUT,
            space: SpaceOptions::default(),
        }
    }
}

impl Default for SpaceOptions {
    fn default() -> Self {
        Self {
            probe: SpaceProbe::file_system(),
            interval: limits::SPACE_INTERVAL,
            floor_bytes: None,
            reserve_bytes: None,
        }
    }
}

impl SpaceOptions {
    pub(crate) fn floor(&self, space: Space) -> u64 {
        let derived = (space.total_bytes / limits::FLOOR_DISK_FRACTION).min(limits::FLOOR_MAX_BYTES);
        self.floor_bytes.unwrap_or(derived)
    }

    pub(crate) fn reserve(&self, space: Space) -> u64 {
        let derived = (space.total_bytes / limits::RESERVE_DISK_FRACTION).min(limits::RESERVE_MAX_BYTES);
        self.reserve_bytes.unwrap_or(derived)
    }
}

impl SpaceProbe {
    /// What the file system of the store's folder says.
    #[must_use]
    pub fn file_system() -> Self {
        Self::new(|path| {
            let stat = rustix::fs::statvfs(path)?;
            Ok(Space { free_bytes: stat.f_bavail * stat.f_frsize, total_bytes: stat.f_blocks * stat.f_frsize })
        })
    }

    /// What `probe` says.
    pub fn new(probe: impl Fn(&Path) -> io::Result<Space> + Send + Sync + 'static) -> Self {
        Self(Arc::new(probe))
    }

    pub(crate) fn look(&self, path: &Path) -> io::Result<Space> {
        (self.0)(path)
    }
}

impl fmt::Debug for SpaceProbe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SpaceProbe")
    }
}
