//! `help.getNearestDc`: which DC to sign in at, and the country to offer first.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// Every DC is this server, so the nearest is the home DC. The country is unknown: no geography is looked up.
pub async fn handle(cx: &Context<'_>, _request: functions::help::GetNearestDc) -> Result<enums::NearestDc, RpcError> {
    let home = cx.api.settings().dc_id;
    let this_dc = cx.caller.dialled_dc.unwrap_or(home);
    Ok(types::NearestDc { country: String::new(), this_dc, nearest_dc: home }.into())
}
