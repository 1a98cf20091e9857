//! `account.confirmPasswordEmail`: the code from the mail confirms a recovery address.

use tl::functions;

use crate::{Context, RpcError};

/// True, or the documented refusal.
pub async fn handle(cx: &Context<'_>, request: functions::account::ConfirmPasswordEmail) -> Result<bool, RpcError> {
    cx.platform().confirm_email(cx.user()?, &request.code).await?;
    Ok(true)
}
