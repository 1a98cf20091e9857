//! `messages.addChatUser`: brings somebody into a basic group, or comes back to one.

use tl::RemoteCall;
use tl::functions::messages::AddChatUser;

use super::{chats, common};
use crate::{Context, RpcError};

/// Answers the request. What was said before is not shown to newcomers: their mailbox has none of it (`fwd_limit`).
pub async fn handle(cx: &Context<'_>, request: AddChatUser) -> Result<<AddChatUser as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let user = cx.input_user(&request.user_id).await?;
    let came = cx.platform().add_chat_user(actor, request.chat_id, user).await?;
    chats::invited(cx, actor.user, &came.entries, &came.missing).await
}
