//! `messages.forwardMessages`: sends copies with a header that names their author.

use tl::RemoteCall;
use tl::functions::messages::ForwardMessages;

use super::common;
use crate::{Context, RpcError};
use platform::MsgId;
use platform::mailbox::Flags;
use platform::messages::ForwardRequest;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: ForwardMessages,
) -> Result<<ForwardMessages as RemoteCall>::Return, RpcError> {
    common::refuse_schedule(request.schedule_date)?;
    let actor = common::actor(cx)?;
    let turn = cx.platform().turn(actor.user).await;
    let from = cx.input_peer(&request.from_peer).await?;
    let to = cx.input_peer(&request.to_peer).await?;
    let wanted = ForwardRequest {
        ids: request.id.iter().map(|id| MsgId(*id)).collect(),
        random_ids: request.random_id,
        drop_author: request.drop_author,
        drop_captions: request.drop_media_captions,
        flags: Flags::default().with(Flags::SILENT, request.silent).with(Flags::NOFORWARDS, request.noforwards),
    };
    let sent = cx.platform().forward_in_turn(turn, actor, from, to, wanted).await?;
    common::sent(cx, actor.user, &sent).await
}
