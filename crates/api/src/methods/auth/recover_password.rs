//! `auth.recoverPassword`: the code from the mail replaces or removes a forgotten password, and lets the device in.

use tl::{enums, functions};

use super::{authorization_view, permanent_key};
use crate::password::{new_settings, prover};
use crate::{Context, RpcError};

/// Without new settings there is no password afterwards.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::auth::RecoverPassword,
) -> Result<enums::auth::Authorization, RpcError> {
    permanent_key(cx)?;
    let user = cx.user_or_waiting()?;
    let new = request.new_settings.map(new_settings).transpose()?;
    cx.platform().recover(prover(cx, user), &request.code, new).await?;
    authorization_view(cx, user).await
}
