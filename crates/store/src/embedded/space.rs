//! The watch over free space: writing stops before the disk is full and resumes by itself.
//!
//! A reserve file keeps some room aside. It is removed when writing stops, so that what must still be written (tables the
//! engine has in memory, logs, the administrator's work) has a place to go, and put back before writing resumes. The same
//! thread brings the high-water mark to the disk at each look, and closes journals that the engine has removed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::FallocateFlags;

use super::options::{Space, SpaceOptions};
use super::{Shared, journal};
use crate::limits;
use crate::queue::{Queue, Stop};

/// Name of the reserve file within the store's folder.
const RESERVE_FILE: &str = "reserve";

/// What one store needs to judge its disk.
#[derive(Debug)]
pub(crate) struct SpaceWatch {
    folder: PathBuf,
    options: SpaceOptions,
}

/// Looks at intervals until the store closes.
pub(crate) fn run(shared: &Shared) {
    while !shared.queue.nap_unless_closing(shared.space.options.interval) {
        journal::close_removed(&shared.journals);
        shared.space.look(&shared.queue);
        if let Err(error) = shared.high_water.sync() {
            tracing::error!(%error, "the high-water mark could not be synced");
        }
    }
}

impl SpaceWatch {
    pub(crate) fn new(folder: &Path, options: SpaceOptions) -> Self {
        Self { folder: folder.to_owned(), options }
    }

    /// Frees the reserve if the disk is short of room: opening the engine takes some.
    pub(crate) fn make_room_to_open(&self) {
        if self.options.probe.look(&self.folder).is_ok_and(|space| self.is_short(space)) {
            self.free_reserve();
        }
    }

    /// Looks once and stops or resumes writing accordingly.
    pub(crate) fn look(&self, queue: &Queue) {
        let space = match self.options.probe.look(&self.folder) {
            Ok(space) => space,
            Err(error) => return tracing::warn!(%error, "free space could not be read"),
        };
        metrics::STORE_FREE_BYTES.set(i64::try_from(space.free_bytes).unwrap_or(i64::MAX));
        let is_stopped = queue.is_stopped_by(Stop::Space);
        if self.is_short(space) && !is_stopped {
            self.stop(queue, space);
        } else if self.has_room(space) {
            self.keep_reserve(space);
            if is_stopped {
                tracing::info!(free_bytes = space.free_bytes, "there is room on the disk again: writing resumes");
                queue.resume(Stop::Space);
            }
        }
    }

    fn is_short(&self, space: Space) -> bool {
        space.free_bytes < self.options.floor(space)
    }

    /// Whether the reserve can be put aside and a margin above the floor remains.
    fn has_room(&self, space: Space) -> bool {
        let floor = self.options.floor(space);
        let reserve = if self.reserve_path().exists() { 0 } else { self.options.reserve(space) };
        space.free_bytes >= floor + floor / limits::RESUME_SLACK_FRACTION + reserve
    }

    fn stop(&self, queue: &Queue, space: Space) {
        tracing::error!(free_bytes = space.free_bytes, "the disk is nearly full: the store is read-only");
        queue.stop(Stop::Space);
        self.free_reserve();
    }

    fn free_reserve(&self) {
        if let Err(error) = fs::remove_file(self.reserve_path())
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::error!(%error, "the reserve could not be freed");
        }
    }

    fn keep_reserve(&self, space: Space) {
        let path = self.reserve_path();
        if !path.exists()
            && let Err(error) = allocate(&path, self.options.reserve(space))
        {
            tracing::warn!(%error, "no reserve could be put aside");
        }
    }

    fn reserve_path(&self) -> PathBuf {
        self.folder.join(RESERVE_FILE)
    }
}

/// Creates a file whose blocks are really there.
fn allocate(path: &Path, bytes: u64) -> io::Result<()> {
    if bytes == 0 {
        return Ok(());
    }
    let file = File::create(path)?;
    if let Err(error) = rustix::fs::fallocate(&file, FallocateFlags::empty(), 0, bytes) {
        fs::remove_file(path)?;
        return Err(error.into());
    }
    Ok(())
}
