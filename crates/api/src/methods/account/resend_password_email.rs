//! `account.resendPasswordEmail`: the code for a new recovery address is mailed again.

use tl::functions;

use crate::{Context, RpcError};

/// True, or the documented refusal.
pub async fn handle(cx: &Context<'_>, _request: functions::account::ResendPasswordEmail) -> Result<bool, RpcError> {
    cx.platform().resend_email(cx.user()?).await?;
    Ok(true)
}
