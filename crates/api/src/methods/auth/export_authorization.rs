//! `auth.exportAuthorization`: a token with which the key of another DC is signed in as the same person.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// All DCs are this server: the token is good at any of them, once.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::auth::ExportAuthorization,
) -> Result<enums::auth::ExportedAuthorization, RpcError> {
    if !(1..=crate::limits::DC_ID_MAX).contains(&request.dc_id) {
        return Err(RpcError::new(400, "DC_ID_INVALID"));
    }
    let (user_id, bytes) = cx.platform().export_authorization(&cx.caller.key).await?;
    Ok(types::auth::ExportedAuthorization { id: user_id.0, bytes }.into())
}
