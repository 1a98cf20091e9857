//! `messages.reorderPinnedDialogs`: sets the order of the pinned dialogs.

use tl::RemoteCall;
use tl::functions::messages::ReorderPinnedDialogs;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: ReorderPinnedDialogs,
) -> Result<<ReorderPinnedDialogs as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let order = common::dialog_peers(cx, &request.order).await?;
    if !(0..=1).contains(&request.folder_id) {
        return Err(RpcError::new(400, "FOLDER_ID_INVALID"));
    }
    cx.platform().reorder_pinned(actor, request.folder_id, &order, request.force).await?;
    Ok(true)
}
