//! Uploads that are complete: their size, their bytes, their checksum.

use blobs::{BlobError, Folder};
use bytes::{Bytes, BytesMut};
use crypto::Md5Sum;

use super::{Platform, PlatformError, Refusal, UserId};
use crate::limits::media::{PARTS_MAX, SMALL_MAX_BYTES};
use crate::media::{StoredObject, UploadedFile, damage};

/// A complete upload.
#[derive(Clone, Copy, Debug)]
pub(in crate::media) struct Whole {
    pub file_id: i64,
    pub folder: Folder,
    /// Of every part but the last, in bytes.
    pub part_size: u32,
    pub count: u32,
    /// In bytes.
    pub size: u64,
    /// Its folder belongs to a medium already.
    pub is_adopted: bool,
    /// Its parts carry checksums.
    pub is_sealed: bool,
}

impl Whole {
    /// The sizes of the parts, in order.
    pub fn parts(&self) -> impl Iterator<Item = (u32, u64)> + use<> {
        let (part_size, size) = (u64::from(self.part_size), self.size);
        (0..self.count).map(move |part| (part, part_size.min(size - u64::from(part) * part_size)))
    }
}

impl Platform {
    /// The size of an upload, in bytes, if it is complete.
    ///
    /// # Errors
    /// [`Refusal::FilePartMissing`], [`Refusal::FilePartsInvalid`], trouble of the storage.
    pub async fn upload_size(&self, user: UserId, file: &UploadedFile) -> Result<u64, PlatformError> {
        Ok(self.whole_upload(user, file).await?.size)
    }

    /// All bytes of a complete upload of at most `max` bytes, their checksum compared.
    ///
    /// # Errors
    /// As [`Platform::upload_size`], [`Refusal::FileTooBig`], [`Refusal::Md5ChecksumInvalid`].
    pub async fn upload_bytes(&self, user: UserId, file: &UploadedFile, max: u64) -> Result<Bytes, PlatformError> {
        let whole = self.whole_upload(user, file).await?;
        if whole.size > max {
            return Err(Refusal::FileTooBig.into());
        }
        let mut bytes = BytesMut::with_capacity(usize::try_from(whole.size).unwrap_or(0));
        let mut sum = Md5Sum::new();
        for (part, size) in whole.parts() {
            let piece = self.part_bytes(&whole, part, size).await?;
            sum.update(&piece);
            bytes.extend_from_slice(&piece);
        }
        compare(file, sum)?;
        let desk = self.desk(user).await?;
        self.note_used(user, &desk, file.file_id).await;
        Ok(bytes.freeze())
    }

    pub(in crate::media) async fn whole_upload(
        &self,
        user: UserId,
        file: &UploadedFile,
    ) -> Result<Whole, PlatformError> {
        if file.parts == 0 || file.parts > PARTS_MAX {
            return Err(Refusal::FilePartsInvalid.into());
        }
        Ok(self.desk(user).await?.whole(file)?)
    }

    /// Compares the checksum of a small upload, if the client gave one, reading one part after another.
    pub(in crate::media) async fn check_sum(&self, file: &UploadedFile, whole: &Whole) -> Result<(), PlatformError> {
        if file.md5.is_none() || whole.size > SMALL_MAX_BYTES {
            return Ok(());
        }
        let mut sum = Md5Sum::new();
        for (part, size) in whole.parts() {
            sum.update(&self.part_bytes(whole, part, size).await?);
        }
        Ok(compare(file, sum)?)
    }

    async fn part_bytes(&self, whole: &Whole, part: u32, size: u64) -> Result<Bytes, PlatformError> {
        let object = StoredObject { folder: whole.folder, name: part.to_string(), size, is_sealed: whole.is_sealed };
        object.read(self.blobs(), 0..size).await.map_err(|error| match error {
            // The medium that the upload had become was removed.
            BlobError::Missing(_) => Refusal::FilePartMissing(part).into(),
            // Clients send such a part again.
            error if error.is_damage() => {
                damage::report("upload", &object, &error);
                Refusal::FilePartMissing(part).into()
            }
            error => error.into(),
        })
    }
}

fn compare(file: &UploadedFile, sum: Md5Sum) -> Result<(), Refusal> {
    let is_right = file.md5.is_none_or(|expected| expected == sum.finish());
    if is_right { Ok(()) } else { Err(Refusal::Md5ChecksumInvalid) }
}
