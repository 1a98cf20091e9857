//! `langpack.getLanguages`: the languages on offer.

use tl::{enums, functions};

use super::pack;
use crate::{Context, RpcError};

/// English.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::langpack::GetLanguages,
) -> Result<Vec<enums::LangPackLanguage>, RpcError> {
    pack::check_pack(&request.lang_pack)?;
    Ok(vec![pack::english()])
}
