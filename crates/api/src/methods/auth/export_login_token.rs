//! `auth.exportLoginToken`: what a device shows as a QR code; asked again until somebody accepted it.

use tl::{enums, functions, types};

use super::{authorization_view, permanent_key};
use crate::{Context, RpcError};

/// Success once another device accepted; at another DC the way home (protocol-checks 21).
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::auth::ExportLoginToken,
) -> Result<enums::auth::LoginToken, RpcError> {
    let key = permanent_key(cx)?;
    if let Some(user_id) = cx.user {
        let authorization = authorization_view(cx, user_id).await?;
        return Ok(types::auth::LoginTokenSuccess { authorization }.into());
    }
    let (token, expires) = cx.platform().login_token(key.id);
    let home = cx.api.settings().dc_id;
    match cx.caller.dialled_dc {
        Some(dialled) if dialled != home => Ok(types::auth::LoginTokenMigrateTo { dc_id: home, token }.into()),
        _ => Ok(types::auth::LoginToken { expires, token }.into()),
    }
}
