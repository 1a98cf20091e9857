//! `messages.getSavedDialogs`: Saved Messages as a list of dialogs.

use tl::functions::messages::GetSavedDialogs;
use tl::{RemoteCall, enums, types};

use crate::views::message::messages;
use crate::views::peer::peer;
use crate::views::peers::Peers;
use crate::{Context, RpcError};
use platform::UserId;
use platform::limits::mailbox::DIALOGS_PAGE_MAX;
use platform::messages::SavedDialog;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetSavedDialogs,
) -> Result<<GetSavedDialogs as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let all = cx.platform().saved_dialogs(user).await?;
    let total = all.len();
    let offset = (request.offset_date, request.offset_id);
    let is_after = |dialog: &SavedDialog| {
        let place = (dialog.top.message.date, dialog.top.id.0);
        offset == (0, 0) || (!dialog.pinned && (offset.0 == 0 || place < offset))
    };
    let limit = usize::try_from(request.limit).unwrap_or(0).min(DIALOGS_PAGE_MAX);
    let chosen = all.into_iter().filter(|dialog| !(request.exclude_pinned && dialog.pinned)).filter(is_after);
    let page: Vec<SavedDialog> = chosen.take(limit).collect();
    answer(cx, user, page, Some(total)).await
}

/// Saved dialogs with all that they name; a total makes them a slice if they are not all.
pub async fn answer(
    cx: &Context<'_>,
    user: UserId,
    page: Vec<SavedDialog>,
    total: Option<usize>,
) -> Result<enums::messages::SavedDialogs, RpcError> {
    let mut peers = Peers::default();
    page.iter().for_each(|dialog| peers.add(dialog.peer));
    let messages = messages(cx.platform(), user, page.iter().map(|dialog| &dialog.top), &mut peers);
    let dialogs: Vec<enums::SavedDialog> = page.iter().map(saved_dialog).collect();
    let (users, chats) = peers.shown(cx.platform(), user).await?;
    match total {
        Some(total) if total > dialogs.len() => {
            let count = i32::try_from(total).unwrap_or(i32::MAX);
            Ok(types::messages::SavedDialogsSlice { count, dialogs, messages, chats, users }.into())
        }
        _ => Ok(types::messages::SavedDialogs { dialogs, messages, chats, users }.into()),
    }
}

fn saved_dialog(dialog: &SavedDialog) -> enums::SavedDialog {
    types::SavedDialog { pinned: dialog.pinned, peer: peer(dialog.peer), top_message: dialog.top.id.0 }.into()
}
