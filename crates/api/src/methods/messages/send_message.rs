//! `messages.sendMessage`: sends a text to a person or to oneself.

use tl::RemoteCall;
use tl::functions::messages::SendMessage;

use super::common;
use crate::views::entities::from_client;
use crate::{Context, RpcError};
use platform::mailbox::Flags;
use platform::messages::Outgoing;

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: SendMessage) -> Result<<SendMessage as RemoteCall>::Return, RpcError> {
    common::refuse_schedule(request.schedule_date)?;
    let actor = common::actor(cx)?;
    let turn = cx.platform().turn(actor.user).await;
    let peer = cx.input_peer(&request.peer).await?;
    let flags = Flags::default()
        .with(Flags::SILENT, request.silent)
        .with(Flags::NOFORWARDS, request.noforwards)
        .with(Flags::INVERT_MEDIA, request.invert_media)
        .with(Flags::NO_WEBPAGE, request.no_webpage);
    let outgoing = Outgoing {
        peer,
        reply: common::reply_to(cx, request.reply_to.as_ref()).await?,
        entities: from_client(cx, request.entities.as_ref()).await?,
        text: request.message,
        random_id: request.random_id,
        flags,
        media: None,
        clear_draft: request.clear_draft,
    };
    let sent = cx.platform().send_in_turn(turn, actor, outgoing).await?;
    common::sent(cx, actor.user, &[sent]).await
}
