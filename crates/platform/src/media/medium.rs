//! The record of a medium, and reading its files.

use bytes::Bytes;
use store::Key;

use super::{MediumId, MediumKind, NewMedium, Variant};
use crate::keys::{self, medium_suffix};
use crate::{Platform, PlatformError, Refusal, UserId};

/// Records of media that were read lately.
#[derive(Default)]
pub(crate) struct Cache;

/// The version of the record of a medium that is not being removed.
pub(super) const LIVE: u64 = 1;

pub(super) fn record_key(medium: MediumId) -> Key {
    Key::new(&keys::medium(medium), &[medium_suffix::RECORD])
}

/// A piece of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChunk {
    /// What was asked for; fewer bytes where the file ends.
    pub bytes: Bytes,
    /// The media type of the medium.
    pub mime: String,
    /// When the medium was made, in seconds.
    pub date: i32,
    /// The size of the whole file, in bytes.
    pub size: u64,
}

/// What a medium is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Medium {
    /// Its number.
    pub id: MediumId,
    /// Photo or document.
    pub kind: MediumKind,
    /// Who uploaded it.
    pub uploader: UserId,
    /// When it was made, in seconds.
    pub date: i32,
    /// The media type.
    pub mime: String,
    /// Its files and their sizes in bytes.
    pub files: Vec<(Variant, u64)>,
    /// What [`super::references::add`] is told.
    pub version: u64,
}

impl Platform {
    /// Makes a medium; it stays for the grace, and for as long as somebody holds it.
    ///
    /// # Errors
    /// As [`Platform::upload_size`], [`Refusal::Md5ChecksumInvalid`], [`Refusal::StorageQuotaExceeded`], trouble of the
    /// storage.
    pub async fn create_medium(&self, user: UserId, new: NewMedium) -> Result<MediumId, PlatformError> {
        let _ = (user, new);
        Err(Refusal::MediaInvalid.into())
    }

    /// What is recorded of a medium; `None` when it is gone or going.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn medium(&self, id: MediumId) -> Result<Option<Medium>, PlatformError> {
        let _ = id;
        Ok(None)
    }

    /// A piece of a file: at most `limit` bytes from `offset`; none at and behind its end.
    ///
    /// # Errors
    /// [`Refusal::LocationInvalid`] when there is no such file, trouble of the storage.
    pub async fn read_medium(
        &self,
        id: MediumId,
        variant: Variant,
        offset: u64,
        limit: u32,
    ) -> Result<FileChunk, PlatformError> {
        let _ = (id, variant, offset, limit);
        Err(Refusal::LocationInvalid.into())
    }

    /// All bytes of a file of at most `max` bytes.
    ///
    /// # Errors
    /// As [`Platform::read_medium`], [`Refusal::FileTooBig`].
    pub async fn medium_bytes(&self, id: MediumId, variant: Variant, max: u64) -> Result<Bytes, PlatformError> {
        let _ = (id, variant, max);
        Err(Refusal::LocationInvalid.into())
    }
}
