//! `messages.readMessageContents`: marks voices and videos as played.

use tl::RemoteCall;
use tl::functions::messages::ReadMessageContents;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: ReadMessageContents,
) -> Result<<ReadMessageContents as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let ids = common::msg_ids(&request.id);
    Ok(common::affected_messages(cx.platform().read_contents(actor, &ids).await?))
}
