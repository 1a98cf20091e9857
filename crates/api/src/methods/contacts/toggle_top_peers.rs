//! `contacts.toggleTopPeers`: whether frequent contacts are rated.

use tl::functions;

use crate::{Context, RpcError};

/// Stored with the account.
pub async fn handle(cx: &Context<'_>, request: functions::contacts::ToggleTopPeers) -> Result<bool, RpcError> {
    let disabled = Some(!request.enabled);
    cx.platform().set_switches(cx.user()?, |switches| switches.top_peers_disabled = disabled).await?;
    Ok(true)
}
