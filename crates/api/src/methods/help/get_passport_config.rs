//! `help.getPassportConfig`: languages by country, for identity documents.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// The list has never changed.
const HASH: i32 = 1;

/// Identity documents are not stored here: an empty list, unless the client has it.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::help::GetPassportConfig,
) -> Result<enums::help::PassportConfig, RpcError> {
    if request.hash == HASH {
        return Ok(enums::help::PassportConfig::NotModified);
    }
    let countries_langs = types::DataJson { data: "{}".to_owned() }.into();
    Ok(types::help::PassportConfig { hash: HASH, countries_langs }.into())
}
