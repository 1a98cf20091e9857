//! `messages.getMessages`: messages by number; in place of those that are not there stands `messageEmpty`.

use tl::functions::messages::GetMessages;
use tl::{RemoteCall, enums, types};

use crate::views::message::{empty, message};
use crate::views::peers::Peers;
use crate::{Context, RpcError};
use platform::{MsgId, UserId};

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: GetMessages) -> Result<<GetMessages as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    if request.id.len() > platform::limits::mailbox::IDS_MAX {
        return Err(RpcError::new(400, "MSG_ID_INVALID"));
    }
    let mut ids = Vec::with_capacity(request.id.len());
    for input in &request.id {
        ids.push(wanted(cx, user, input).await?);
    }
    let mut peers = Peers::default();
    let found = cx.platform().messages(user, &ids).await?;
    let messages = ids.iter().zip(&found).map(|(id, found)| match found {
        Some(found) => message(cx.platform(), user, found, &mut peers),
        None => empty(id.0),
    });
    let messages: Vec<enums::Message> = messages.collect();
    let (users, chats) = peers.shown(cx.platform(), user).await?;
    Ok(types::messages::Messages { messages, topics: Vec::new(), chats, users }.into())
}

async fn wanted(cx: &Context<'_>, user: UserId, input: &enums::InputMessage) -> Result<MsgId, RpcError> {
    Ok(match input {
        enums::InputMessage::Id(message) => MsgId(message.id),
        enums::InputMessage::ReplyTo(answer) => {
            let found = cx.platform().message(user, MsgId(answer.id)).await?;
            found.and_then(|found| found.message.reply.as_ref()?.id).unwrap_or_default()
        }
        enums::InputMessage::Pinned | enums::InputMessage::CallbackQuery(_) => MsgId(0),
    })
}
