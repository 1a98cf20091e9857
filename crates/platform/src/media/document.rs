//! Documents: an upload stays what it is, byte for byte. Previews are made here, from the file if it is a picture and from
//! the thumbnail that the client sent if not; neither is trusted to be what it says.

use bytes::Bytes;
use minicbor::{Decode, Encode};
use pictures::{Coding, Format, Header, Order, PictureError, Room, Shrunk, Use};

use super::attributes::{Attribute, DocumentKind, media_type, tidy};
use super::described::Described;
use super::photo::{Copies, PhotoSize};
use super::{FileSource, MediumId, MediumKind, NewMedium, UploadedFile, Variant};
use crate::limits::media::{STICKER_SIDE, THUMB_UPLOAD_MAX_BYTES};
use crate::{Platform, PlatformError, Refusal, UserId, limits};

/// A document, as messages carry it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Document {
    /// Its medium.
    #[n(0)]
    pub id: MediumId,
    /// When it was made, in seconds since the epoch.
    #[n(1)]
    pub date: i32,
    /// Its media type.
    #[n(2)]
    pub mime: String,
    /// Its length in bytes.
    #[n(3)]
    pub size: u64,
    /// What it is.
    #[n(4)]
    pub attributes: Vec<Attribute>,
    /// Its previews, the smallest first.
    #[n(5)]
    pub thumbs: Vec<PhotoSize>,
    /// The thumbnail without the header that clients have.
    #[n(6)]
    #[cbor(with = "minicbor::bytes")]
    pub stripped: Option<Vec<u8>>,
}

impl Document {
    /// What it is shown as.
    #[must_use]
    pub fn kind(&self) -> DocumentKind {
        DocumentKind::of(&self.attributes)
    }
}

/// Bytes that a preview may be made of, and the room they take.
struct Candidate {
    bytes: Bytes,
    room: Room,
}

/// A document to be made.
#[derive(Clone, Debug)]
pub struct NewDocument {
    /// The upload.
    pub file: UploadedFile,
    /// The client's thumbnail.
    pub thumb: Option<UploadedFile>,
    /// The media type, as the client gave it.
    pub mime: String,
    /// What the client says of it.
    pub attributes: Vec<Attribute>,
    /// It stays a file, whatever is in it.
    pub is_plain_file: bool,
    /// The video has no sound.
    pub is_silent_video: bool,
}

impl Platform {
    /// Makes a document of what was uploaded. It stays for the grace, and for as long as a message holds it.
    ///
    /// # Errors
    /// What [`Platform::upload_size`] and [`Platform::create_medium`] refuse; [`Refusal::VideoContentTypeInvalid`];
    /// [`Refusal::FloodWait`] while too many pictures wait. A preview that cannot be made is none.
    pub async fn create_document(&self, user: UserId, new: NewDocument) -> Result<Document, PlatformError> {
        let mime = media_type(&new.mime);
        let mut attributes = tidy(new.attributes);
        check_video(&mime, &attributes)?;
        let size = self.upload_size(user, &new.file).await?;
        let picture = self.picture_in(user, &new.file, &mime, size).await?;
        if let Some(picture) = &picture {
            complete(&mut attributes, self.header(picture).await?, new.is_plain_file);
        }
        if new.is_silent_video {
            attributes.iter_mut().for_each(silence);
        }
        let thumb = match (picture, &new.thumb) {
            (None, Some(thumb)) => self.thumb_of_client(user, thumb).await?,
            (picture, _) => picture,
        };
        let copies = self.previews(thumb, DocumentKind::of(&attributes)).await?;
        let mut files = vec![(Variant::Original, FileSource::Upload(new.file))];
        files.extend(copies.files);
        let (thumbs, stripped) = (copies.sizes, copies.stripped);
        let described = Described::Document { mime: mime.clone(), size, attributes, thumbs, stripped };
        let description = described.to_bytes();
        let id = self.create_medium(user, NewMedium { kind: MediumKind::Document, mime, files, description }).await?;
        self.document(id).await
    }

    /// A document that exists.
    ///
    /// # Errors
    /// [`Refusal::MediaEmpty`] when there is none with this number.
    pub async fn document(&self, id: MediumId) -> Result<Document, PlatformError> {
        match self.described(id).await? {
            Some((date, Described::Document { mime, size, attributes, thumbs, stripped })) => {
                Ok(Document { id, date, mime, size, attributes, thumbs, stripped })
            }
            _ => Err(Refusal::MediaEmpty.into()),
        }
    }

    /// The file, if it claims to be a picture and is small enough to be looked into.
    async fn picture_in(
        &self,
        user: UserId,
        file: &UploadedFile,
        mime: &str,
        size: u64,
    ) -> Result<Option<Candidate>, PlatformError> {
        if !mime.starts_with("image/") || size > pictures::limits::PICTURE_MAX_BYTES as u64 {
            return Ok(None);
        }
        let candidate = self.candidate(user, file, size).await?;
        Ok(Format::of(&candidate.bytes).is_some().then_some(candidate))
    }

    /// What a picture's header says, if it is sound.
    async fn header(&self, picture: &Candidate) -> Result<Option<Header>, PlatformError> {
        match self.inner.pictures.inspect(&picture.room, picture.bytes.clone()).await {
            Ok(header) => Ok(Some(header)),
            Err(PictureError::Busy) => Err(Refusal::FloodWait(limits::PICTURES_WAIT_SECONDS).into()),
            Err(_) => Ok(None),
        }
    }

    /// Reads an upload of this size when there is room for it.
    async fn candidate(&self, user: UserId, file: &UploadedFile, size: u64) -> Result<Candidate, PlatformError> {
        let busy = |_| PlatformError::from(Refusal::FloodWait(limits::PICTURES_WAIT_SECONDS));
        let room = self.inner.pictures.room(size).await.map_err(busy)?;
        Ok(Candidate { bytes: self.upload_bytes(user, file, size).await?, room })
    }

    /// A thumbnail that is no good is left out: the document is what matters.
    async fn thumb_of_client(&self, user: UserId, thumb: &UploadedFile) -> Result<Option<Candidate>, PlatformError> {
        let read = async {
            let size = self.upload_size(user, thumb).await?;
            if size > THUMB_UPLOAD_MAX_BYTES {
                return Err(Refusal::FileTooBig.into());
            }
            self.candidate(user, thumb, size).await
        };
        match read.await {
            Ok(candidate) => Ok(Some(candidate)),
            Err(PlatformError::Refused(refusal)) if !matches!(refusal, Refusal::FloodWait(_)) => Ok(None),
            Err(trouble) => Err(trouble),
        }
    }

    async fn previews(&self, picture: Option<Candidate>, kind: DocumentKind) -> Result<Copies, PlatformError> {
        let none = || Copies { sizes: Vec::new(), files: Vec::new(), stripped: None };
        let Some(Candidate { bytes, room }) = picture else { return Ok(none()) };
        let coding = if kind == DocumentKind::Sticker { Coding::Webp } else { Coding::Jpeg };
        match self.inner.pictures.shrink(room, bytes, Order::preview(coding)).await {
            Ok(shrunk) => Ok(Shrunk::into(shrunk)),
            Err(PictureError::Busy) => Err(Refusal::FloodWait(limits::PICTURES_WAIT_SECONDS).into()),
            Err(_) => Ok(none()),
        }
    }
}

/// Page "Errors": a video note that is no video is refused; other videos are what the client says.
fn check_video(mime: &str, attributes: &[Attribute]) -> Result<(), Refusal> {
    let is_round = DocumentKind::of(attributes) == DocumentKind::RoundVideo;
    if is_round && !mime.starts_with("video/") { Err(Refusal::VideoContentTypeInvalid) } else { Ok(()) }
}

/// What the server sees in a picture itself: its sides, that it moves, that it is a sticker.
fn complete(attributes: &mut Vec<Attribute>, header: Option<Header>, is_plain_file: bool) {
    let Some(header) = header.filter(|header| header.check(Use::Preview).is_ok()) else { return };
    let int = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    let (width, height) = (int(header.width), int(header.height));
    attributes.retain(|attribute| !matches!(attribute, Attribute::ImageSize { .. }));
    attributes.insert(0, Attribute::ImageSize { width, height });
    let is_file = DocumentKind::of(attributes) == DocumentKind::File;
    if is_plain_file || !is_file {
        return;
    }
    match header.format {
        Format::Gif => attributes.push(Attribute::Animated),
        Format::Webp if width.max(height) == STICKER_SIDE => {
            attributes.push(Attribute::Sticker { alt: String::new(), mask: false });
        }
        _ => {}
    }
}

fn silence(attribute: &mut Attribute) {
    if let Attribute::Video(video) = attribute {
        video.is_silent = true;
    }
}
