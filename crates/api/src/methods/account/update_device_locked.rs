//! `account.updateDeviceLocked`: the device hides what notifications say.

use tl::functions;

use crate::{Context, RpcError};

/// Pushes carry no text yet, so there is nothing to hide.
pub async fn handle(cx: &Context<'_>, _request: functions::account::UpdateDeviceLocked) -> Result<bool, RpcError> {
    cx.user()?;
    Ok(true)
}
