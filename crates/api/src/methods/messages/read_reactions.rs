//! `messages.readReactions`: reactions come with their own issue: nothing changes.

use tl::RemoteCall;
use tl::functions::messages::ReadReactions;

use super::common;
use crate::{Context, RpcError};
use platform::messages::Affected;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: ReadReactions,
) -> Result<<ReadReactions as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    cx.input_peer(&request.peer).await?;
    let cut = cx.platform().cut(user).await?;
    Ok(common::affected_history(Affected { pts: cut.pts, ..Affected::default() }))
}
