//! `messages.editChatDefaultBannedRights`: says what members may not do.

use tl::RemoteCall;
use tl::functions::messages::EditChatDefaultBannedRights;

use super::common;
use crate::views::chat::rights_of;
use crate::views::updates;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: EditChatDefaultBannedRights,
) -> Result<<EditChatDefaultBannedRights as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let chat = cx.input_group(&request.peer).await?;
    let entries = cx.platform().edit_chat_rights(actor, chat, rights_of(&request.banned_rights)).await?;
    updates::container(cx.platform(), actor.user, &entries, cx.platform().now()).await
}
