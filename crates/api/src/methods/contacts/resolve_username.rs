//! `contacts.resolveUsername`: who has a username.

use platform::people::names::Username;
use tl::{enums, functions};

use super::resolved;
use crate::{Context, RpcError};

/// In any spelling.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::contacts::ResolveUsername,
) -> Result<enums::contacts::ResolvedPeer, RpcError> {
    let username = Username::parse(request.username.trim_start_matches('@'))?;
    let holder = cx.platform().user_by_username(username.as_str()).await?;
    resolved(cx, holder.ok_or(RpcError::new(400, "USERNAME_NOT_OCCUPIED"))?).await
}
