//! `messages.unpinAllMessages`: unpins everything in a conversation.

use tl::RemoteCall;
use tl::functions::messages::UnpinAllMessages;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: UnpinAllMessages,
) -> Result<<UnpinAllMessages as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let peer = cx.input_peer(&request.peer).await?;
    Ok(common::affected_history(cx.platform().unpin_all(actor, peer).await?))
}
