//! `messages.getCommonChats`: the groups that one shares with somebody.

use tl::functions::messages::GetCommonChats;
use tl::{RemoteCall, types};

use crate::views::chat::chat;
use crate::{Context, RpcError};
use platform::limits::chats::COMMON_CHATS_PAGE_MAX;

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: GetCommonChats,
) -> Result<<GetCommonChats as RemoteCall>::Return, RpcError> {
    let user = cx.user()?;
    let other = cx.input_user(&request.user_id).await?;
    if other == user {
        return Err(RpcError::USER_ID_INVALID);
    }
    let limit = usize::try_from(request.limit).unwrap_or(0).min(COMMON_CHATS_PAGE_MAX);
    let common = cx.platform().common_chats(user, other, request.max_id, limit).await?;
    let chats = common.iter().map(|common| chat(cx.platform(), user, common)).collect();
    Ok(types::messages::Chats { chats }.into())
}
