//! `auth.importLoginToken`: a device that was sent home goes on here with its token.

use tl::{enums, functions, types};

use super::{authorization_view, permanent_key};
use crate::{Context, RpcError};

/// The token named the key of the other DC; the device shows one for its key at home from now on.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::auth::ImportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    let key = permanent_key(cx)?;
    cx.platform().check_login_token(&request.token)?;
    if let Some(user_id) = cx.user {
        let authorization = authorization_view(cx, user_id).await?;
        return Ok(types::auth::LoginTokenSuccess { authorization }.into());
    }
    let (token, expires) = cx.platform().login_token(key.id);
    Ok(types::auth::LoginToken { expires, token }.into())
}
