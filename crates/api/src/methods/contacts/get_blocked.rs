//! `contacts.getBlocked`: who is shut out, the latest first.

use platform::UserId;
use tl::{enums, functions, types};

use crate::limits::BLOCKED_PAGE_MAX;
use crate::views::peer::user_peer;
use crate::views::user::users;
use crate::{Context, RpcError};

/// A page of them, and how many there are when that is not all.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::contacts::GetBlocked,
) -> Result<enums::contacts::Blocked, RpcError> {
    let user = cx.user()?;
    let all = cx.platform().blocked(user).await?;
    let offset = usize::try_from(request.offset).unwrap_or(0);
    let limit = usize::try_from(request.limit).unwrap_or(0).min(BLOCKED_PAGE_MAX);
    let page: Vec<(UserId, i32)> = all.iter().skip(offset).take(limit).copied().collect();
    let ids: Vec<UserId> = page.iter().map(|(id, _)| *id).collect();
    let users = users(cx.platform(), user, &ids).await?;
    let blocked = page.iter().map(|(id, date)| types::PeerBlocked { peer_id: user_peer(*id), date: *date }.into());
    let blocked: Vec<enums::PeerBlocked> = blocked.collect();
    if blocked.len() == all.len() {
        return Ok(types::contacts::Blocked { blocked, chats: Vec::new(), users }.into());
    }
    let count = i32::try_from(all.len()).unwrap_or(i32::MAX);
    Ok(types::contacts::BlockedSlice { count, blocked, chats: Vec::new(), users }.into())
}
