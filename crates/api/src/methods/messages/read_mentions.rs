//! `messages.readMentions`: mentions exist in groups only: nothing changes.

use tl::RemoteCall;
use tl::functions::messages::ReadMentions;

use super::common;
use crate::{Context, RpcError};
use platform::messages::Affected;

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: ReadMentions) -> Result<<ReadMentions as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    cx.input_peer(&request.peer).await?;
    let cut = cx.platform().cut(user).await?;
    Ok(common::affected_history(Affected { pts: cut.pts, ..Affected::default() }))
}
