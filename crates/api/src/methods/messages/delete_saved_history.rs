//! `messages.deleteSavedHistory`: deletes what is filed under one peer in Saved Messages.

use tl::RemoteCall;
use tl::functions::messages::DeleteSavedHistory;

use super::common;
use crate::{Context, RpcError};
use platform::MsgId;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: DeleteSavedHistory,
) -> Result<<DeleteSavedHistory as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let peer = cx.input_peer(&request.peer).await?;
    let max_id = MsgId(request.max_id.max(0));
    Ok(common::affected_history(cx.platform().delete_saved_history(actor, peer, max_id).await?))
}
