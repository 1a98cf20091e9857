//! `account.cancelPasswordEmail`: a recovery address is not confirmed after all.

use tl::functions;

use crate::{Context, RpcError};

/// True, or the documented refusal.
pub async fn handle(cx: &Context<'_>, _request: functions::account::CancelPasswordEmail) -> Result<bool, RpcError> {
    cx.platform().cancel_email(cx.user()?).await?;
    Ok(true)
}
