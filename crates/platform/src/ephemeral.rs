//! News that is not stored: what travels in `bus::Signal::Ephemeral`. It says what happened, not what a viewer may see:
//! that is decided where it is shown.

use bytes::Bytes;

use crate::codec::{self, Stored};
use crate::{PlatformError, UserId};

/// One piece of news.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Ephemeral {
    /// Somebody came or left; look up what this viewer may know of it.
    #[n(0)]
    Status {
        /// Who.
        #[n(0)]
        user: UserId,
    },
}

impl Stored for Ephemeral {
    const WHAT: &'static str = "ephemeral signal";
}

impl Ephemeral {
    /// The payload of the signal.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        codec::encode(self)
    }

    /// What a payload says.
    ///
    /// # Errors
    /// [`PlatformError::Damaged`], also for news that only a newer release knows.
    pub fn decode(payload: &[u8]) -> Result<Self, PlatformError> {
        codec::decode(payload)
    }
}
