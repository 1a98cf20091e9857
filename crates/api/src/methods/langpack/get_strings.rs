//! `langpack.getStrings`: some words of a language.

use tl::{enums, functions};

use super::language;
use crate::limits::LANGUAGE_KEYS_PER_CALL_MAX;
use crate::{Context, RpcError};

/// The words that exist; a client keeps its own for the rest.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::langpack::GetStrings,
) -> Result<Vec<enums::LangPackString>, RpcError> {
    if request.keys.len() > LANGUAGE_KEYS_PER_CALL_MAX {
        return Err(RpcError::LIMIT_INVALID);
    }
    Ok(language(cx, &request.lang_pack, &request.lang_code)?.find(&request.lang_pack, &request.keys))
}
