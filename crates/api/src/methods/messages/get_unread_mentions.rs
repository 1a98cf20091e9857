//! `messages.getUnreadMentions`: mentions exist in groups only.

use tl::RemoteCall;
use tl::functions::messages::GetUnreadMentions;

use super::common;
use crate::{Context, RpcError};
use platform::mailbox::HistoryPage;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetUnreadMentions,
) -> Result<<GetUnreadMentions as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    cx.input_peer(&request.peer).await?;
    common::page(cx, user, &HistoryPage::default(), 0).await
}
