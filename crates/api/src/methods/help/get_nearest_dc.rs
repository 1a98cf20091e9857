//! `help.getNearestDc`: which DC to sign in at, and the country to offer first.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// Every DC is this server, so the nearest is the home DC. The country is unknown: no geography is looked up.
pub async fn handle(cx: &Context<'_>, _request: functions::help::GetNearestDc) -> Result<enums::NearestDc, RpcError> {
    let nearest_dc = cx.api.settings().dc_id;
    Ok(types::NearestDc { country: String::new(), this_dc: cx.this_dc(), nearest_dc }.into())
}
