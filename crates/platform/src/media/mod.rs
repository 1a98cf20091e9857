//! Media: what people upload, what is made of it, who holds it, and when it goes.
//!
//! Bytes lie in `blobs`, everything that names them in the store. The order is always the same: what a crash could leave
//! behind gets a timer first ([`timers`]), then its bytes are written durably, then the record that names them is committed.
//! So no record names bytes that are not there, and no bytes are there that nothing will ever look at again.

pub mod attributes;
pub mod collect;
mod damage;
mod described;
pub mod document;
pub mod file_reference;
pub(crate) mod fuzzing;
pub mod medium;
pub mod photo;
mod quota;
pub mod references;
mod timers;
pub mod uploads;

use std::sync::Arc;

use bytes::Bytes;
use minicbor::{Decode, Encode};

pub use attributes::{Attribute, Audio, DocumentKind, Video};
pub use collect::Collected;
pub use damage::{StoredObject, objects, upload_folder};
pub use document::{Document, NewDocument};
pub use medium::{FileChunk, Medium};
pub use photo::{Photo, PhotoSize};
pub use uploads::PartOf;

use crate::{Platform, UserId};

pub(crate) use medium::own_folder;
pub(crate) use timers::folder_of_timer;

/// A medium: a photo with its sizes, or a document with its previews. Random and positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
#[cbor(transparent)]
pub struct MediumId(#[n(0)] pub i64);

impl std::fmt::Display for MediumId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(formatter)
    }
}

/// What a client says it has uploaded (`inputFile`, `inputFileBig`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UploadedFile {
    /// The client's own number for the upload.
    pub file_id: i64,
    /// How many parts it says there are.
    pub parts: u32,
    /// The checksum it gives, if it gives one (only of small files).
    pub md5: Option<[u8; 16]>,
    /// Uploaded with `upload.saveBigFilePart`.
    pub big: bool,
}

/// Where the bytes of a new file come from.
#[derive(Clone, Debug)]
pub enum FileSource {
    /// What the person uploaded: its parts stay where they are and become the medium's.
    Upload(UploadedFile),
    /// Made by the server.
    Bytes(Bytes),
}

/// Which file of a medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Variant {
    /// The file itself.
    Original,
    /// A size or preview, by the letter of the protocol (`s`, `m`, `x`, `y`, `w`, `a`, `b`, `c`).
    Size(u8),
}

/// What a medium is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum MediumKind {
    /// Sizes only.
    #[n(0)]
    Photo,
    /// A file, with or without previews.
    #[n(1)]
    Document,
}

/// A medium to be made.
#[derive(Clone, Debug)]
pub struct NewMedium {
    /// Photo or document.
    pub kind: MediumKind,
    /// Of the original (of the sizes, for a photo).
    pub mime: String,
    /// Its files, each variant once.
    pub files: Vec<(Variant, FileSource)>,
    /// What else is to be remembered of it, in the words of whoever makes it.
    pub description: Vec<u8>,
}

/// Who holds a medium: while anybody does, it stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A message in this person's mailbox.
    Message(UserId, crate::MsgId),
    /// One of this person's profile photos.
    Profile(UserId),
    /// A letter of this person, with its number, that was not taken to its recipient yet.
    Letter(UserId, i64),
    /// The photo of this group.
    Chat(i64),
}

/// What the modules of this room keep in memory.
#[derive(Default)]
pub(crate) struct Shelves {
    pub(crate) desks: uploads::Desks,
    pub(crate) media: medium::Cache,
    pub(crate) cursor: timers::Cursor,
    /// Held by the one round of collection that is under way.
    pub(crate) collecting: Arc<tokio::sync::Mutex<()>>,
}

impl Shelves {
    /// With the cursor of timers as it was left; timers begin with the first start.
    pub(crate) async fn load(store: &store::Store, runtime: &dyn crate::Runtime) -> Result<Self, crate::PlatformError> {
        let shelves = Self::default();
        shelves.cursor.advance(timers::load_cursor(store, runtime).await?);
        Ok(shelves)
    }
}

/// While it lives, no medium is removed.
#[derive(Debug)]
#[must_use = "media are removed again as soon as it is dropped"]
pub struct Held(#[expect(dead_code, reason = "held, not used")] tokio::sync::OwnedMutexGuard<()>);

impl Platform {
    /// Keeps media from being removed, for whoever copies them. Waits for a round of removal that is under way.
    pub async fn hold_media(&self) -> Held {
        Held(Arc::clone(&self.inner.shelves.collecting).lock_owned().await)
    }

    pub(crate) fn blobs(&self) -> &blobs::Blobs {
        &self.inner.blobs
    }

    pub(crate) fn shelves(&self) -> &Arc<Shelves> {
        &self.inner.shelves
    }
}
