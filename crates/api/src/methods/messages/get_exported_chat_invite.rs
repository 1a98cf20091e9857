//! `messages.getExportedChatInvite`: a link into a group.

use tl::functions::messages::GetExportedChatInvite;
use tl::{RemoteCall, types};

use crate::views::chat::{code_of, invite};
use crate::views::user::users;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetExportedChatInvite,
) -> Result<<GetExportedChatInvite as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let chat = cx.input_group(&request.peer).await?;
    let link = cx.platform().chat_invite(user, chat, code_of(&request.link)).await?;
    let users = users(cx.platform(), user, &[link.admin]).await?;
    let invite = invite(&cx.api.settings().base_url, &link);
    Ok(types::messages::ExportedChatInvite { invite, users }.into())
}
