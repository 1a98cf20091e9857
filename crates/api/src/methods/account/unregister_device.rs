//! `account.unregisterDevice`: this device is woken no more.

use tl::functions;

use crate::{Context, RpcError};

/// True also for a token that is not registered.
pub async fn handle(cx: &Context<'_>, request: functions::account::UnregisterDevice) -> Result<bool, RpcError> {
    cx.user()?;
    cx.platform().unregister_push(&cx.caller.key, request.token_type, &request.token).await?;
    Ok(true)
}
