//! `stories.getPeerStories`: nobody has stories yet.

use tl::{enums, functions, types};

use crate::views::peer::peer;
use crate::views::peers::Peers;
use crate::{Context, RpcError};

/// None, of a peer that the caller was shown.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::stories::GetPeerStories,
) -> Result<enums::stories::PeerStories, RpcError> {
    let of = cx.input_peer(&request.peer).await?;
    let mut peers = Peers::default();
    peers.add(of);
    let stories = types::PeerStories { peer: peer(of), max_read_id: None, stories: Vec::new() }.into();
    let (users, chats) = peers.shown(cx.platform(), cx.user()?).await?;
    Ok(types::stories::PeerStories { stories, chats, users }.into())
}
