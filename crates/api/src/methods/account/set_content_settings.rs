//! `account.setContentSettings`: whether sensitive content is shown.

use tl::functions;

use crate::{Context, RpcError};

/// Stored with the account.
pub async fn handle(cx: &Context<'_>, request: functions::account::SetContentSettings) -> Result<bool, RpcError> {
    let enabled = Some(request.sensitive_enabled);
    cx.platform().set_switches(cx.user()?, |switches| switches.sensitive_content = enabled).await?;
    Ok(true)
}
