//! `auth.bindTempAuthKey`: a temporary key acts for a permanent one, whose possession the client proves.
//!
//! Source: core.telegram.org/method/auth.bindTempAuthKey, protocol-checks K15.

use std::sync::Arc;

use mtproto::envelope::{AuthKey, Binding as Proof, open_binding};
use platform::people::auth_key::Binding;
use platform::{AuthKeyId, AuthKeyKind, AuthKeyState};
use tl::functions;

use crate::{Context, RpcError};

/// Every way in which the proof can be wrong is one error: it tells nothing about the permanent key.
const INVALID: RpcError = RpcError::new(400, "ENCRYPTED_MESSAGE_INVALID");

/// Binds the key that the call came under.
pub async fn handle(cx: &Context<'_>, request: functions::auth::BindTempAuthKey) -> Result<bool, RpcError> {
    let temporary = temporary_key(cx).await?;
    let permanent_id = AuthKeyId(request.perm_auth_key_id);
    let permanent = cx.platform().auth_key(permanent_id).await?.ok_or(INVALID)?;
    if permanent.kind != AuthKeyKind::Permanent {
        return Err(INVALID);
    }
    let key = AuthKey::shared(permanent.key.clone());
    let proof = open_binding(&key, &request.encrypted_message).map_err(|_| INVALID)?;
    if !proves(&proof, cx, &request, temporary.id) {
        return Err(INVALID);
    }
    let binding = Binding { permanent: permanent_id, expires_at: request.expires_at, nonce: request.nonce };
    cx.platform().bind_temp_key(&temporary, binding).await?;
    Ok(true)
}

/// The temporary key that the call came under, whether it is bound already or not.
async fn temporary_key(cx: &Context<'_>) -> Result<Arc<AuthKeyState>, RpcError> {
    let empty = RpcError::new(400, "TEMP_AUTH_KEY_EMPTY");
    match cx.caller.temp_key_id {
        Some(id) => cx.platform().auth_key(id).await?.ok_or(empty),
        None => Ok(cx.caller.key.clone()),
    }
}

/// The id of the message inside is not compared: a client that sends the same proof again under a new id after a lost
/// connection would be told that its permanent key is unknown, and TDLib then destroys its session. Session, nonce, both
/// keys and the time say what the proof is for.
fn proves(proof: &Proof, cx: &Context<'_>, request: &functions::auth::BindTempAuthKey, temporary: AuthKeyId) -> bool {
    proof.nonce == request.nonce
        && proof.temp_auth_key_id == temporary.0
        && proof.perm_auth_key_id == request.perm_auth_key_id
        && proof.temp_session_id == cx.caller.session_id
        && proof.expires_at == request.expires_at
}
