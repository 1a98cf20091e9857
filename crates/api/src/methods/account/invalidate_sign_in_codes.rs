//! `account.invalidateSignInCodes`: login codes that left the chat they were sent to count no more.

use tl::functions;

use crate::limits::SIGN_IN_CODES_MAX;
use crate::{Context, RpcError};

/// True, whether one of them was under way or not.
pub async fn handle(cx: &Context<'_>, request: functions::account::InvalidateSignInCodes) -> Result<bool, RpcError> {
    if request.codes.len() > SIGN_IN_CODES_MAX {
        return Err(RpcError::LIMIT_INVALID);
    }
    cx.platform().invalidate_codes(cx.user()?, &request.codes).await?;
    Ok(true)
}
