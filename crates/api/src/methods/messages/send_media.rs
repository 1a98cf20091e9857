//! `messages.sendMedia`: sends a photo, a document, a place, a card, a die, or a text with a link.

use tl::RemoteCall;
use tl::functions::messages::SendMedia;

use super::common;
use super::media::media;
use crate::views::entities::from_client;
use crate::{Context, RpcError};
use platform::mailbox::Flags;
use platform::messages::Outgoing;

/// Answers the request. What is attached is made before the sender's turn, for pictures take their time.
pub async fn handle(cx: &Context<'_>, request: SendMedia) -> Result<<SendMedia as RemoteCall>::Return, RpcError> {
    common::refuse_schedule(request.schedule_date)?;
    let actor = common::actor(cx)?;
    let peer = cx.input_peer(&request.peer).await?;
    if let Some(sent) = cx.platform().sent_earlier(actor.user, request.random_id).await? {
        return common::sent(cx, actor.user, &[sent]).await;
    }
    cx.platform().check_reachable(actor.user, peer).await?;
    let media = media(cx, &request.media).await?;
    let turn = cx.platform().turn(actor.user).await;
    let flags = Flags::default()
        .with(Flags::SILENT, request.silent)
        .with(Flags::NOFORWARDS, request.noforwards)
        .with(Flags::INVERT_MEDIA, request.invert_media);
    let outgoing = Outgoing {
        peer,
        reply: common::reply_to(cx, request.reply_to.as_ref()).await?,
        entities: from_client(cx, request.entities.as_ref()).await?,
        text: request.message,
        random_id: request.random_id,
        flags,
        media,
        clear_draft: request.clear_draft,
    };
    let sent = cx.platform().send_in_turn(turn, actor, outgoing).await?;
    common::sent(cx, actor.user, &[sent]).await
}
