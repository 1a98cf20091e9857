//! `auth.sendCode`: the first step of signing in or up.

use tl::{enums, functions};

use super::{at_home, permanent_key, sent_code_view};
use crate::{Context, RpcError};

/// The answer does not tell whether somebody has the number; only whether the caller's own devices got the code.
pub async fn handle(cx: &Context<'_>, request: functions::auth::SendCode) -> Result<enums::auth::SentCode, RpcError> {
    at_home(cx)?;
    let key = permanent_key(cx)?;
    let sent = cx.platform().send_code(&request.phone_number, key.id, cx.caller.ip).await?;
    Ok(sent_code_view(cx, sent))
}
