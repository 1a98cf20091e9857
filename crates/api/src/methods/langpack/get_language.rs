//! `langpack.getLanguage`: one language.

use tl::{enums, functions};

use super::language;
use crate::{Context, RpcError};

/// The language, or the error for what is not offered.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::langpack::GetLanguage,
) -> Result<enums::LangPackLanguage, RpcError> {
    Ok(language(cx, &request.lang_pack, &request.lang_code)?.view(&request.lang_pack))
}
