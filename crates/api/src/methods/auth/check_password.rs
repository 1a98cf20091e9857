//! `auth.checkPassword`: second passwords come with the next issue, so nobody has one.

use tl::{enums, functions};

use crate::{Context, RpcError};

/// No answer can be right.
pub async fn handle(
    _cx: &Context<'_>,
    _request: functions::auth::CheckPassword,
) -> Result<enums::auth::Authorization, RpcError> {
    Err(RpcError::new(400, "PASSWORD_HASH_INVALID"))
}
