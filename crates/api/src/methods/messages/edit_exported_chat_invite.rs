//! `messages.editExportedChatInvite`: changes a link into a group, or takes it back.

use tl::functions::messages::EditExportedChatInvite;
use tl::{RemoteCall, types};

use crate::views::chat::{code_of, invite};
use crate::views::user::users;
use crate::{Context, RpcError};
use platform::chats::InviteEdit;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: EditExportedChatInvite,
) -> Result<<EditExportedChatInvite as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let chat = cx.input_group(&request.peer).await?;
    if request.request_needed == Some(true) {
        return Err(RpcError::new(400, "CHAT_INVALID"));
    }
    let edit = InviteEdit {
        revoke: request.revoked,
        expire_date: request.expire_date,
        usage_limit: request.usage_limit,
        title: request.title,
    };
    let (link, next) = cx.platform().edit_chat_invite(user, chat, code_of(&request.link), edit).await?;
    let prefix = &cx.api.settings().base_url;
    let users = users(cx.platform(), user, &[link.admin]).await?;
    let invite = |link| invite(prefix, link);
    Ok(match next {
        Some(next) => {
            let (new_invite, invite) = (invite(&next), invite(&link));
            types::messages::ExportedChatInviteReplaced { invite, new_invite, users }.into()
        }
        None => types::messages::ExportedChatInvite { invite: invite(&link), users }.into(),
    })
}
