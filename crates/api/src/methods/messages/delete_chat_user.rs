//! `messages.deleteChatUser`: takes somebody out of a basic group, or oneself.

use tl::RemoteCall;
use tl::functions::messages::DeleteChatUser;

use super::{chats, common};
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: DeleteChatUser,
) -> Result<<DeleteChatUser as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let user = cx.input_user(&request.user_id).await?;
    let entries = cx.platform().delete_chat_user(actor, request.chat_id, user).await?;
    if request.revoke_history {
        chats::forget_history(cx, actor, request.chat_id, user).await?;
    }
    chats::told(cx, actor.user, &entries).await
}
