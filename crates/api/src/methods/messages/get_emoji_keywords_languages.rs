//! `messages.getEmojiKeywordsLanguages`: in which of the asked languages there are words for emoji.

use tl::{enums, functions, types};

use crate::emoji::keywords;
use crate::limits::EMOJI_LANGUAGES_PER_CALL_MAX;
use crate::{Context, RpcError};

/// Those that have some, as the client spells them; English if none of them does.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::messages::GetEmojiKeywordsLanguages,
) -> Result<Vec<enums::EmojiLanguage>, RpcError> {
    if request.lang_codes.len() > EMOJI_LANGUAGES_PER_CALL_MAX {
        return Err(RpcError::LIMIT_INVALID);
    }
    let mut found = request.lang_codes;
    found.retain(|code| keywords(code).is_some());
    if found.is_empty() {
        found.push("en".to_owned());
    }
    Ok(found.into_iter().map(|lang_code| types::EmojiLanguage { lang_code }.into()).collect())
}
