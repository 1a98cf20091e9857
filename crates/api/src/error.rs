//! Errors as clients see them: the documented `(code, NAME)` pairs.

use std::borrow::Cow;

/// An error answer of the protocol (`rpc_error`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} {name}")]
pub struct RpcError {
    /// 303, 400, 401, 403, 406 or 420. Never 500: clients repeat it without jitter.
    pub code: i32,
    /// The documented name, numbers filled in.
    pub name: Cow<'static, str>,
}

impl RpcError {
    /// An error with a fixed name.
    #[must_use]
    pub const fn new(code: i32, name: &'static str) -> Self {
        Self { code, name: Cow::Borrowed(name) }
    }

    /// `FLOOD_WAIT_X`: try again after so many seconds.
    #[must_use]
    pub fn flood_wait(seconds: u32) -> Self {
        Self { code: 420, name: Cow::Owned(format!("FLOOD_WAIT_{seconds}")) }
    }

    /// `FILE_PART_X_MISSING`: upload that part, then ask again.
    #[must_use]
    pub fn file_part_missing(part: u32) -> Self {
        Self { code: 400, name: Cow::Owned(format!("FILE_PART_{part}_MISSING")) }
    }

    /// `EMAIL_UNCONFIRMED_X`: a code with so many digits is on its way.
    #[must_use]
    pub fn email_unconfirmed(digits: u32) -> Self {
        Self { code: 400, name: Cow::Owned(format!("EMAIL_UNCONFIRMED_{digits}")) }
    }

    /// `PHONE_MIGRATE_X`, `USER_MIGRATE_X`, `NETWORK_MIGRATE_X`: go to that DC.
    #[must_use]
    pub fn migrate(what: &str, dc_id: i32) -> Self {
        Self { code: 303, name: Cow::Owned(format!("{what}_MIGRATE_{dc_id}")) }
    }

    /// `INPUT_METHOD_INVALID`: no layer we know has this constructor as a method. The number tells the client's author which.
    #[must_use]
    pub fn unknown_method(id: u32) -> Self {
        Self { code: 400, name: Cow::Owned(format!("INPUT_METHOD_INVALID_{id}_0")) }
    }
}

macro_rules! errors {
    ($($(#[$doc:meta])* $code:literal $name:ident;)*) => {
        /// The documented errors, by name.
        impl RpcError {
            $($(#[$doc])* pub const $name: Self = Self::new($code, stringify!($name));)*
        }
    };
}

errors! {
    /// Nobody is signed in with this key.
    401 AUTH_KEY_UNREGISTERED;
    /// The code was right; now the password is owed.
    401 SESSION_PASSWORD_NEEDED;
    /// Nobody can be signed in with a temporary key that is bound to no permanent one.
    401 AUTH_KEY_PERM_EMPTY;
    /// Not somebody the caller was shown.
    400 USER_ID_INVALID;
    /// Not a peer the caller was shown.
    400 PEER_ID_INVALID;
    /// More items than one call takes.
    400 LIMIT_INVALID;
    /// No such file, or none that the caller was shown.
    400 LOCATION_INVALID;
    /// A download cannot begin there.
    400 OFFSET_INVALID;
    /// No such set of stickers.
    400 STICKERSET_INVALID;
    /// No such call.
    400 GROUPCALL_INVALID;
    /// No such channel, or none that the caller was shown.
    400 CHANNEL_INVALID;
    /// The bytes end too early or go beyond a bound.
    400 INPUT_FETCH_ERROR;
    /// A constructor inside the query is not one the field can hold.
    400 INPUT_CONSTRUCTOR_INVALID;
    /// More bytes, elements or objects than a query may have.
    400 INPUT_REQUEST_TOO_LONG;
    /// The layer announced is not a layer.
    400 CONNECTION_LAYER_INVALID;
    /// The client has not announced itself with initConnection.
    400 CONNECTION_NOT_INITED;
    /// The queries this one waits for failed or are not known.
    400 MSG_WAIT_FAILED;
    /// Wrapped too deep or the wrong wrapper.
    400 INPUT_REQUEST_INVALID;
    /// Asked for in vain.
    400 METHOD_INVALID;
    /// What an extension was given is no JSON object, or not one with its fields.
    400 DATA_JSON_INVALID;
    /// No such language pack.
    400 LANG_PACK_INVALID;
    /// The language is not offered.
    400 LANG_CODE_NOT_SUPPORTED;
    /// The operator's storage takes no writes at the moment: try again.
    406 PERSISTENT_TIMESTAMP_OUTDATED;
}
