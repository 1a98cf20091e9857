//! Media bytes, over `object_store`: written aside, synced and renamed before anything names them.
//!
//! Objects lie in folders of random number ([`Folder`]): one for each medium, one for each upload under way. On a disk,
//! [`Blobs::put`] returns after this order of steps: the bytes are in a file of another name, that file is synced, it is
//! renamed, its folder is synced; and [`Blobs::make`], which comes first, syncs what names the folder. So a process
//! killed at any point leaves either the whole object or none, and beside it at most a file under a name that is never
//! listed nor read; [`Blobs::sweep`] removes those. What rots is noticed by the checksums of sealed objects
//! ([`Blobs::put_sealed`]). The crate knows no meaning of bytes, counts nothing, and does not look for objects that no
//! record names.

mod error;
mod faults;
pub mod limits;
mod local;
mod seal;

use std::future::Future;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use failpoint::failpoint;
use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path as Location;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

pub use error::BlobError;
pub use faults::{Fault, Faults};
pub use seal::{data_len, sealed_len};

/// A folder of objects, by its random number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Folder(pub u64);

impl Folder {
    /// Spread over the shelves by the number's lowest byte.
    fn location(self) -> String {
        format!("{:02x}/{:016x}", self.0 as u8, self.0)
    }

    fn object(self, name: &str) -> Location {
        debug_assert!(name.len() <= limits::NAME_MAX_BYTES && name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        Location::from(format!("{}/{name}", self.location()))
    }
}

/// An object of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name within its folder.
    pub name: String,
    /// In bytes.
    pub size: u64,
}

/// What a failpoint makes of a call.
#[allow(dead_code, reason = "a failpoint is nothing in what is shipped")]
fn injected() -> BlobError {
    BlobError::Trouble("a failpoint".into())
}

/// Where media bytes are kept; clones share it.
#[derive(Clone, Debug)]
pub struct Blobs {
    objects: Arc<dyn ObjectStore>,
    disk: Option<local::Disk>,
    faults: Option<Arc<Faults>>,
}

impl Blobs {
    /// Forgotten with the process: for tests and the simulator.
    #[must_use]
    pub fn memory() -> Self {
        Self { objects: Arc::new(InMemory::new()), disk: None, faults: None }
    }

    /// The same, with calls that fail when a test says so.
    #[must_use]
    pub fn memory_with(faults: Arc<Faults>) -> Self {
        Self { faults: Some(faults), ..Self::memory() }
    }

    /// Does the work of a call, unless a test wants it to fail.
    async fn call<T>(&self, work: impl Future<Output = Result<T, BlobError>>) -> Result<T, BlobError> {
        match &self.faults {
            None => work.await,
            Some(faults) => faults.meet(work).await,
        }
    }

    /// In the folder `root`, which is made if it is not there. Blocks for a moment, however much is kept there.
    ///
    /// # Errors
    /// [`BlobError::Trouble`] when the disk does not let us.
    pub fn open(root: &Path) -> Result<Self, BlobError> {
        std::fs::create_dir_all(root)?;
        Self::open_above(root, local::default_floor(root)?)
    }

    /// The same with another floor: nothing is written while fewer bytes are free.
    ///
    /// # Errors
    /// As [`Blobs::open`].
    pub fn open_above(root: &Path, floor_bytes: u64) -> Result<Self, BlobError> {
        let disk = local::Disk::open(root, floor_bytes)?;
        let objects = LocalFileSystem::new_with_prefix(root)?.with_fsync(true);
        Ok(Self { objects: Arc::new(objects), disk: Some(disk), faults: None })
    }

    /// Removes the files that were being written when an earlier process ended; says how many. Looks into every folder: for
    /// the background, once after each start.
    ///
    /// # Errors
    /// [`BlobError::Trouble`] when the disk does not let us; what is left is found by the next one.
    pub async fn sweep(&self) -> Result<u64, BlobError> {
        match &self.disk {
            Some(disk) => disk.sweep().await,
            None => Ok(0),
        }
    }

    /// Makes a folder, durably; nothing happens if it is there. Before the first [`Blobs::put`] into it.
    ///
    /// # Errors
    /// [`BlobError::Trouble`] when the disk does not let us.
    pub async fn make(&self, folder: Folder) -> Result<(), BlobError> {
        self.call(async {
            failpoint!("blobs.make", return Err(injected()));
            match &self.disk {
                Some(disk) => disk.make(folder.location()).await,
                None => Ok(()),
            }
        })
        .await
    }

    /// Writes an object, or writes it anew; it is durable when this returns.
    ///
    /// # Errors
    /// [`BlobError::Full`] when the disk is needed for what matters more, [`BlobError::Trouble`]: the object is the old
    /// one, or the new one, and whole.
    pub async fn put(&self, folder: Folder, name: &str, bytes: Bytes) -> Result<(), BlobError> {
        self.call(async {
            if let Some(disk) = &self.disk {
                disk.check_room()?;
            }
            failpoint!("blobs.put.before", return Err(injected()));
            self.objects.put(&folder.object(name), PutPayload::from_bytes(bytes)).await?;
            failpoint!("blobs.put.after", return Err(injected()));
            Ok(())
        })
        .await
    }

    /// Writes an object with checksums behind its data, to be read by [`Blobs::get_sealed`]. To all other verbs it is an
    /// object of [`sealed_len`] bytes that begins with the data.
    ///
    /// # Errors
    /// As [`Blobs::put`].
    pub async fn put_sealed(&self, folder: Folder, name: &str, bytes: Bytes) -> Result<(), BlobError> {
        self.put(folder, name, seal::seal(&bytes)).await
    }

    /// The bytes of `range` of a sealed object whose data is `data_bytes` long: all of them, as they were written.
    ///
    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::Damaged`] when they are not what was written, [`BlobError::Trouble`].
    pub async fn get_sealed(
        &self,
        folder: Folder,
        name: &str,
        data_bytes: u64,
        range: Range<u64>,
    ) -> Result<Bytes, BlobError> {
        self.call(async {
            failpoint!("blobs.read", return Err(injected()));
            let damaged = |what: String| BlobError::Damaged { name: format!("{}/{name}", folder.location()), what };
            let length = range.end.saturating_sub(range.start);
            if length > limits::READ_MAX_BYTES {
                return Err(BlobError::Trouble(format!("{length} bytes in one read")));
            }
            let too_far = || damaged(format!("{data_bytes} bytes are to be there, up to {} were asked for", range.end));
            let plan = seal::Plan::new(data_bytes, range.clone()).ok_or_else(too_far)?;
            let (blocks, sums) = (plan.data(), plan.sums());
            // An empty object has a sum only, and not every engine reads nothing.
            let ranges: Vec<_> = [blocks.clone(), sums.clone()].into_iter().filter(|range| !range.is_empty()).collect();
            let read = match self.objects.get_ranges(&folder.object(name), &ranges).await {
                Ok(read) => read,
                // Some engines refuse to read behind the end, others give less.
                Err(error) if self.is_short(folder, name, data_bytes).await? => return Err(damaged(error.to_string())),
                Err(error) => return Err(error.into()),
            };
            let (data, sums) = match read.as_slice() {
                [data, sums] => (data.clone(), sums),
                [sums] => (Bytes::new(), sums),
                _ => return Err(BlobError::Trouble("a read with a strange result".into())),
            };
            if read.iter().map(|bytes| bytes.len() as u64).ne(ranges.iter().map(|range| range.end - range.start)) {
                return Err(damaged(format!("it ends before byte {}", sealed_len(data_bytes))));
            }
            plan.judge(&data, sums).map_err(|block| damaged(format!("the checksum of block {block} differs")))
        })
        .await
    }

    /// Whether an object is there and shorter than its seal says.
    async fn is_short(&self, folder: Folder, name: &str, data_bytes: u64) -> Result<bool, BlobError> {
        Ok(self.size(folder, name).await?.is_some_and(|size| size < sealed_len(data_bytes)))
    }

    /// The bytes of `range`, all of them, as they lie there.
    ///
    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::Short`] when the object ends before, [`BlobError::Trouble`].
    pub async fn get_range(&self, folder: Folder, name: &str, range: Range<u64>) -> Result<Bytes, BlobError> {
        self.call(async {
            let location = folder.object(name);
            let expected = range.end.saturating_sub(range.start);
            if expected == 0 {
                return Ok(Bytes::new());
            }
            if expected > limits::READ_MAX_BYTES {
                return Err(BlobError::Trouble(format!("{expected} bytes in one read")));
            }
            failpoint!("blobs.read", return Err(injected()));
            let bytes = self.objects.get_range(&location, range).await?;
            let got = bytes.len() as u64;
            if got == expected {
                Ok(bytes)
            } else {
                Err(BlobError::Short { name: location.to_string(), got, expected })
            }
        })
        .await
    }

    /// How large an object is, in bytes; `None` when there is none.
    ///
    /// # Errors
    /// [`BlobError::Trouble`].
    pub async fn size(&self, folder: Folder, name: &str) -> Result<Option<u64>, BlobError> {
        self.call(async {
            failpoint!("blobs.read", return Err(injected()));
            match self.objects.head(&folder.object(name)).await {
                Ok(meta) => Ok(Some(meta.size)),
                Err(object_store::Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// The objects of a folder, at most `limits::LIST_MAX_OBJECTS`, in no order.
    ///
    /// # Errors
    /// [`BlobError::Trouble`].
    pub async fn list(&self, folder: Folder) -> Result<Vec<Listed>, BlobError> {
        self.call(async {
            failpoint!("blobs.read", return Err(injected()));
            let prefix = Location::from(folder.location());
            let found = self.objects.list(Some(&prefix)).take(limits::LIST_MAX_OBJECTS);
            let named = found.map_ok(|meta| Listed {
                name: meta.location.filename().unwrap_or_default().to_owned(),
                size: meta.size,
            });
            match named.try_collect().await {
                Ok(listed) => Ok(listed),
                Err(object_store::Error::NotFound { .. }) => Ok(Vec::new()),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// Every folder with an object in it, in no order: reads all names there are, so for tests and for looking after a
    /// server, not for serving.
    ///
    /// # Errors
    /// [`BlobError::Trouble`].
    pub async fn folders(&self) -> Result<Vec<Folder>, BlobError> {
        let number = |meta: object_store::ObjectMeta| {
            let folder = meta.location.parts().nth(1)?;
            u64::from_str_radix(folder.as_ref(), 16).ok().map(Folder)
        };
        let all: Vec<Option<Folder>> = self.objects.list(None).map_ok(number).try_collect().await?;
        let mut folders: Vec<Folder> = all.into_iter().flatten().collect();
        folders.sort_unstable();
        folders.dedup();
        Ok(folders)
    }

    /// Copies an object into another folder, durably, without reading it where the storage can.
    ///
    /// # Errors
    /// [`BlobError::Missing`], [`BlobError::Trouble`].
    pub async fn copy(&self, from: (Folder, &str), to: (Folder, &str)) -> Result<(), BlobError> {
        self.call(async {
            failpoint!("blobs.copy", return Err(injected()));
            Ok(self.objects.copy(&from.0.object(from.1), &to.0.object(to.1)).await?)
        })
        .await
    }

    /// Removes an object; nothing happens if there is none. Not synced: what comes back after a power cut is removed again
    /// by whoever asked for it.
    ///
    /// # Errors
    /// [`BlobError::Trouble`].
    pub async fn delete(&self, folder: Folder, name: &str) -> Result<(), BlobError> {
        self.call(async {
            failpoint!("blobs.delete", return Err(injected()));
            match self.objects.delete(&folder.object(name)).await {
                Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// Removes a folder and all that is in it, durably. Stopped half-way it can be called again.
    ///
    /// # Errors
    /// [`BlobError::Trouble`].
    pub async fn remove(&self, folder: Folder) -> Result<(), BlobError> {
        self.call(async {
            failpoint!("blobs.delete", return Err(injected()));
            if let Some(disk) = &self.disk {
                return disk.remove(folder.location()).await;
            }
            for listed in self.list(folder).await? {
                self.delete(folder, &listed.name).await?;
            }
            Ok(())
        })
        .await
    }
}
