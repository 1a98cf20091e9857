//! `messages.getEmojiKeywords`: words for which a client suggests emoji.

use tl::{enums, functions};

use crate::emoji::difference;
use crate::{Context, RpcError};

/// All words of a language; none of one that has none here.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::messages::GetEmojiKeywords,
) -> Result<enums::EmojiKeywordsDifference, RpcError> {
    Ok(difference(request.lang_code, 0))
}
