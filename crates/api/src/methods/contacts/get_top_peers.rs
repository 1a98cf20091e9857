//! `contacts.getTopPeers`: frequent contacts.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// Nobody is rated yet; the list says whether the person wants one.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::contacts::GetTopPeers,
) -> Result<enums::contacts::TopPeers, RpcError> {
    let switches = cx.platform().switches(cx.user()?).await?;
    if switches.top_peers_disabled.unwrap_or(false) {
        return Ok(enums::contacts::TopPeers::Disabled);
    }
    Ok(types::contacts::TopPeers { categories: Vec::new(), chats: Vec::new(), users: Vec::new() }.into())
}
