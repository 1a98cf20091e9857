//! The objects that records name, and whether they are what was written: for whoever serves them, and for whoever looks
//! after a server without running it.

use std::ops::Range;

use blobs::{BlobError, Blobs, Folder};
use bytes::Bytes;

use super::MediumId;
use super::medium::MediumRecord;
use super::uploads::{Stage, UploadRecord};
use crate::limits::media::CHUNK_MAX_BYTES;
use crate::{PlatformError, codec};

/// An object that a record names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredObject {
    /// Where it lies.
    pub folder: Folder,
    /// Its name there.
    pub name: String,
    /// How long its data is, in bytes.
    pub size: u64,
    /// It carries checksums. One that an earlier release wrote does not: of such a one only the length can be checked.
    pub is_sealed: bool,
}

impl StoredObject {
    /// A range of its data.
    ///
    /// # Errors
    /// As [`Blobs::get_sealed`] and [`Blobs::get_range`].
    pub async fn read(&self, blobs: &Blobs, range: Range<u64>) -> Result<Bytes, BlobError> {
        if self.is_sealed {
            return blobs.get_sealed(self.folder, &self.name, self.size, range).await;
        }
        blobs.get_range(self.folder, &self.name, range).await
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// One for which [`BlobError::is_damage`] holds when it is not what was written, others when it cannot be read now.
    pub async fn check(&self, blobs: &Blobs) -> Result<(), BlobError> {
        let mut at = 0;
        loop {
            let end = self.size.min(at + u64::from(CHUNK_MAX_BYTES));
            self.read(blobs, at..end).await?;
            if end == self.size {
                return Ok(());
            }
            at = end;
        }
    }
}

/// Every object of a medium, by the bytes of its record.
///
/// # Errors
/// [`PlatformError::Damaged`].
pub fn objects(id: MediumId, record: &[u8]) -> Result<Vec<StoredObject>, PlatformError> {
    let record: MediumRecord = codec::decode(record)?;
    Ok(record.files.iter().flat_map(|file| file.objects(id)).collect())
}

/// The folder of an upload, by the bytes of its record, and whether it is still the upload's own: an adopted one is a
/// medium's.
///
/// # Errors
/// [`PlatformError::Damaged`].
pub fn upload_folder(record: &[u8]) -> Result<(Folder, bool), PlatformError> {
    let record: UploadRecord = codec::decode(record)?;
    Ok((Folder(record.folder), record.stage != Stage::Adopted))
}

/// Says aloud that an object is not what was written.
pub(super) fn report(what: &'static str, object: &StoredObject, error: &BlobError) {
    metrics::MEDIA_DAMAGED.inc(what);
    let folder = format_args!("{:016x}", object.folder.0).to_string();
    tracing::error!(what, folder, object = object.name, %error, "a file is damaged: restore it from a backup");
}
