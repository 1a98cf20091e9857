//! What the record of a medium says of it beyond its files, so that a photo or document can be sent again by its number.

use minicbor::{Decode, Encode};

use super::MediumId;
use super::attributes::Attribute;
use super::photo::PhotoSize;
use crate::codec::{Stored, decode, encode};
use crate::{Platform, PlatformError};

/// The description of a medium.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) enum Described {
    /// A photo.
    #[n(0)]
    Photo {
        /// Its sizes, the smallest first.
        #[n(0)]
        sizes: Vec<PhotoSize>,
        /// Its thumbnail.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        stripped: Option<Vec<u8>>,
    },
    /// A document.
    #[n(1)]
    Document {
        /// Its media type.
        #[n(0)]
        mime: String,
        /// Its length in bytes.
        #[n(1)]
        size: u64,
        /// What it is.
        #[n(2)]
        attributes: Vec<Attribute>,
        /// Its previews.
        #[n(3)]
        thumbs: Vec<PhotoSize>,
        /// Its thumbnail.
        #[n(4)]
        #[cbor(with = "minicbor::bytes")]
        stripped: Option<Vec<u8>>,
    },
}

impl Stored for Described {
    const WHAT: &'static str = "description of a medium";
}

impl Described {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        encode(self).to_vec()
    }
}

impl Platform {
    /// When a medium was made, and what it is; `None` when it is gone or going.
    pub(super) async fn described(&self, id: MediumId) -> Result<Option<(i32, Described)>, PlatformError> {
        let Some(medium) = self.medium(id).await? else { return Ok(None) };
        Ok(Some((medium.date, decode(&medium.description)?)))
    }
}
