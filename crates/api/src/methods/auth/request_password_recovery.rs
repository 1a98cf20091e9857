//! `auth.requestPasswordRecovery`: a code goes to the recovery address.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// The address, made unrecognisable; refused where no mail can be sent.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::auth::RequestPasswordRecovery,
) -> Result<enums::auth::PasswordRecovery, RpcError> {
    let email_pattern = cx.platform().request_recovery(cx.user_or_waiting()?).await?;
    Ok(types::auth::PasswordRecovery { email_pattern }.into())
}
