//! `auth.checkRecoveryPassword`: nobody has a second password to recover.

use tl::functions;

use crate::{Context, RpcError};

/// Refused as for any account without one.
pub async fn handle(_cx: &Context<'_>, _request: functions::auth::CheckRecoveryPassword) -> Result<bool, RpcError> {
    Err(RpcError::new(400, "PASSWORD_EMPTY"))
}
