//! Stand-in for the mailbox until its writer lands: people's changes are named, but no log keeps them yet.

mod change;

pub use change::{Change, ChangeRecord};

use crate::{AuthKeyId, Platform, PlatformError, UserId};

impl Platform {
    /// Appends to the second log of a mailbox.
    ///
    /// # Errors
    /// None yet.
    pub async fn log_change(
        &self,
        _user: UserId,
        _change: Change,
        _origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        Ok(())
    }

    /// Writes to a person from the service account.
    ///
    /// # Errors
    /// None yet.
    pub async fn send_service_message(
        &self,
        _user: UserId,
        _text: &str,
        _entities: Vec<()>,
    ) -> Result<(), PlatformError> {
        Ok(())
    }
}
