//! `account.setAccountTTL`: days of absence after which the account is deleted.

use platform::limits::ACCOUNT_TTL_DAYS;
use tl::{enums, functions};

use crate::{Context, RpcError};

/// Stored with the account.
pub async fn handle(cx: &Context<'_>, request: functions::account::SetAccountTtl) -> Result<bool, RpcError> {
    let enums::AccountDaysTtl::Ttl(ttl) = request.ttl;
    if !ACCOUNT_TTL_DAYS.contains(&ttl.days) {
        return Err(RpcError::new(400, "TTL_DAYS_INVALID"));
    }
    cx.platform().set_switches(cx.user()?, |switches| switches.account_ttl_days = Some(ttl.days)).await?;
    Ok(true)
}
