//! `account.registerDevice`: how to wake this device.

use platform::people::push::PushToken;
use tl::functions;

use crate::{Context, RpcError};

/// Stored with the device; pushes are sent by a later issue.
pub async fn handle(cx: &Context<'_>, request: functions::account::RegisterDevice) -> Result<bool, RpcError> {
    cx.user()?;
    let push = PushToken {
        token_type: request.token_type,
        token: request.token,
        no_muted: request.no_muted,
        app_sandbox: request.app_sandbox,
        secret: request.secret,
        other_uids: request.other_uids,
    };
    if push.token.is_empty() {
        return Err(RpcError::new(400, "TOKEN_EMPTY"));
    }
    cx.platform().register_push(&cx.caller.key, &push).await?;
    Ok(true)
}
