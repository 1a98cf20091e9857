//! `account.setAuthorizationTTL`: days of silence after which a device is signed out.

use platform::limits::AUTHORIZATION_TTL_MAX_DAYS;
use tl::functions;

use crate::{Context, RpcError};

/// Stored with the account.
pub async fn handle(cx: &Context<'_>, request: functions::account::SetAuthorizationTtl) -> Result<bool, RpcError> {
    let days = request.authorization_ttl_days;
    if !(1..=AUTHORIZATION_TTL_MAX_DAYS).contains(&days) {
        return Err(RpcError::new(400, "TTL_DAYS_INVALID"));
    }
    cx.platform().set_switches(cx.user()?, |switches| switches.authorization_ttl_days = Some(days)).await?;
    Ok(true)
}
