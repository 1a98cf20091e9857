//! `help.getPromoData`: a channel to promote, or none; and suggestions the person does not want to see again.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// How long until the client asks again, in seconds.
const EXPIRES_SECONDS: i32 = 24 * 3600;

/// Nothing is ever promoted.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::help::GetPromoData,
) -> Result<enums::help::PromoData, RpcError> {
    let expires = cx.platform().now() + EXPIRES_SECONDS;
    let dismissed = cx.platform().switches(cx.user()?).await?.dismissed_suggestions.unwrap_or_default();
    if dismissed.is_empty() {
        return Ok(types::help::PromoDataEmpty { expires }.into());
    }
    Ok(types::help::PromoData {
        proxy: false,
        expires,
        peer: None,
        psa_type: None,
        psa_message: None,
        pending_suggestions: Vec::new(),
        dismissed_suggestions: dismissed,
        custom_pending_suggestion: None,
        chats: Vec::new(),
        users: Vec::new(),
    }
    .into())
}
