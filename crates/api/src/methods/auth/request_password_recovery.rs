//! `auth.requestPasswordRecovery`: nobody has a second password to recover.

use tl::{enums, functions};

use crate::{Context, RpcError};

/// Refused as for any account without one.
pub async fn handle(
    _cx: &Context<'_>,
    _request: functions::auth::RequestPasswordRecovery,
) -> Result<enums::auth::PasswordRecovery, RpcError> {
    Err(RpcError::new(400, "PASSWORD_EMPTY"))
}
