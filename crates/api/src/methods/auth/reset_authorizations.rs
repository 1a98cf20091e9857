//! `auth.resetAuthorizations`: signs all other devices out.

use tl::functions;

use crate::{Context, RpcError};

/// Always true, or why not.
pub async fn handle(cx: &Context<'_>, _request: functions::auth::ResetAuthorizations) -> Result<bool, RpcError> {
    let user = cx.user()?;
    let own = cx.caller.key.authorization().and_then(|authorization| authorization.parent);
    cx.platform().reset_authorizations(user, Some(own.unwrap_or(cx.caller.key.id))).await?;
    Ok(true)
}
