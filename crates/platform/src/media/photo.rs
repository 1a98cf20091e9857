//! Photos: an upload becomes JPEGs of several sizes and a thumbnail of 40 pixels; the upload itself is not kept, and with
//! it go the places and devices that its metadata names.

use minicbor::{Decode, Encode};
use pictures::{Made, Order, PictureError, Shrunk};

use super::described::Described;
use super::{FileSource, MediumId, MediumKind, NewMedium, UploadedFile, Variant};
use crate::limits::PICTURES_WAIT_SECONDS;
use crate::{Platform, PlatformError, Refusal, UserId};

/// One size of a photo, or a preview of a document.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PhotoSize {
    /// The protocol's letter for it.
    #[n(0)]
    pub letter: u8,
    /// Pixels from left to right.
    #[n(1)]
    pub width: i32,
    /// Pixels from top to bottom.
    #[n(2)]
    pub height: i32,
    /// Its length in bytes.
    #[n(3)]
    pub bytes: i32,
}

impl PhotoSize {
    fn of(made: &Made) -> Self {
        let int = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        let bytes = i32::try_from(made.bytes.len()).unwrap_or(i32::MAX);
        Self { letter: made.letter, width: int(made.width), height: int(made.height), bytes }
    }
}

/// A photo, as messages carry it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Photo {
    /// Its medium.
    #[n(0)]
    pub id: MediumId,
    /// When it was made, in seconds since the epoch.
    #[n(1)]
    pub date: i32,
    /// Its sizes, the smallest first.
    #[n(2)]
    pub sizes: Vec<PhotoSize>,
    /// The thumbnail without the header that clients have.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub stripped: Option<Vec<u8>>,
}

/// Copies of a picture, ready to be kept.
pub(super) struct Copies {
    pub(super) sizes: Vec<PhotoSize>,
    pub(super) files: Vec<(Variant, FileSource)>,
    pub(super) stripped: Option<Vec<u8>>,
}

impl From<Shrunk> for Copies {
    fn from(shrunk: Shrunk) -> Self {
        let sizes = shrunk.made.iter().map(PhotoSize::of).collect();
        let file = |made: Made| (Variant::Size(made.letter), FileSource::Bytes(made.bytes));
        Self { sizes, files: shrunk.made.into_iter().map(file).collect(), stripped: shrunk.stripped }
    }
}

impl Platform {
    /// Makes a photo of what was uploaded. It stays for the grace, and for as long as a message holds it.
    ///
    /// # Errors
    /// [`Refusal::PhotoExtInvalid`], [`Refusal::PhotoInvalidDimensions`], [`Refusal::ImageProcessFailed`],
    /// [`Refusal::PhotoSaveFileInvalid`], [`Refusal::FloodWait`] while too many pictures wait, what
    /// [`Platform::upload_bytes`] and [`Platform::create_medium`] refuse.
    pub async fn create_photo(&self, user: UserId, file: &UploadedFile) -> Result<Photo, PlatformError> {
        self.create_photo_of(user, file, Order::photo()).await
    }

    /// A photo with other sizes: profile photos are squares.
    ///
    /// # Errors
    /// As [`Platform::create_photo`].
    pub async fn create_photo_of(
        &self,
        user: UserId,
        file: &UploadedFile,
        order: Order,
    ) -> Result<Photo, PlatformError> {
        let size = self.upload_size(user, file).await?;
        let room = self.inner.pictures.room(size).await.map_err(refusal)?;
        let bytes = self.upload_bytes(user, file, size).await?;
        let shrunk = self.inner.pictures.shrink(room, bytes, order).await.map_err(refusal)?;
        let Copies { sizes, files, stripped } = shrunk.into();
        let described = Described::Photo { sizes, stripped };
        let new = NewMedium {
            kind: MediumKind::Photo,
            mime: "image/jpeg".to_owned(),
            files,
            description: described.to_bytes(),
        };
        let id = self.create_medium(user, new).await?;
        self.photo(id).await
    }

    /// A photo that exists.
    ///
    /// # Errors
    /// [`Refusal::MediaEmpty`] when there is none with this number.
    pub async fn photo(&self, id: MediumId) -> Result<Photo, PlatformError> {
        match self.described(id).await? {
            Some((date, Described::Photo { sizes, stripped })) => Ok(Photo { id, date, sizes, stripped }),
            _ => Err(Refusal::MediaEmpty.into()),
        }
    }
}

/// The documented refusal of a picture.
fn refusal(error: PictureError) -> Refusal {
    match error {
        PictureError::Unknown => Refusal::PhotoExtInvalid,
        PictureError::TooLong { .. } => Refusal::PhotoSaveFileInvalid,
        PictureError::Dimensions { .. } => Refusal::PhotoInvalidDimensions,
        PictureError::Damaged(_) => Refusal::ImageProcessFailed,
        PictureError::Busy => Refusal::FloodWait(PICTURES_WAIT_SECONDS),
    }
}
