//! `auth.recoverPassword`: the code from the mail replaces or removes a forgotten password, and lets the device in.

use tl::{enums, functions};

use super::{authorization_view, permanent_key};
use crate::password::new_settings;
use crate::{Context, RpcError};

/// Without new settings there is no password afterwards.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::auth::RecoverPassword,
) -> Result<enums::auth::Authorization, RpcError> {
    let (key, user) = (permanent_key(cx)?, cx.user_or_waiting()?);
    let new = request.new_settings.map(new_settings).transpose()?;
    cx.platform().recover(key, user, &request.code, new).await?;
    authorization_view(cx, user).await
}
