//! `folders.editPeerFolders`: moves dialogs between the main list and the archive.

use tl::functions::folders::EditPeerFolders;
use tl::{RemoteCall, enums};

use crate::methods::messages::common;
use crate::views::updates;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: EditPeerFolders,
) -> Result<<EditPeerFolders as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let mut moves = Vec::with_capacity(request.folder_peers.len());
    for enums::InputFolderPeer::Peer(wanted) in &request.folder_peers {
        moves.push((cx.input_peer(&wanted.peer).await?, wanted.folder_id));
    }
    let entries = cx.platform().move_dialogs(actor, &moves).await?;
    updates::container(cx.platform(), actor.user, &entries, cx.platform().now()).await
}
