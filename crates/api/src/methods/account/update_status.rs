//! `account.updateStatus`: here, or leaving.

use tl::functions;

use crate::{Context, RpcError};

/// Whoever may know of it hears of it.
pub async fn handle(cx: &Context<'_>, request: functions::account::UpdateStatus) -> Result<bool, RpcError> {
    cx.platform().update_status(cx.user()?, request.offline).await?;
    Ok(true)
}
