//! `users.getUsers`: people by id. Clients ask it for themselves to learn whether they are signed in.

use tl::{enums, functions};

use crate::limits::PEOPLE_PER_CALL_MAX;
use crate::views::user::users;
use crate::{Context, RpcError};

/// People whom the caller cannot name are left out, as Telegram does.
pub async fn handle(cx: &Context<'_>, request: functions::users::GetUsers) -> Result<Vec<enums::User>, RpcError> {
    let viewer = cx.user()?;
    if request.id.len() > PEOPLE_PER_CALL_MAX {
        return Err(RpcError::LIMIT_INVALID);
    }
    let ids = cx.known_input_users(&request.id).await?;
    Ok(users(cx.platform(), viewer, &ids).await?)
}
