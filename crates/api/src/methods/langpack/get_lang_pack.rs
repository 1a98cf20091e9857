//! `langpack.getLangPack`: all words of a language.

use tl::{enums, functions};

use super::{difference, language};
use crate::{Context, RpcError};

/// Under the keys of the pack's clients.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::langpack::GetLangPack,
) -> Result<enums::LangPackDifference, RpcError> {
    let language = language(cx, &request.lang_pack, &request.lang_code)?;
    Ok(difference(language, &request.lang_pack, &request.lang_code, 0))
}
