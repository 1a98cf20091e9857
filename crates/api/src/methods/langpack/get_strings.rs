//! `langpack.getStrings`: some words of a language.

use tl::{enums, functions};

use super::pack;
use crate::{Context, RpcError};

/// The words that exist; a client keeps its own for the rest.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::langpack::GetStrings,
) -> Result<Vec<enums::LangPackString>, RpcError> {
    pack::check_pack(&request.lang_pack)?;
    pack::check_language(&request.lang_code)?;
    let asked = |key: &str| request.keys.iter().any(|wanted| wanted == key);
    Ok(pack::WORDS.iter().filter(|(key, _)| asked(key)).map(|(key, value)| pack::word(key, value)).collect())
}
