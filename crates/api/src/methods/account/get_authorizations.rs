//! `account.getAuthorizations`: the devices that are signed in.

use platform::limits::AUTHORIZATION_TTL_DEFAULT_DAYS;
use tl::{enums, functions, types};

use crate::views::device::authorization;
use crate::{Context, RpcError};

/// With what they said of themselves. The caller's own has hash 0, as clients expect.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::account::GetAuthorizations,
) -> Result<enums::account::Authorizations, RpcError> {
    let user = cx.user()?;
    let parent = cx.caller.key.authorization().and_then(|authorization| authorization.parent);
    let own = parent.unwrap_or(cx.caller.key.id);
    let devices = cx.platform().devices(user).await?;
    let authorizations = devices.iter().map(|device| authorization(device, own)).collect();
    let ttl = cx.platform().switches(user).await?.authorization_ttl_days;
    let authorization_ttl_days = ttl.unwrap_or(AUTHORIZATION_TTL_DEFAULT_DAYS);
    Ok(types::account::Authorizations { authorization_ttl_days, authorizations }.into())
}
