//! `account.getAccountTTL`: days of absence after which the account is deleted.

use platform::limits::ACCOUNT_TTL_DEFAULT_DAYS;
use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// As set.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::account::GetAccountTtl,
) -> Result<enums::AccountDaysTtl, RpcError> {
    let switches = cx.platform().switches(cx.user()?).await?;
    Ok(types::AccountDaysTtl { days: switches.account_ttl_days.unwrap_or(ACCOUNT_TTL_DEFAULT_DAYS) }.into())
}
