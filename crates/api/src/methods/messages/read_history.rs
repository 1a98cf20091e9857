//! `messages.readHistory`: marks a conversation as read up to a message.

use tl::RemoteCall;
use tl::functions::messages::ReadHistory;

use super::common;
use crate::{Context, RpcError};
use platform::MsgId;

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: ReadHistory) -> Result<<ReadHistory as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let peer = cx.input_peer(&request.peer).await?;
    let max_id = MsgId(request.max_id.max(0));
    Ok(common::affected_messages(cx.platform().read_history(actor, peer, max_id).await?))
}
