//! `account.checkUsername`: whether a username is free.

use tl::functions;

use crate::{Context, RpcError};

/// False when somebody else has it.
pub async fn handle(cx: &Context<'_>, request: functions::account::CheckUsername) -> Result<bool, RpcError> {
    Ok(cx.platform().username_is_free(cx.user()?, &request.username).await?)
}
