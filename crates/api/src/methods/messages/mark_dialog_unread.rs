//! `messages.markDialogUnread`: marks a dialog as unread by hand, or takes the mark away.

use tl::RemoteCall;
use tl::functions::messages::MarkDialogUnread;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: MarkDialogUnread,
) -> Result<<MarkDialogUnread as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let peer = common::dialog_peer(cx, &request.peer).await?;
    cx.platform().mark_unread(actor, peer, request.unread).await?;
    Ok(true)
}
