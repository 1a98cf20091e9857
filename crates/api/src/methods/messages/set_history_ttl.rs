//! `messages.setHistoryTtl`: disappearing messages come with their own issue.

use tl::RemoteCall;
use tl::functions::messages::SetHistoryTtl;

use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: SetHistoryTtl,
) -> Result<<SetHistoryTtl as RemoteCall>::Return, RpcError> {
    cx.input_peer(&request.peer).await?;
    Err(RpcError::new(400, "TTL_PERIOD_INVALID"))
}
