//! `messages.toggleDialogPin`: pins a dialog to the top of its list, or unpins it.

use tl::RemoteCall;
use tl::functions::messages::ToggleDialogPin;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: ToggleDialogPin,
) -> Result<<ToggleDialogPin as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let peer = common::dialog_peer(cx, &request.peer).await?;
    cx.platform().pin_dialog(actor, peer, request.pinned).await?;
    Ok(true)
}
