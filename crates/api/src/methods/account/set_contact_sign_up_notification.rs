//! `account.setContactSignUpNotification`: whether the caller wants to hear that contacts signed up.

use tl::functions;

use crate::{Context, RpcError};

/// Stored with the account.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::account::SetContactSignUpNotification,
) -> Result<bool, RpcError> {
    let silent = Some(request.silent);
    cx.platform().set_switches(cx.user()?, |switches| switches.silent_contact_sign_up = silent).await?;
    Ok(true)
}
