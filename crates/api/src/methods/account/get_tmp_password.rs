//! `account.getTmpPassword`: a password for a while, for what asks for it again and again.

use tl::{enums, functions, types};

use crate::password::{proof, prover};
use crate::{Context, RpcError};

/// Signed by the server; nothing is stored.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::account::GetTmpPassword,
) -> Result<enums::account::TmpPassword, RpcError> {
    let prover = prover(cx, cx.user()?);
    let made = cx.platform().tmp_password(prover, &proof(request.password), request.period).await?;
    let (tmp_password, valid_until) = made;
    Ok(types::account::TmpPassword { tmp_password, valid_until }.into())
}
