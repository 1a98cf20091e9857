//! `help.getAppUpdate`: a newer version of the client, or none.

use tl::{enums, functions};

use crate::{Context, RpcError};

/// The server hands out no clients.
pub async fn handle(
    _cx: &Context<'_>,
    _request: functions::help::GetAppUpdate,
) -> Result<enums::help::AppUpdate, RpcError> {
    Ok(enums::help::AppUpdate::NoAppUpdate)
}
