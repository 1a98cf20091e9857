//! `account.declinePasswordReset`: a reset of the second password is called off.

use tl::functions;

use crate::{Context, RpcError};

/// True, or the documented refusal.
pub async fn handle(cx: &Context<'_>, _request: functions::account::DeclinePasswordReset) -> Result<bool, RpcError> {
    cx.platform().decline_password_reset(cx.user()?).await?;
    Ok(true)
}
