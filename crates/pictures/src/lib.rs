//! What a picture holds, and smaller copies of it, under limits.
//!
//! Bytes come from strangers. The header is judged before anything is decoded: a small file that claims a giant picture is
//! refused by its claim. Decoding and scaling happen on a bounded pool of own threads ([`Pictures`]) that exist only while
//! there is work. What comes out is encoded anew, turned as its EXIF says, and carries no metadata.
//!
//! Knows nothing of messages, files or where bytes come from, and does not decode video.

pub mod fuzzing;
pub mod limits;

mod header;
mod pool;
mod shrink;
mod stripped;

use bytes::Bytes;

pub use header::{Format, Header, inspect};
pub use pool::{Pictures, Room};

/// Why a picture was not made smaller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// None of the formats that are read.
    #[error("not a picture of a known format")]
    Unknown,
    /// More bytes than are looked into.
    #[error("{bytes} bytes, at most {}", limits::PICTURE_MAX_BYTES)]
    TooLong {
        /// How many there are.
        bytes: u64,
    },
    /// Wider, higher, longer or emptier than its use allows; judged from the header.
    #[error("{width} x {height} pixels are not taken")]
    Dimensions {
        /// Pixels from left to right.
        width: u32,
        /// Pixels from top to bottom.
        height: u32,
    },
    /// Cannot be decoded: cut off, damaged, or asking for more memory or passes than it gets.
    #[error("cannot be decoded: {0}")]
    Damaged(String),
    /// Too many pictures wait, or its turn did not come in time.
    #[error("too many pictures wait")]
    Busy,
}

/// What a picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A photo: its sides are bounded, and so is their ratio.
    Photo,
    /// A preview of something else: any shape that can be decoded.
    Preview,
}

/// Where a copy has to fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Whole, within a square of this side in pixels; never larger than the picture is.
    Inside(u32),
    /// The middle of it, as a square of this side in pixels at most.
    Square(u32),
}

/// One copy that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its letter in the protocol's list of sizes.
    pub letter: u8,
    /// Where it has to fit.
    pub fit: Fit,
}

/// How copies are encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coding {
    /// JPEG on white.
    #[default]
    Jpeg,
    /// WebP that keeps what is transparent.
    Webp,
}

/// What to make of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What it is for.
    pub used_as: Use,
    /// The copies, the largest first; at most [`limits::TARGETS_MAX`].
    pub targets: Vec<Target>,
    /// How they are encoded.
    pub coding: Coding,
    /// Whether a stripped thumbnail is wanted, too.
    pub stripped: bool,
}

impl Order {
    /// The sizes of a photo in a message (page "Uploading and Downloading Files"): from the smallest box that is never
    /// exceeded by a preview in a list to the largest one that clients ask for.
    #[must_use]
    pub fn photo() -> Self {
        let target = |letter, side| Target { letter, fit: Fit::Inside(side) };
        let targets = vec![target(b'w', 2560), target(b'y', 1280), target(b'x', 800), target(b'm', 320)];
        Self { used_as: Use::Photo, targets, coding: Coding::Jpeg, stripped: true }
    }

    /// The sizes of a profile photo: squares.
    #[must_use]
    pub fn profile_photo() -> Self {
        let target = |letter, side| Target { letter, fit: Fit::Square(side) };
        let targets = vec![target(b'c', 640), target(b'b', 320), target(b'a', 160)];
        Self { used_as: Use::Photo, targets, coding: Coding::Jpeg, stripped: true }
    }

    /// The preview of a document.
    #[must_use]
    pub fn preview(coding: Coding) -> Self {
        let side = if coding == Coding::Webp { 128 } else { 320 };
        let targets = vec![Target { letter: b'm', fit: Fit::Inside(side) }];
        Self { used_as: Use::Preview, targets, coding, stripped: coding == Coding::Jpeg }
    }
}

/// One copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Its letter.
    pub letter: u8,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// The file.
    pub bytes: Bytes,
}

/// What was made of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shrunk {
    /// The picture, as it is shown.
    pub header: Header,
    /// The copies, the smallest first. Of several boxes that are larger than the picture only the smallest has a copy.
    pub made: Vec<Made>,
    /// The thumbnail without its fixed header.
    pub stripped: Option<Vec<u8>>,
}
