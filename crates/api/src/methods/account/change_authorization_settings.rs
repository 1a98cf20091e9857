//! `account.changeAuthorizationSettings`: confirms a device, or what it may be used for.

use tl::functions;

use crate::{Context, RpcError};

/// Every device is confirmed here, and there are no secret chats or calls yet that one could be kept from.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::account::ChangeAuthorizationSettings,
) -> Result<bool, RpcError> {
    let devices = cx.platform().devices(cx.user()?).await?;
    let known = request.hash == 0 || devices.iter().any(|device| device.record.hash == request.hash);
    if known { Ok(true) } else { Err(RpcError::new(400, "HASH_INVALID")) }
}
