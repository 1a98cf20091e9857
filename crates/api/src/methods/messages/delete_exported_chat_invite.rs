//! `messages.deleteExportedChatInvite`: forgets a link that was taken back.

use tl::RemoteCall;
use tl::functions::messages::DeleteExportedChatInvite;

use crate::views::chat::code_of;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: DeleteExportedChatInvite,
) -> Result<<DeleteExportedChatInvite as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let chat = cx.input_group(&request.peer).await?;
    cx.platform().delete_chat_invite(user, chat, code_of(&request.link)).await?;
    Ok(true)
}
