//! `langpack.getDifference`: what changed in a language since a version.

use tl::{enums, functions};

use super::{difference, language};
use crate::{Context, RpcError};

/// Everything or nothing: no version but the present one is kept.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::langpack::GetDifference,
) -> Result<enums::LangPackDifference, RpcError> {
    let language = language(cx, &request.lang_pack, &request.lang_code)?;
    Ok(difference(language, &request.lang_pack, &request.lang_code, request.from_version))
}
