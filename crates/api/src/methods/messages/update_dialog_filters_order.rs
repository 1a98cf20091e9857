//! `messages.updateDialogFiltersOrder`: sets the order of the folders.

use tl::RemoteCall;
use tl::functions::messages::UpdateDialogFiltersOrder;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: UpdateDialogFiltersOrder,
) -> Result<<UpdateDialogFiltersOrder as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    cx.platform().reorder_filters(actor, &request.order).await?;
    Ok(true)
}
