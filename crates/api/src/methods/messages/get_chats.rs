//! `messages.getChats`: groups by number.

use tl::functions::messages::GetChats;
use tl::{RemoteCall, types};

use crate::views::chat::chats;
use crate::{Context, RpcError};
use platform::limits::chats::CHATS_PAGE_MAX;

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: GetChats) -> Result<<GetChats as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    if request.id.len() > CHATS_PAGE_MAX {
        return Err(RpcError::new(400, "CHAT_ID_INVALID"));
    }
    let mut known = Vec::with_capacity(request.id.len());
    for id in request.id {
        known.push(cx.platform().known_chat(user, id).await?.id);
    }
    let chats = chats(cx.platform(), user, &known).await?;
    Ok(types::messages::Chats { chats }.into())
}
