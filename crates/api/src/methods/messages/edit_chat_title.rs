//! `messages.editChatTitle`: calls a basic group something else.

use tl::RemoteCall;
use tl::functions::messages::EditChatTitle;

use super::{chats, common};
use crate::{Context, RpcError};
use platform::chats::Title;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: EditChatTitle,
) -> Result<<EditChatTitle as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let title = Title::parse(&request.title)?;
    let entries = cx.platform().edit_chat_title(actor, request.chat_id, title).await?;
    chats::told(cx, actor.user, &entries).await
}
