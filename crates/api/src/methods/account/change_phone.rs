//! `account.changePhone`: the account moves to another number.

use tl::{enums, functions};

use crate::views::user::one_user;
use crate::{Context, RpcError};

/// With the code that was sent to it.
pub async fn handle(cx: &Context<'_>, request: functions::account::ChangePhone) -> Result<enums::User, RpcError> {
    let user = cx.user()?;
    let (phone, hash) = (&request.phone_number, &request.phone_code_hash);
    cx.platform().change_phone(user, phone, hash, &request.phone_code, Some(cx.caller.key.id)).await?;
    Ok(one_user(cx.platform(), user, user).await?)
}
