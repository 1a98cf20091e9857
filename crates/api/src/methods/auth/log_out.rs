//! `auth.logOut`: this device knows nobody any more; its auth key stays.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// True also for a device that is signed out already: clients call it to be sure.
pub async fn handle(cx: &Context<'_>, _request: functions::auth::LogOut) -> Result<enums::auth::LoggedOut, RpcError> {
    cx.platform().sign_out(&cx.caller.key).await?;
    Ok(types::auth::LoggedOut { future_auth_token: None }.into())
}
