//! `messages.getEmojiKeywordsDifference`: words for which a client suggests emoji, since a version.

use tl::{enums, functions};

use crate::emoji::difference;
use crate::{Context, RpcError};

/// Everything or nothing: there is one version.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::messages::GetEmojiKeywordsDifference,
) -> Result<enums::EmojiKeywordsDifference, RpcError> {
    Ok(difference(request.lang_code, request.from_version))
}
