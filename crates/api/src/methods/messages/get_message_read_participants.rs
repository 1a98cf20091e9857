//! `messages.getMessageReadParticipants`: who has read a message of one's own in a small group.

use tl::functions::messages::GetMessageReadParticipants;
use tl::{RemoteCall, types};

use crate::{Context, RpcError};
use platform::MsgId;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetMessageReadParticipants,
) -> Result<<GetMessageReadParticipants as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let chat = cx.input_group(&request.peer).await?;
    let readers = cx.platform().message_readers(user, chat, MsgId(request.msg_id)).await?;
    Ok(readers
        .into_iter()
        .map(|read| types::ReadParticipantDate { user_id: read.user.0, date: read.date }.into())
        .collect())
}
