//! `account.updateNotifySettings`: when and how a peer's messages make themselves noticed.

use tl::functions;

use super::notify_scope;
use crate::views::notify::notify_settings_of;
use crate::{Context, RpcError};

/// Replaces what was set.
pub async fn handle(cx: &Context<'_>, request: functions::account::UpdateNotifySettings) -> Result<bool, RpcError> {
    let user = cx.user()?;
    let scope = notify_scope(cx, &request.peer).await?;
    let settings = notify_settings_of(&request.settings);
    cx.platform().set_notify_settings(user, scope, &settings, Some(cx.caller.key.id)).await?;
    Ok(true)
}
