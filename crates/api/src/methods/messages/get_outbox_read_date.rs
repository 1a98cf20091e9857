//! `messages.getOutboxReadDate`: when the other side read a message.

use tl::functions::messages::GetOutboxReadDate;
use tl::{RemoteCall, types};

use crate::{Context, RpcError};
use platform::MsgId;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetOutboxReadDate,
) -> Result<<GetOutboxReadDate as RemoteCall>::Return, RpcError> {
    let peer = cx.input_peer(&request.peer).await?;
    let user = cx.user()?;
    if cx.platform().switches(user).await?.hide_read_marks == Some(true) {
        return Err(RpcError::new(403, "YOUR_PRIVACY_RESTRICTED"));
    }
    if let Some(reader) = peer.user()
        && cx.platform().switches(reader).await?.hide_read_marks == Some(true)
    {
        return Err(RpcError::new(403, "USER_PRIVACY_RESTRICTED"));
    }
    let date = cx.platform().outbox_read_date(user, peer, MsgId(request.msg_id)).await?;
    Ok(types::OutboxReadDate { date }.into())
}
