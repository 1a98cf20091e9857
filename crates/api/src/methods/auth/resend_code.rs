//! `auth.resendCode`: the same code on the next road.

use tl::{enums, functions};

use super::sent_code_view;
use crate::{Context, RpcError};

/// Through the delivery port, whatever road the first one took.
pub async fn handle(cx: &Context<'_>, request: functions::auth::ResendCode) -> Result<enums::auth::SentCode, RpcError> {
    let sent = cx.platform().resend_code(&request.phone_number, &request.phone_code_hash, cx.caller.ip).await?;
    Ok(sent_code_view(cx, sent))
}
