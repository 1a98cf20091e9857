//! `messages.deleteMessages`: deletes messages here, with `revoke` on both sides.

use tl::RemoteCall;
use tl::functions::messages::DeleteMessages;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: DeleteMessages,
) -> Result<<DeleteMessages as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    if request.id.len() > platform::limits::mailbox::IDS_MAX {
        return Err(RpcError::new(400, "MESSAGE_ID_INVALID"));
    }
    let ids = common::msg_ids(&request.id);
    Ok(common::affected_messages(cx.platform().delete_messages(actor, &ids, request.revoke).await?))
}
