//! People: their auth keys and devices, how they sign up and in, what they are called, whom they know and whom they
//! shut out. Messages are not here.

pub mod auth_key;

use store::Store;

use crate::{PlatformError, Settings};

/// Who may sign up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum SignUpMode {
    /// Anybody who proves to hold a phone number.
    #[n(0)]
    Open,
    /// Whoever has an invite.
    #[n(1)]
    Invite,
    /// Whoever the operator approves.
    #[n(2)]
    Approved,
    /// Nobody.
    #[n(3)]
    Closed,
}

/// What the platform keeps in memory about people.
pub(crate) struct People {
    pub(crate) auth_keys: auth_key::KeyCache,
}

impl People {
    pub(crate) async fn load(_store: &Store, _settings: &Settings) -> Result<Self, PlatformError> {
        Ok(Self { auth_keys: auth_key::key_cache() })
    }
}
