//! What a handler is given besides its request.

use platform::product::TEST_DC_OFFSET;
use platform::{Platform, UserId};

use crate::{Api, Caller, RpcError};

/// The DCs clients know.
const DC_IDS: std::ops::RangeInclusive<i32> = 1..=5;

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
    /// The signed-in person, or `401 AUTH_KEY_UNREGISTERED`; `401 SESSION_PASSWORD_NEEDED` while the password is owed.
    pub fn user(&self) -> Result<UserId, RpcError> {
        self.user.ok_or_else(|| match self.waiting() {
            Some(_) => RpcError::SESSION_PASSWORD_NEEDED,
            None => RpcError::AUTH_KEY_UNREGISTERED,
        })
    }

    /// Who may sign in here once this device gives their password.
    #[must_use]
    pub fn waiting(&self) -> Option<UserId> {
        self.caller.key.waiting(self.platform().now()).map(|waiting| waiting.user_id)
    }

    /// The signed-in person, or whoever owes the password here.
    pub fn user_or_waiting(&self) -> Result<UserId, RpcError> {
        self.user.or_else(|| self.waiting()).ok_or(RpcError::AUTH_KEY_UNREGISTERED)
    }

    /// What the messaging platform does.
    #[must_use]
    pub fn platform(&self) -> &Platform {
        self.api.platform()
    }

    /// The DC the client thinks it is at: the one its key exchange named (media connections name it negated, test ones
    /// 10,000 higher), else the home DC.
    #[must_use]
    pub fn this_dc(&self) -> i32 {
        self.api.dc(self.caller.dialled_dc)
    }
}

impl Api {
    /// The DC that a key exchange named, as [`Context::this_dc`] says it.
    fn dc(&self, dialled: Option<i32>) -> i32 {
        let dialled = dialled.map(|dc| dc.saturating_abs() % TEST_DC_OFFSET);
        dialled.filter(|dc| DC_IDS.contains(dc)).unwrap_or(self.settings().dc_id)
    }

    /// Whether a key exchange that named this DC, or none, was made at the home DC: accounts live there, and updates come
    /// from there only (an authorisation exported to another DC is for files, and TDLib would see every update twice).
    #[must_use]
    pub fn is_home(&self, dialled: Option<i32>) -> bool {
        self.dc(dialled) == self.settings().dc_id
    }
}
