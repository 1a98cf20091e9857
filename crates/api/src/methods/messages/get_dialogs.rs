//! `messages.getDialogs`: a page of the list of dialogs.

use tl::functions::messages::GetDialogs;
use tl::{RemoteCall, enums, types};

use crate::views::dialog::dialogs;
use crate::{Context, RpcError};
use platform::MsgId;
use platform::messages::DialogOffset;

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: GetDialogs) -> Result<<GetDialogs as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let platform = cx.platform();
    if !(0..=1).contains(&request.folder_id.unwrap_or(0)) {
        return Err(RpcError::new(400, "FOLDER_ID_INVALID"));
    }
    let peer = match &request.offset_peer {
        enums::InputPeer::Empty => None,
        peer => cx.input_peer(peer).await.ok(),
    };
    let offset = DialogOffset { date: request.offset_date.max(0), id: MsgId(request.offset_id.max(0)), peer };
    let (folder, exclude_pinned) = (request.folder_id, request.exclude_pinned);
    let page = platform.dialogs(user, folder, exclude_pinned, offset, request.limit).await?;
    let shown = dialogs(platform, user, &page).await?;
    let (dialogs, messages, users, chats) = (shown.dialogs, shown.messages, shown.users, shown.chats);
    if page.is_whole {
        return Ok(types::messages::Dialogs { dialogs, messages, chats, users }.into());
    }
    Ok(types::messages::DialogsSlice { count: page.total, dialogs, messages, chats, users }.into())
}
