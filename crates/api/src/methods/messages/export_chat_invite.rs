//! `messages.exportChatInvite`: makes a link into a group.

use tl::RemoteCall;
use tl::functions::messages::ExportChatInvite;

use crate::views::chat::invite;
use crate::{Context, RpcError};
use platform::chats::InviteWish;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: ExportChatInvite,
) -> Result<<ExportChatInvite as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let chat = cx.input_group(&request.peer).await?;
    if request.request_needed || request.subscription_pricing.is_some() {
        // Links that ask first, or for money, are not made here.
        return Err(RpcError::new(400, "CHAT_INVALID"));
    }
    let wish = InviteWish {
        expire_date: request.expire_date,
        usage_limit: request.usage_limit,
        title: request.title,
        renew_permanent: request.legacy_revoke_permanent,
    };
    let link = cx.platform().export_chat_invite(user, chat, wish).await?;
    Ok(invite(&cx.api.settings().base_url, &link))
}
