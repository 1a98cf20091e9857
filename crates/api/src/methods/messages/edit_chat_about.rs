//! `messages.editChatAbout`: describes a group.

use tl::RemoteCall;
use tl::functions::messages::EditChatAbout;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: EditChatAbout,
) -> Result<<EditChatAbout as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let chat = cx.input_group(&request.peer).await?;
    cx.platform().edit_chat_about(actor, chat, &request.about).await?;
    Ok(true)
}
