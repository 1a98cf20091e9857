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
    let date = cx.platform().outbox_read_date(cx.user()?, peer, MsgId(request.msg_id)).await?;
    Ok(types::OutboxReadDate { date }.into())
}
