//! `messages.getDialogUnreadMarks`: dialogs marked as unread by hand.

use tl::RemoteCall;
use tl::functions::messages::GetDialogUnreadMarks;

use crate::views::change::dialog_peer;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetDialogUnreadMarks,
) -> Result<<GetDialogUnreadMarks as RemoteCall>::Return, RpcError> {
    if request.parent_peer.is_some() {
        return Err(RpcError::PEER_ID_INVALID);
    }
    Ok(cx.platform().unread_marks(cx.user()?).await?.into_iter().map(dialog_peer).collect())
}
