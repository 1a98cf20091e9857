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
}
