//! `account.resetAuthorization`: signs one device out.

use tl::functions;

use crate::{Context, RpcError};

/// By the hash of the list; a device signs itself out with `auth.logOut`.
pub async fn handle(cx: &Context<'_>, request: functions::account::ResetAuthorization) -> Result<bool, RpcError> {
    cx.platform().reset_authorization(cx.user()?, request.hash).await?;
    Ok(true)
}
