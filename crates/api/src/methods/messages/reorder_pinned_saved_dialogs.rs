//! `messages.reorderPinnedSavedDialogs`: sets the order of the pinned dialogs of Saved Messages.

use tl::RemoteCall;
use tl::functions::messages::ReorderPinnedSavedDialogs;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: ReorderPinnedSavedDialogs,
) -> Result<<ReorderPinnedSavedDialogs as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let mut order = common::dialog_peers(cx, &request.order).await?;
    if !request.force {
        let before = cx.platform().pinned_saved(actor.user).await?;
        order.extend(
            before.into_iter().filter(|peer| !request.order.is_empty() && !order.contains(peer)).collect::<Vec<_>>(),
        );
    }
    cx.platform().pin_saved(actor, &order).await?;
    Ok(true)
}
