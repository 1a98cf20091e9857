//! `messages.getMessageEditData`: whether a message may be edited.

use tl::functions::messages::GetMessageEditData;
use tl::{RemoteCall, types};

use crate::{Context, RpcError};
use platform::MsgId;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetMessageEditData,
) -> Result<<GetMessageEditData as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let peer = cx.input_peer(&request.peer).await?;
    let found = cx.platform().message(user, MsgId(request.id)).await?;
    let found = found.filter(|found| found.message.peer == peer).ok_or(RpcError::new(400, "MESSAGE_ID_INVALID"))?;
    if !found.message.is_out() || found.message.forward.is_some() {
        return Err(RpcError::new(403, "MESSAGE_AUTHOR_REQUIRED"));
    }
    Ok(types::messages::MessageEditData { caption: found.message.media.is_some() }.into())
}
