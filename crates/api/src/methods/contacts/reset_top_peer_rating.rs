//! `contacts.resetTopPeerRating`: a peer is no longer frequent.

use tl::functions;

use crate::{Context, RpcError};

/// Nobody is rated, so it is done.
pub async fn handle(cx: &Context<'_>, request: functions::contacts::ResetTopPeerRating) -> Result<bool, RpcError> {
    cx.input_peer(&request.peer).await?;
    Ok(true)
}
