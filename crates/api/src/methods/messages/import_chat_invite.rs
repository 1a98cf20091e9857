//! `messages.importChatInvite`: comes into a group by a link.

use tl::functions::messages::ImportChatInvite;
use tl::{RemoteCall, types};

use super::{chats, common};
use crate::views::chat::code_of;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: ImportChatInvite,
) -> Result<<ImportChatInvite as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    if request.hash.is_empty() {
        return Err(RpcError::new(400, "INVITE_HASH_EMPTY"));
    }
    let (_, entries) = cx.platform().join_by_invite(actor, code_of(&request.hash)).await?;
    let updates = chats::told(cx, actor.user, &entries).await?;
    Ok(types::messages::ChatInviteJoinResultOk { updates }.into())
}
