//! `account.updatePasswordSettings`: sets, changes or removes the second password.

use tl::functions;

use crate::password::{new_settings, proof, prover};
use crate::{Context, RpcError};

/// True once it is in force; with a new recovery address, the code from the mail is asked for first.
pub async fn handle(cx: &Context<'_>, request: functions::account::UpdatePasswordSettings) -> Result<bool, RpcError> {
    let prover = prover(cx, cx.user()?);
    let new = new_settings(request.new_settings)?;
    cx.platform().update_password(prover, &proof(request.password), new).await?;
    Ok(true)
}
