//! `messages.deleteChat`: deletes a basic group for everybody.

use tl::RemoteCall;
use tl::functions::messages::DeleteChat;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: DeleteChat) -> Result<<DeleteChat as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    cx.platform().delete_chat(actor, request.chat_id).await?;
    Ok(true)
}
