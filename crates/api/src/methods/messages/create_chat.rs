//! `messages.createChat`: makes a basic group.

use tl::RemoteCall;
use tl::functions::messages::CreateChat;

use super::{chats, common};
use crate::{Context, RpcError};
use platform::chats::Title;
use platform::limits::chats::MEMBERS_MAX;

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: CreateChat) -> Result<<CreateChat as RemoteCall>::Return, RpcError> {
    if request.ttl_period.is_some_and(|seconds| seconds > 0) {
        // Messages that remove themselves are not offered: to take the wish and not keep it would be a broken promise.
        return Err(RpcError::new(400, "TTL_PERIOD_INVALID"));
    }
    let actor = common::actor(cx)?;
    let title = Title::parse(&request.title)?;
    let mut users = Vec::with_capacity(request.users.len().min(MEMBERS_MAX));
    for input in request.users.iter().take(MEMBERS_MAX) {
        users.push(cx.input_user(input).await?);
    }
    let made = cx.platform().create_chat(actor, title, &users).await?;
    chats::invited(cx, actor.user, &made.entries, &made.missing).await
}
