//! `messages.getPeerDialogs`: dialogs by name, listed or not.

use tl::functions::messages::GetPeerDialogs;
use tl::{RemoteCall, enums, types};

use super::common;
use crate::methods::updates::get_state::state;
use crate::views::dialog::dialogs;
use crate::{Context, RpcError};
use platform::UserId;
use platform::messages::DialogPage;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetPeerDialogs,
) -> Result<<GetPeerDialogs as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    if request.peers.len() > platform::limits::mailbox::DIALOGS_PAGE_MAX {
        return Err(RpcError::new(400, "INPUT_PEERS_TOO_MUCH"));
    }
    let mut peers = common::dialog_peers(cx, &request.peers).await?;
    let mut seen = std::collections::HashSet::new();
    peers.retain(|peer| seen.insert(*peer));
    let page = cx.platform().dialogs_with(user, &peers).await?;
    answer(cx, user, &page).await
}

/// Dialogs together with the state that they show.
pub async fn answer(
    cx: &Context<'_>,
    user: UserId,
    page: &DialogPage,
) -> Result<enums::messages::PeerDialogs, RpcError> {
    let cut = cx.platform().cut(user).await?;
    let shown = dialogs(cx.platform(), user, page).await?;
    Ok(types::messages::PeerDialogs {
        dialogs: shown.dialogs,
        messages: shown.messages,
        chats: shown.chats,
        users: shown.users,
        state: state(&cut),
    }
    .into())
}
