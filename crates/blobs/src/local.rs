//! What a disk needs beside `object_store`: folders that are durable before anything is put into them, and the removal of
//! what interrupted writes left.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::{BlobError, limits};

/// A file right under the root whose time says when this process opened it, by the disk's own clock.
const OPENED: &str = "opened";
/// The sign by which `object_store` marks files that are being written; such names are never listed.
const STAGING_SIGN: char = '#';

/// A folder on a disk.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    root: PathBuf,
    floor_bytes: u64,
    opened: SystemTime,
}

impl Disk {
    /// Makes root and shelves durably.
    pub fn open(root: &Path, floor_bytes: u64) -> Result<Self, BlobError> {
        fs::create_dir_all(root)?;
        for shelf in 0..limits::SHELVES {
            make_if_absent(&root.join(format!("{shelf:02x}")))?;
        }
        sync(root)?;
        if let Some(parent) = root.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync(parent)?;
        }
        Ok(Self { root: root.to_owned(), floor_bytes, opened: mark_opened(root)? })
    }

    /// Whether files may take more of the disk.
    pub fn check_room(&self) -> Result<(), BlobError> {
        let (free, _) = space(&self.root)?;
        if free < self.floor_bytes { Err(BlobError::Full { free, floor: self.floor_bytes }) } else { Ok(()) }
    }

    /// Makes a folder whose name is on the disk when this returns, whoever made it and whenever.
    pub async fn make(&self, folder: String) -> Result<(), BlobError> {
        let path = self.root.join(folder);
        blocking(move || {
            make_if_absent(&path)?;
            sync(path.parent().expect("a folder lies on its shelf"))
        })
        .await
    }

    /// Removes the files that were being written when an earlier process ended; says how many.
    pub async fn sweep(&self) -> Result<u64, BlobError> {
        let (root, opened) = (self.root.clone(), self.opened);
        blocking(move || sweep(&root, opened)).await
    }

    pub async fn remove(&self, folder: String) -> Result<(), BlobError> {
        let path = self.root.join(folder);
        blocking(move || match fs::remove_dir_all(&path) {
            Ok(()) => sync(path.parent().expect("a folder lies on its shelf")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        })
        .await
    }
}

/// Bytes that stay free on the disk of this folder unless somebody says otherwise.
pub(crate) fn default_floor(root: &Path) -> io::Result<u64> {
    let (_, disk) = space(root)?;
    Ok(limits::FLOOR_MAX_BYTES.min(disk / limits::FLOOR_DISK_FRACTION))
}

/// Free bytes and all bytes of the disk of this folder.
fn space(root: &Path) -> io::Result<(u64, u64)> {
    let space = rustix::fs::statvfs(root)?;
    Ok((space.f_bavail.saturating_mul(space.f_frsize), space.f_blocks.saturating_mul(space.f_frsize)))
}

/// Runs on the threads for blocking work, if there are any.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, BlobError> {
    let outcome = match tokio::runtime::Handle::try_current() {
        Ok(runtime) => runtime.spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error))),
        Err(_) => work(),
    };
    Ok(outcome?)
}

fn make_if_absent(path: &Path) -> io::Result<()> {
    match fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

fn mark_opened(root: &Path) -> io::Result<SystemTime> {
    let marker = root.join(OPENED);
    fs::write(&marker, b"")?;
    fs::metadata(&marker)?.modified()
}

/// Two levels: shelves and folders. What this process is writing is younger than its marker and stays.
fn sweep(root: &Path, opened: SystemTime) -> io::Result<u64> {
    let mut removed = 0;
    for shelf in 0..limits::SHELVES {
        for folder in fs::read_dir(root.join(format!("{shelf:02x}")))? {
            removed += sweep_folder(&folder?.path(), opened)?;
        }
    }
    Ok(removed)
}

fn sweep_folder(folder: &Path, opened: SystemTime) -> io::Result<u64> {
    let mut removed = 0;
    for file in unless_gone(fs::read_dir(folder))?.into_iter().flatten() {
        let file = file?;
        if file.file_name().to_string_lossy().contains(STAGING_SIGN) && is_older(&file, opened)? {
            removed += u64::from(unless_gone(fs::remove_file(file.path()))?.is_some());
        }
    }
    Ok(removed)
}

fn is_older(file: &fs::DirEntry, opened: SystemTime) -> io::Result<bool> {
    let modified = unless_gone(file.metadata())?.map(|metadata| metadata.modified()).transpose()?;
    Ok(modified.is_some_and(|modified| modified < opened))
}

/// Others may rename or remove what was listed.
fn unless_gone<T>(outcome: io::Result<T>) -> io::Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
