//! `account.updateProfile`: names, and the line under them.

use platform::people::person::ProfileEdit;
use tl::{enums, functions};

use crate::views::user::one_user;
use crate::{Context, RpcError};

/// What is not given stays as it is.
pub async fn handle(cx: &Context<'_>, request: functions::account::UpdateProfile) -> Result<enums::User, RpcError> {
    let user = cx.user()?;
    let edit = ProfileEdit { first_name: request.first_name, last_name: request.last_name, about: request.about };
    cx.platform().update_profile(user, edit, Some(cx.caller.key.id)).await?;
    Ok(one_user(cx.platform(), user, user).await?)
}
