//! `messages.getPeerSettings`: the bar above a conversation.

use tl::functions::messages::GetPeerSettings;
use tl::{RemoteCall, types};

use crate::views::dialog;
use crate::views::peers::Peers;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetPeerSettings,
) -> Result<<GetPeerSettings as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let peer = cx.input_peer(&request.peer).await?;
    let mut peers = Peers::default();
    peers.add(peer);
    let settings = dialog::bar(cx.platform(), user, peer).await?;
    let (users, chats) = peers.shown(cx.platform(), user).await?;
    Ok(types::messages::PeerSettings { settings, chats, users }.into())
}
