//! How much room the data folder takes, and how much there is.

use std::path::Path;
use std::time::{Duration, Instant};

/// How long a look at the folder counts.
const FRESH: Duration = Duration::from_secs(300);
/// Files and folders looked at; past it the rest is not counted.
const ENTRIES_MAX: usize = 2_000_000;
/// The folder of the data folder with the bytes of media.
const MEDIA_FOLDER: &str = "media";

/// Room on the disk, in bytes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    /// Everything but media.
    pub(super) store: u64,
    /// Photos and files.
    pub(super) media: u64,
    /// What is left.
    pub(super) free: u64,
    looked_at: Option<Instant>,
}

impl Usage {
    /// Looks. Reads the names of all files: not for a thread that serves.
    pub(super) fn of(data: &Path) -> Self {
        let mut entries = 0;
        let media = size(&data.join(MEDIA_FOLDER), &mut entries);
        let all = size(data, &mut entries);
        let free = rustix::fs::statvfs(data).map_or(0, |disk| disk.f_bavail.saturating_mul(disk.f_frsize));
        Self { store: all.saturating_sub(media), media, free, looked_at: Some(Instant::now()) }
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.looked_at.is_some_and(|at| at.elapsed() < FRESH)
    }
}

/// The sizes of all files below; links are not followed.
fn size(folder: &Path, entries: &mut usize) -> u64 {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            *entries += 1;
            if *entries > ENTRIES_MAX {
                return bytes;
            }
            match entry.metadata() {
                Ok(about) if about.is_dir() => folders.push(entry.path()),
                Ok(about) => bytes += about.len(),
                Err(_) => {}
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_are_counted_apart() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("media/a")).unwrap();
        std::fs::write(folder.path().join("media/a/one"), [0; 300]).unwrap();
        std::fs::write(folder.path().join("clock"), [0; 20]).unwrap();
        let usage = Usage::of(folder.path());
        assert_eq!((usage.store, usage.media), (20, 300));
        assert!(usage.free > 0 && usage.is_fresh() && !Usage::default().is_fresh());
    }
}
