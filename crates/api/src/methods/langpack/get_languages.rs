//! `langpack.getLanguages`: the languages on offer.

use tl::{enums, functions};

use super::check_pack;
use crate::{Context, RpcError};

/// English first.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::langpack::GetLanguages,
) -> Result<Vec<enums::LangPackLanguage>, RpcError> {
    check_pack(&request.lang_pack)?;
    let languages = cx.api.settings().languages.iter();
    Ok(languages.map(|language| language.view(&request.lang_pack)).collect())
}
