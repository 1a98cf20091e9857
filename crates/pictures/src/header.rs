//! What the header of a picture says, and whether the picture may be decoded at all.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};

use crate::limits::{
    PHOTO_RATIO_MAX, PHOTO_SIDES_MAX, PICTURE_MAX_ALLOCATION_BYTES, PICTURE_MAX_BYTES, PICTURE_MAX_PIXELS,
    PICTURE_MAX_WORK,
};
use crate::{PictureError, Use};

/// Formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `image/jpeg`.
    Jpeg,
    /// `image/png`.
    Png,
    /// `image/webp`.
    Webp,
    /// `image/gif`.
    Gif,
}

impl Format {
    /// Its MIME type.
    #[must_use]
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Gif => "image/gif",
        }
    }

    /// The format that a file's first bytes announce.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match image::guess_format(bytes).ok()? {
            ImageFormat::Jpeg => Some(Self::Jpeg),
            ImageFormat::Png => Some(Self::Png),
            ImageFormat::WebP => Some(Self::Webp),
            ImageFormat::Gif => Some(Self::Gif),
            _ => None,
        }
    }

    fn theirs(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::Webp => ImageFormat::WebP,
            Self::Gif => ImageFormat::Gif,
        }
    }
}

/// What a header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The format.
    pub format: Format,
    /// Pixels from left to right, as it is shown: EXIF may say that it lies on its side.
    pub width: u32,
    /// Pixels from top to bottom, as it is shown.
    pub height: u32,
}

impl Header {
    /// How many pixels it claims.
    #[must_use]
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether it may be decoded for this use.
    ///
    /// # Errors
    /// [`PictureError::Dimensions`].
    pub fn check(&self, used_as: Use) -> Result<(), PictureError> {
        let (longer, shorter) = (self.width.max(self.height), self.width.min(self.height));
        let fits_photo = self.width.saturating_add(self.height) <= PHOTO_SIDES_MAX
            && u64::from(longer) <= u64::from(shorter) * u64::from(PHOTO_RATIO_MAX);
        let fits = shorter > 0 && self.pixels() <= PICTURE_MAX_PIXELS && (used_as == Use::Preview || fits_photo);
        if fits { Ok(()) } else { Err(PictureError::Dimensions { width: self.width, height: self.height }) }
    }
}

/// Reads the header of a picture; decodes nothing.
///
/// # Errors
/// [`PictureError::Unknown`], [`PictureError::TooLong`], [`PictureError::Damaged`].
pub fn inspect(bytes: &[u8]) -> Result<Header, PictureError> {
    guarded(|| Ok(open(bytes)?.header()))
}

/// Runs other people's decoders: one that panics (they do, on files made to that end) has found a damaged picture.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, PictureError>) -> Result<T, PictureError> {
    let outcome = catch_unwind(AssertUnwindSafe(work));
    outcome.unwrap_or_else(|_| Err(PictureError::Damaged("its decoder gave up".into())))
}

/// A picture whose header was read.
struct Opened<D> {
    format: Format,
    orientation: Orientation,
    decoder: D,
}

impl<D: ImageDecoder> Opened<D> {
    fn header(&mut self) -> Header {
        let (width, height) = self.decoder.dimensions();
        let (width, height) = if lies_on_side(self.orientation) { (height, width) } else { (width, height) };
        Header { format: self.format, width, height }
    }
}

fn open(bytes: &[u8]) -> Result<Opened<impl ImageDecoder + '_>, PictureError> {
    if bytes.len() > PICTURE_MAX_BYTES {
        return Err(PictureError::TooLong { bytes: bytes.len() as u64 });
    }
    let format = Format::of(bytes).ok_or(PictureError::Unknown)?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format.theirs());
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(PICTURE_MAX_ALLOCATION_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| damaged(&error))?;
    // A picture whose EXIF makes no sense is shown as it lies.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Ok(Opened { format, orientation, decoder })
}

/// Decodes a picture and turns it the way it is shown, if its header allows.
pub(crate) fn decode(bytes: &[u8], used_as: Use) -> Result<(Header, DynamicImage), PictureError> {
    let mut opened = open(bytes)?;
    let header = opened.header();
    header.check(used_as)?;
    let needed_bytes = opened.decoder.total_bytes();
    if needed_bytes > PICTURE_MAX_ALLOCATION_BYTES {
        return Err(PictureError::Damaged(format!("needs {needed_bytes} bytes")));
    }
    if header.format == Format::Jpeg {
        check_passes(bytes, header.pixels())?;
    }
    let orientation = opened.orientation;
    let mut picture = DynamicImage::from_decoder(opened.decoder).map_err(|error| damaged(&error))?;
    picture.apply_orientation(orientation);
    Ok((header, picture))
}

/// Decoders fill what is missing of a JPEG with grey, and take as many passes as a file has: both are refused beforehand.
fn check_passes(bytes: &[u8], pixels: u64) -> Result<(), PictureError> {
    const SCAN: [u8; 2] = [0xff, 0xda];
    const END: [u8; 2] = [0xff, 0xd9];
    let markers = || bytes.windows(2).enumerate();
    let passes = markers().filter(|(_, marker)| *marker == SCAN).count() as u64;
    let last = markers().rfind(|(_, marker)| *marker == SCAN).map_or(0, |(place, _)| place);
    if !bytes[last..].windows(2).any(|marker| marker == END) {
        return Err(PictureError::Damaged("it has no end".into()));
    }
    if passes.saturating_mul(pixels) > PICTURE_MAX_WORK {
        return Err(PictureError::Damaged(format!("{passes} passes over {pixels} pixels")));
    }
    Ok(())
}

fn lies_on_side(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    matches!(orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
}

pub(crate) fn damaged(error: &dyn std::error::Error) -> PictureError {
    PictureError::Damaged(error.to_string())
}
