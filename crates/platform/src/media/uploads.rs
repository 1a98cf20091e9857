//! Uploads under way.

use bytes::Bytes;

use super::UploadedFile;
use crate::{Platform, PlatformError, Refusal, UserId};

/// Who has what under way.
#[derive(Default)]
pub(crate) struct Desks;

/// A part of an upload, as a client sends it.
#[derive(Clone, Debug)]
pub struct PartOf {
    /// The client's own number for the upload.
    pub file_id: i64,
    /// Which part, from 0.
    pub part: i32,
    /// With `upload.saveBigFilePart`: how many there will be, -1 while nobody knows.
    pub total: Option<i32>,
    /// What it holds.
    pub bytes: Bytes,
}

impl Platform {
    /// Keeps a part of an upload; it is durable when this returns. A part that is there already is replaced.
    ///
    /// # Errors
    /// `FilePart*` refusals, [`Refusal::FloodWait`] when the person has too much under way,
    /// [`Refusal::StorageQuotaExceeded`], trouble of the storage.
    pub async fn save_part(&self, user: UserId, part: PartOf) -> Result<(), PlatformError> {
        let _ = (user, part);
        Err(Refusal::FilePartInvalid.into())
    }

    /// The size of an upload, in bytes, if it is complete.
    ///
    /// # Errors
    /// [`Refusal::FilePartMissing`], [`Refusal::FilePartsInvalid`], trouble of the storage.
    pub async fn upload_size(&self, user: UserId, file: &UploadedFile) -> Result<u64, PlatformError> {
        let _ = (user, file);
        Err(Refusal::FilePartsInvalid.into())
    }

    /// All bytes of a complete upload of at most `max` bytes, their checksum compared.
    ///
    /// # Errors
    /// As [`Platform::upload_size`], [`Refusal::FileTooBig`], [`Refusal::Md5ChecksumInvalid`].
    pub async fn upload_bytes(&self, user: UserId, file: &UploadedFile, max: u64) -> Result<Bytes, PlatformError> {
        let _ = (user, file, max);
        Err(Refusal::FilePartsInvalid.into())
    }
}
