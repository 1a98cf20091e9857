//! `updates.getChannelDifference`: channels come with their own issue, so none is known.

use tl::RemoteCall;
use tl::functions::updates::GetChannelDifference;

use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    _: GetChannelDifference,
) -> Result<<GetChannelDifference as RemoteCall>::Return, RpcError> {
    cx.user()?;
    Err(RpcError::CHANNEL_INVALID)
}
