//! `account.getPasswordSettings`: what hangs on the second password.

use tl::{enums, functions, types};

use crate::password::{proof, prover, secure_settings};
use crate::{Context, RpcError};

/// The recovery address and the secret of encrypted documents, for whoever knows the password.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::account::GetPasswordSettings,
) -> Result<enums::account::PasswordSettings, RpcError> {
    let prover = prover(cx, cx.user()?);
    let (email, secure) = cx.platform().password_settings(prover, &proof(request.password)).await?;
    Ok(types::account::PasswordSettings { email, secure_settings: secure.map(secure_settings) }.into())
}
