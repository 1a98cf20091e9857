//! `account.getContactSignUpNotification`: whether the caller does not want to hear that contacts signed up.

use tl::functions;

use crate::{Context, RpcError};

/// True for silence.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::account::GetContactSignUpNotification,
) -> Result<bool, RpcError> {
    Ok(cx.platform().switches(cx.user()?).await?.silent_contact_sign_up.unwrap_or(false))
}
