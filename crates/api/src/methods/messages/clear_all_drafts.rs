//! `messages.clearAllDrafts`: forgets every draft.

use tl::RemoteCall;
use tl::functions::messages::ClearAllDrafts;

use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    _request: ClearAllDrafts,
) -> Result<<ClearAllDrafts as RemoteCall>::Return, RpcError> {
    cx.platform().clear_all_drafts(cx.user()?).await?;
    Ok(true)
}
