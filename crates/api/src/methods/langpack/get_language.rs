//! `langpack.getLanguage`: one language.

use tl::{enums, functions};

use super::pack;
use crate::{Context, RpcError};

/// English, or the error for what is not offered.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::langpack::GetLanguage,
) -> Result<enums::LangPackLanguage, RpcError> {
    pack::check_pack(&request.lang_pack)?;
    pack::check_language(&request.lang_code)?;
    Ok(pack::english())
}
