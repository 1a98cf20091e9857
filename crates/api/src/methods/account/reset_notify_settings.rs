//! `account.resetNotifySettings`: as if none had ever been set.

use tl::functions;

use crate::{Context, RpcError};

/// For all peers and kinds of peers.
pub async fn handle(cx: &Context<'_>, _request: functions::account::ResetNotifySettings) -> Result<bool, RpcError> {
    cx.platform().reset_notify_settings(cx.user()?, Some(cx.caller.key.id)).await?;
    Ok(true)
}
