//! What a handler is given besides its request.

use platform::{Platform, UserId};

use crate::{Api, Caller, RpcError};

/// One call in progress: the service, who calls, and as whom.
pub struct Context<'a> {
    /// The service.
    pub api: &'a Api,
    /// The connection's side: key, session, layer, address.
    pub caller: &'a Caller,
    /// The person signed in with the caller's key.
    pub user: Option<UserId>,
}

impl Context<'_> {
    /// The signed-in person, or `401 AUTH_KEY_UNREGISTERED`.
    pub fn user(&self) -> Result<UserId, RpcError> {
        self.user.ok_or(RpcError::AUTH_KEY_UNREGISTERED)
    }

    /// What the messaging platform does.
    #[must_use]
    pub fn platform(&self) -> &Platform {
        self.api.platform()
    }
}
