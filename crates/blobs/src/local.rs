//! What a disk needs beside `object_store`: folders that are durable before anything is put into them, and the removal of
//! what interrupted writes left.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{BlobError, limits};

/// The sign by which `object_store` marks files that are being written; such names are never listed.
const STAGING_SIGN: char = '#';

/// A folder on a disk.
#[derive(Clone, Debug)]
pub(crate) struct Disk {
    root: PathBuf,
    floor_bytes: u64,
}

impl Disk {
    /// Makes root and shelves durably and removes what interrupted writes left.
    pub fn open(root: &Path, floor_bytes: u64) -> Result<Self, BlobError> {
        fs::create_dir_all(root)?;
        for shelf in 0..limits::SHELVES {
            make_if_absent(&root.join(format!("{shelf:02x}")))?;
        }
        sync(root)?;
        if let Some(parent) = root.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync(parent)?;
        }
        sweep(root)?;
        Ok(Self { root: root.to_owned(), floor_bytes })
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
async fn blocking(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> Result<(), BlobError> {
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

/// Removes files that were being written when the process ended. Two levels: shelves and folders.
fn sweep(root: &Path) -> io::Result<()> {
    let mut removed = 0_u64;
    for shelf in fs::read_dir(root)? {
        let shelf = shelf?;
        if !shelf.file_type()?.is_dir() {
            continue;
        }
        for folder in fs::read_dir(shelf.path())? {
            let folder = folder?;
            if folder.file_type()?.is_dir() {
                removed += sweep_folder(&folder.path())?;
            }
        }
    }
    if removed > 0 {
        tracing::info!(removed, "removed files that were being written when the server last stopped");
    }
    Ok(())
}

fn sweep_folder(folder: &Path) -> io::Result<u64> {
    let mut removed = 0;
    for file in fs::read_dir(folder)? {
        let file = file?;
        if file.file_name().to_string_lossy().contains(STAGING_SIGN) {
            fs::remove_file(file.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}
