//! `langpack.getDifference`: what changed in a language since a version.

use tl::{enums, functions};

use super::pack;
use crate::{Context, RpcError};

/// Everything or nothing: there is one version.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::langpack::GetDifference,
) -> Result<enums::LangPackDifference, RpcError> {
    pack::check_pack(&request.lang_pack)?;
    pack::check_language(&request.lang_code)?;
    Ok(pack::difference(request.from_version))
}
