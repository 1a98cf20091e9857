//! `auth.checkRecoveryPassword`: whether the code from the mail is right, before a new password is asked for.

use tl::functions;

use crate::password::prover;
use crate::{Context, RpcError};

/// True, or the documented refusal.
pub async fn handle(cx: &Context<'_>, request: functions::auth::CheckRecoveryPassword) -> Result<bool, RpcError> {
    cx.platform().check_recovery(prover(cx, cx.user_or_waiting()?), &request.code).await?;
    Ok(true)
}
