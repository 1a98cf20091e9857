//! `messages.updatePinnedMessage`: pins or unpins a message.

use tl::RemoteCall;
use tl::functions::messages::UpdatePinnedMessage;

use super::common;
use crate::views::updates;
use crate::{Context, RpcError};
use platform::MsgId;
use platform::messages::Pinning;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: UpdatePinnedMessage,
) -> Result<<UpdatePinnedMessage as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let peer = cx.input_peer(&request.peer).await?;
    let pinning = Pinning { unpin: request.unpin, one_side: request.pm_oneside, silent: request.silent };
    let entries = cx.platform().pin_message(actor, peer, MsgId(request.id), pinning).await?;
    updates::container(cx.platform(), actor.user, &entries, cx.platform().now()).await
}
