//! `messages.deleteHistory`: deletes a conversation, here or on both sides.

use tl::RemoteCall;
use tl::functions::messages::DeleteHistory;

use super::common;
use crate::{Context, RpcError};
use platform::MsgId;
use platform::messages::Deletion;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: DeleteHistory,
) -> Result<<DeleteHistory as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let peer = cx.input_peer(&request.peer).await?;
    let deletion = Deletion {
        max_id: MsgId(request.max_id.max(0)),
        revoke: request.revoke,
        just_clear: request.just_clear,
        min_date: request.min_date.unwrap_or(0),
        max_date: request.max_date.unwrap_or(0),
    };
    Ok(common::affected_history(cx.platform().delete_history(actor, peer, deletion).await?))
}
