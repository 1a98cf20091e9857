//! `auth.cancelCode`: the code is worthless from now on.

use tl::functions;

use crate::{Context, RpcError};

/// Always true, or why not.
pub async fn handle(cx: &Context<'_>, request: functions::auth::CancelCode) -> Result<bool, RpcError> {
    cx.platform().cancel_code(&request.phone_number, &request.phone_code_hash).await?;
    Ok(true)
}
