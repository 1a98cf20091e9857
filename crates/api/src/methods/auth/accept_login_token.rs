//! `auth.acceptLoginToken`: a signed-in device lets the one that shows this token in.

use platform::people::authorizations::{Device, DeviceRecord};
use tl::{enums, functions};

use crate::views::device::authorization;
use crate::{Context, RpcError};

/// Answers with the device that came in, as the list of devices shows it.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::auth::AcceptLoginToken,
) -> Result<enums::Authorization, RpcError> {
    let user = cx.user()?;
    let own = cx.caller.key.id;
    let (key, signed_in) = cx.platform().accept_login_token(user, &request.token, Some(own)).await?;
    let record = DeviceRecord {
        hash: signed_in.hash,
        created_at: signed_in.created_at,
        ip: String::new(),
        parent: None,
        active_at: Some(signed_in.created_at),
    };
    Ok(authorization(&Device { key_id: key.id, record, client: key.client() }, own))
}
