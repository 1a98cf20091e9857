//! `messages.toggleSavedDialogPin`: pins a dialog of Saved Messages, or unpins it.

use tl::RemoteCall;
use tl::functions::messages::ToggleSavedDialogPin;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: ToggleSavedDialogPin,
) -> Result<<ToggleSavedDialogPin as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let peer = common::dialog_peer(cx, &request.peer).await?;
    let mut order = cx.platform().pinned_saved(actor.user).await?;
    order.retain(|other| *other != peer);
    if request.pinned {
        order.insert(0, peer);
    }
    cx.platform().pin_saved(actor, &order).await?;
    Ok(true)
}
