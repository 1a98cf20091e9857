//! `messages.editMessage`: changes the words of a message on both sides.

use tl::functions::messages::EditMessage;
use tl::{RemoteCall, enums};

use super::common;
use crate::views::entities::from_client;
use crate::views::updates;
use crate::{Context, RpcError};
use platform::MsgId;

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: EditMessage) -> Result<<EditMessage as RemoteCall>::Return, RpcError> {
    common::refuse_schedule(request.schedule_date)?;
    let actor = common::actor(cx)?;
    if !matches!(request.media, None | Some(enums::InputMedia::WebPage(_) | enums::InputMedia::Empty)) {
        return Err(RpcError::new(400, "MEDIA_INVALID"));
    }
    let peer = cx.input_peer(&request.peer).await?;
    let Some(text) = request.message else { return Err(RpcError::new(400, "MESSAGE_NOT_MODIFIED")) };
    let entities = from_client(cx, request.entities.as_ref()).await?;
    let id = MsgId(request.id);
    let (entry, _) = cx.platform().edit_message(actor, peer, id, &text, &entities).await?;
    updates::container(cx.platform(), actor.user, &[entry], cx.platform().now()).await
}
