//! `messages.getMessagesViews`: private messages have no view counters.

use tl::functions::messages::GetMessagesViews;
use tl::{RemoteCall, types};

use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetMessagesViews,
) -> Result<<GetMessagesViews as RemoteCall>::Return, RpcError> {
    cx.input_peer(&request.peer).await?;
    let none = types::MessageViews { views: None, forwards: None, replies: None };
    let views = request.id.iter().map(|_| none.clone().into()).collect();
    Ok(types::messages::MessageViews { views, chats: Vec::new(), users: Vec::new() }.into())
}
