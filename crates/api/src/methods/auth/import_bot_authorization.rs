//! `auth.importBotAuthorization`: bots come with a later issue.

use tl::{enums, functions};

use crate::{Context, RpcError};

/// No token was ever given out, so none is right.
pub async fn handle(
    _cx: &Context<'_>,
    _request: functions::auth::ImportBotAuthorization,
) -> Result<enums::auth::Authorization, RpcError> {
    Err(RpcError::new(400, "ACCESS_TOKEN_INVALID"))
}
