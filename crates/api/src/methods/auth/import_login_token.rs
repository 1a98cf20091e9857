//! `auth.importLoginToken`: a device that was let in at another DC goes on at home with its token.

use tl::{enums, functions, types};

use super::{authorization_view, permanent_key};
use crate::{Context, RpcError};

/// Success when somebody accepted the token there; else the device shows one for its key at home from now on.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::auth::ImportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    let key = permanent_key(cx)?;
    if cx.waiting().is_some() {
        return Err(RpcError::SESSION_PASSWORD_NEEDED);
    }
    if cx.user.is_none() && cx.platform().import_login_token(key, &request.token).await? {
        let user_id = key.user_id().ok_or(RpcError::AUTH_KEY_UNREGISTERED)?;
        let authorization = authorization_view(cx, user_id).await?;
        return Ok(types::auth::LoginTokenSuccess { authorization }.into());
    }
    cx.platform().check_login_token(&request.token)?;
    if let Some(user_id) = cx.user {
        let authorization = authorization_view(cx, user_id).await?;
        return Ok(types::auth::LoginTokenSuccess { authorization }.into());
    }
    let (token, expires) = cx.platform().login_token(key.id);
    Ok(types::auth::LoginToken { expires, token }.into())
}
