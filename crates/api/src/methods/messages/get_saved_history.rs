//! `messages.getSavedHistory`: what is filed under one peer in Saved Messages.

use tl::RemoteCall;
use tl::functions::messages::GetSavedHistory;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetSavedHistory,
) -> Result<<GetSavedHistory as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let peer = cx.input_peer(&request.peer).await?;
    let window = common::window(
        (request.offset_id, request.offset_date),
        (request.add_offset, request.limit),
        (request.max_id, request.min_id),
    );
    let page = cx.platform().saved_history(user, peer, window).await?;
    common::page(cx, user, &page, request.hash).await
}
