//! `auth.exportLoginToken`: what a device shows as a QR code; asked again until somebody accepted it.

use tl::{enums, functions, types};

use super::{authorization_view, permanent_key};
use crate::{Context, RpcError};

/// Success once another device accepted; then at another DC the way home (protocol-checks 21), and the password where one
/// is owed.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::auth::ExportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    let key = permanent_key(cx)?;
    if let Some(user_id) = cx.user {
        let authorization = authorization_view(cx, user_id).await?;
        return Ok(types::auth::LoginTokenSuccess { authorization }.into());
    }
    if cx.waiting().is_some() {
        return Err(RpcError::SESSION_PASSWORD_NEEDED);
    }
    let (token, expires) = cx.platform().login_token(key.id);
    if cx.platform().is_let_in(key.id).await? {
        return Ok(types::auth::LoginTokenMigrateTo { dc_id: cx.api.settings().dc_id, token }.into());
    }
    Ok(types::auth::LoginToken { expires, token }.into())
}
