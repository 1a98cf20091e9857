//! `account.updateStatus`: here, or leaving.

use tl::functions;

use crate::{Context, RpcError};

/// Also a sign of life of the device.
pub async fn handle(cx: &Context<'_>, request: functions::account::UpdateStatus) -> Result<bool, RpcError> {
    cx.platform().update_status(cx.user()?, request.offline).await?;
    cx.platform().note_active(&cx.caller.key).await?;
    Ok(true)
}
