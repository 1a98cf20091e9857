//! `messages.getChatInviteImporters`: who came by a link.

use tl::functions::messages::GetChatInviteImporters;
use tl::{RemoteCall, enums, types};

use crate::views::chat::code_of;
use crate::views::user::users;
use crate::{Context, RpcError};
use platform::UserId;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetChatInviteImporters,
) -> Result<<GetChatInviteImporters as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let chat = cx.input_group(&request.peer).await?;
    if request.requested {
        // Nobody waits to be let in: links that ask first are not made here.
        return Ok(types::messages::ChatInviteImporters { count: 0, importers: Vec::new(), users: Vec::new() }.into());
    }
    let after = match &request.offset_user {
        enums::InputUser::Empty => UserId(0),
        named => cx.input_user(named).await?,
    };
    let limit = usize::try_from(request.limit).unwrap_or(0);
    let code = request.link.as_deref().map(code_of);
    let (found, count) = cx.platform().chat_importers(user, chat, code, (request.offset_date, after), limit).await?;
    let named: Vec<_> = found.iter().map(|importer| importer.user).collect();
    let importers = found.iter().map(|importer| {
        let (user_id, date) = (importer.user.0, importer.date);
        types::ChatInviteImporter {
            requested: false,
            via_chatlist: false,
            user_id,
            date,
            about: None,
            approved_by: None,
        }
        .into()
    });
    let importers = importers.collect();
    let users = users(cx.platform(), user, &named).await?;
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    Ok(types::messages::ChatInviteImporters { count, importers, users }.into())
}
