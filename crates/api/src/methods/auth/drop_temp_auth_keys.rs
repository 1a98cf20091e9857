//! `auth.dropTempAuthKeys`: forgets this device's temporary keys, except those named.

use platform::AuthKeyId;
use tl::functions;

use crate::{Context, RpcError};

/// Never an error for a client that has none: TDLib repeats the call ten times a second until it succeeds
/// (protocol-checks 9). The key the call came under is kept, as it is in use.
pub async fn handle(cx: &Context<'_>, request: functions::auth::DropTempAuthKeys) -> Result<bool, RpcError> {
    let named = request.except_auth_keys.iter().take(crate::limits::TEMP_KEYS_MAX).map(|id| AuthKeyId(*id));
    let kept: Vec<AuthKeyId> = named.chain(cx.caller.temp_key_id).collect();
    cx.platform().drop_temp_keys(cx.caller.key.id, &kept).await?;
    Ok(true)
}
