//! `auth.acceptLoginToken`: a signed-in device lets the one that shows this token in.

use tl::{enums, functions};

use crate::views::device::authorization;
use crate::{Context, RpcError};

/// Answers with the device that came in, as the list of devices shows it.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::auth::AcceptLoginToken,
) -> Result<enums::Authorization, RpcError> {
    let own = cx.caller.key.id;
    let device = cx.platform().accept_login_token(cx.user()?, &request.token, Some(own)).await?;
    Ok(authorization(&device, own))
}
