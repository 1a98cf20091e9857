//! `messages.getSavedDialogsById`: dialogs of Saved Messages by name.

use tl::RemoteCall;
use tl::functions::messages::GetSavedDialogsById;

use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetSavedDialogsById,
) -> Result<<GetSavedDialogsById as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let mut wanted = Vec::with_capacity(request.ids.len());
    for input in &request.ids {
        wanted.push(cx.input_peer(input).await?);
    }
    let all = cx.platform().saved_dialogs(user).await?;
    let found = all.into_iter().filter(|dialog| wanted.contains(&dialog.peer)).collect();
    super::get_saved_dialogs::answer(cx, user, found, None).await
}
