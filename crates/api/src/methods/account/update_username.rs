//! `account.updateUsername`: takes a username, or gives it back.

use tl::{enums, functions};

use crate::views::user::one_user;
use crate::{Context, RpcError};

/// An empty one gives it back.
pub async fn handle(cx: &Context<'_>, request: functions::account::UpdateUsername) -> Result<enums::User, RpcError> {
    let user = cx.user()?;
    cx.platform().update_username(user, &request.username, Some(cx.caller.key.id)).await?;
    Ok(one_user(cx.platform(), user, user).await?)
}
