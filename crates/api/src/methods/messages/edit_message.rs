//! `messages.editMessage`: changes the words of a message, what is attached to it, or both, on both sides.

use tl::functions::messages::EditMessage;
use tl::{RemoteCall, enums};

use super::common;
use super::media::media;
use crate::views::entities::from_client;
use crate::views::updates;
use crate::{Context, RpcError};
use platform::MsgId;
use platform::messages::Edit;

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: EditMessage) -> Result<<EditMessage as RemoteCall>::Return, RpcError> {
    common::refuse_schedule(request.schedule_date)?;
    let actor = common::actor(cx)?;
    let peer = cx.input_peer(&request.peer).await?;
    let media = match &request.media {
        None | Some(enums::InputMedia::Empty) => None,
        Some(input) => media(cx, input).await?,
    };
    if request.message.is_none() && media.is_none() {
        return Err(RpcError::new(400, "MESSAGE_NOT_MODIFIED"));
    }
    let entities = from_client(cx, request.entities.as_ref()).await?;
    let edit = Edit { text: request.message.as_deref(), entities: &entities, media };
    let (entry, _) = cx.platform().edit(actor, peer, MsgId(request.id), edit).await?;
    updates::container(cx.platform(), actor.user, &[entry], cx.platform().now()).await
}
