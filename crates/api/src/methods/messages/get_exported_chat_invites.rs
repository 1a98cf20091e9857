//! `messages.getExportedChatInvites`: an administrator's links into a group.

use tl::functions::messages::GetExportedChatInvites;
use tl::{RemoteCall, types};

use crate::views::chat::{code_of, invite};
use crate::views::user::users;
use crate::{Context, RpcError};
use platform::chats::LinkPlace;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetExportedChatInvites,
) -> Result<<GetExportedChatInvites as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let chat = cx.input_group(&request.peer).await?;
    let admin = cx.input_user(&request.admin_id).await?;
    let place = LinkPlace {
        date: request.offset_date.unwrap_or(0),
        code: code_of(request.offset_link.as_deref().unwrap_or_default()).to_owned(),
    };
    let limit = usize::try_from(request.limit).unwrap_or(0);
    let page = cx.platform().chat_invites(user, chat, (admin, request.revoked), place, limit).await?;
    let prefix = &cx.api.settings().base_url;
    let users = users(cx.platform(), user, &[admin]).await?;
    let invites = page.links.iter().map(|link| invite(prefix, link)).collect();
    let count = i32::try_from(page.count).unwrap_or(i32::MAX);
    Ok(types::messages::ExportedChatInvites { count, invites, users }.into())
}
