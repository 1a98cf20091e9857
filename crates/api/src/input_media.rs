//! Which upload, photo or document a request means. A wrong access hash and an unknown number are the same error, so that
//! nobody learns what exists; what was shown is asked for with the reference that came with it.

use platform::media::{Document, MediumId, Photo, UploadedFile};
use platform::{PlatformError, Refusal};
use tl::enums;

use crate::{Context, RpcError};

/// The upload that an `InputFile` means.
///
/// # Errors
/// `400 FILE_PARTS_INVALID`, `400 MD5_CHECKSUM_INVALID`, `400 INPUT_FILE_INVALID`.
pub fn uploaded(input: &enums::InputFile) -> Result<UploadedFile, RpcError> {
    let parts = |parts: i32| u32::try_from(parts).map_err(|_| RpcError::from(Refusal::FilePartsInvalid));
    match input {
        enums::InputFile::File(file) => {
            Ok(UploadedFile { file_id: file.id, parts: parts(file.parts)?, md5: md5(&file.md5_checksum)?, big: false })
        }
        enums::InputFile::Big(file) => {
            Ok(UploadedFile { file_id: file.id, parts: parts(file.parts)?, md5: None, big: true })
        }
        enums::InputFile::StoryDocument(_) => Err(RpcError::new(400, "INPUT_FILE_INVALID")),
    }
}

/// A checksum in hexadecimal digits; clients that do not count leave it empty.
fn md5(digits: &str) -> Result<Option<[u8; 16]>, RpcError> {
    if digits.is_empty() {
        return Ok(None);
    }
    let byte = |at: usize| u8::from_str_radix(digits.get(at * 2..at * 2 + 2)?, 16).ok();
    let mut sum = [0; 16];
    let is_whole = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    for (at, place) in sum.iter_mut().enumerate() {
        *place = byte(at).filter(|_| is_whole).ok_or(RpcError::from(Refusal::Md5ChecksumInvalid))?;
    }
    Ok(Some(sum))
}

impl Context<'_> {
    /// The photo that an `InputPhoto` means.
    ///
    /// # Errors
    /// `400 MEDIA_EMPTY`, `400 FILE_REFERENCE_EMPTY`, `400 FILE_REFERENCE_INVALID`, `400 FILE_REFERENCE_EXPIRED`.
    pub async fn input_photo(&self, input: &enums::InputPhoto) -> Result<Photo, RpcError> {
        let enums::InputPhoto::Photo(input) = input else { return Err(Refusal::MediaEmpty.into()) };
        let id = self.shown_medium(input.id, input.access_hash, &input.file_reference)?;
        Ok(self.platform().photo(id).await?)
    }

    /// The document that an `InputDocument` means.
    ///
    /// # Errors
    /// As [`Context::input_photo`].
    pub async fn input_document(&self, input: &enums::InputDocument) -> Result<Document, RpcError> {
        let enums::InputDocument::Document(input) = input else { return Err(Refusal::MediaEmpty.into()) };
        let id = self.shown_medium(input.id, input.access_hash, &input.file_reference)?;
        Ok(self.platform().document(id).await?)
    }

    fn shown_medium(&self, id: i64, access_hash: i64, file_reference: &[u8]) -> Result<MediumId, RpcError> {
        let (viewer, medium) = (self.user()?, MediumId(id));
        if !self.platform().check_medium_access_hash(viewer, medium, access_hash) {
            return Err(Refusal::MediaEmpty.into());
        }
        self.platform().check_file_reference(viewer, medium, file_reference).map_err(PlatformError::from)?;
        Ok(medium)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_thirty_two_digits_or_none() {
        assert_eq!(md5("").unwrap(), None);
        assert_eq!(md5("000102030405060708090A0b0c0d0e0f").unwrap().unwrap()[10..], [10, 11, 12, 13, 14, 15]);
        for wrong in [
            "00",
            "zz0102030405060708090a0b0c0d0e0f",
            "000102030405060708090a0b0c0d0e0f00",
            "é",
            "+00102030405060708090a0b0c0d0e0f",
        ] {
            assert_eq!(md5(wrong).unwrap_err().name, "MD5_CHECKSUM_INVALID", "{wrong}");
        }
    }
}
