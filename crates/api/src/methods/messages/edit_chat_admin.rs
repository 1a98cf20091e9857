//! `messages.editChatAdmin`: lets a member administer a basic group, or no longer.

use tl::RemoteCall;
use tl::functions::messages::EditChatAdmin;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: EditChatAdmin,
) -> Result<<EditChatAdmin as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let user = cx.input_user(&request.user_id).await?;
    cx.platform().edit_chat_admin(actor, request.chat_id, user, request.is_admin).await?;
    Ok(true)
}
