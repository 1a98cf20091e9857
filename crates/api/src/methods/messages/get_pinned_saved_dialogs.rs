//! `messages.getPinnedSavedDialogs`: the pinned dialogs of Saved Messages.

use tl::RemoteCall;
use tl::functions::messages::GetPinnedSavedDialogs;

use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    _request: GetPinnedSavedDialogs,
) -> Result<<GetPinnedSavedDialogs as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let all = cx.platform().saved_dialogs(user).await?;
    let pinned = all.into_iter().filter(|dialog| dialog.pinned).collect();
    super::get_saved_dialogs::answer(cx, user, pinned, None).await
}
