//! `messages.getAllDrafts`: every draft, as updates.

use tl::RemoteCall;
use tl::functions::messages::GetAllDrafts;

use crate::views::peers::Peers;
use crate::views::updates;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    _request: GetAllDrafts,
) -> Result<<GetAllDrafts as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let mut peers = Peers::default();
    let mut list = Vec::new();
    for (peer, draft) in cx.platform().all_drafts(user).await? {
        peers.add(peer);
        list.push(updates::draft_update(peer, Some(&draft), draft.date));
    }
    updates::contain(cx.platform(), user, list, peers, cx.platform().now()).await
}
