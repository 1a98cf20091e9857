//! `langpack.getLangPack`: all words of a language.

use tl::{enums, functions};

use super::pack;
use crate::{Context, RpcError};

/// The English words.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::langpack::GetLangPack,
) -> Result<enums::LangPackDifference, RpcError> {
    pack::check_pack(&request.lang_pack)?;
    pack::check_language(&request.lang_code)?;
    Ok(pack::difference(0))
}
