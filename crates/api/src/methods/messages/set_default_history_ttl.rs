//! `messages.setDefaultHistoryTTL`: disappearing messages come with their own issue, so that none is the only choice.

use tl::functions;

use crate::{Context, RpcError};

/// True for what holds anyway.
pub async fn handle(cx: &Context<'_>, request: functions::messages::SetDefaultHistoryTtl) -> Result<bool, RpcError> {
    cx.user()?;
    if request.period == 0 { Ok(true) } else { Err(RpcError::new(400, "TTL_PERIOD_INVALID")) }
}
