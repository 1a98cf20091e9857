//! `auth.importAuthorization`: signs this key in with a token from another DC.

use platform::UserId;
use tl::{enums, functions};

use super::{authorization_view, permanent_key};
use crate::{Context, RpcError};

/// The key joins the device that exported the token, and leaves with it.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::auth::ImportAuthorization,
) -> Result<enums::auth::Authorization, RpcError> {
    let key = permanent_key(cx)?;
    let user_id = UserId(request.id);
    cx.platform().import_authorization(key, user_id, &request.bytes, &cx.caller.ip.to_string()).await?;
    authorization_view(cx, user_id).await
}
