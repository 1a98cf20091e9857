//! `contacts.search`: contacts by name, everybody by the beginning of their username.

use platform::UserId;
use tl::{enums, functions, types};

use crate::limits::SEARCH_PEOPLE_MAX;
use crate::views::peer::user_peer;
use crate::views::user::users;
use crate::{Context, RpcError};

/// The caller's own contacts first, strangers apart.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::contacts::Search,
) -> Result<enums::contacts::Found, RpcError> {
    let user = cx.user()?;
    if request.q.trim().is_empty() {
        return Err(RpcError::new(400, "SEARCH_QUERY_EMPTY"));
    }
    let limit = usize::try_from(request.limit).unwrap_or(0).clamp(1, SEARCH_PEOPLE_MAX);
    let mine = cx.platform().search_contacts(user, &request.q, limit).await?;
    let mut others = cx.platform().users_by_username_prefix(request.q.trim(), limit).await?;
    others.retain(|id| *id != user && !mine.contains(id));
    let ids: Vec<UserId> = mine.iter().chain(&others).copied().collect();
    let peers = |ids: &[UserId]| ids.iter().map(|id| user_peer(*id)).collect();
    Ok(types::contacts::Found {
        my_results: peers(&mine),
        results: peers(&others),
        chats: Vec::new(),
        users: users(cx.platform(), user, &ids).await?,
    }
    .into())
}
