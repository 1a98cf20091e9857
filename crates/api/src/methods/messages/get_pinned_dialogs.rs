//! `messages.getPinnedDialogs`: the pinned dialogs of a list.

use tl::RemoteCall;
use tl::functions::messages::GetPinnedDialogs;

use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetPinnedDialogs,
) -> Result<<GetPinnedDialogs as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    if !(0..=1).contains(&request.folder_id) {
        return Err(RpcError::new(400, "FOLDER_ID_INVALID"));
    }
    let page = cx.platform().pinned_dialogs(user, request.folder_id).await?;
    super::get_peer_dialogs::answer(cx, user, &page).await
}
