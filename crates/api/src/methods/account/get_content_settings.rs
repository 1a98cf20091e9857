//! `account.getContentSettings`: whether sensitive content is shown.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// People decide what they read (DESIGN §8): it can always be changed.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::account::GetContentSettings,
) -> Result<enums::account::ContentSettings, RpcError> {
    let sensitive_enabled = cx.platform().switches(cx.user()?).await?.sensitive_content.unwrap_or(false);
    Ok(types::account::ContentSettings { sensitive_enabled, sensitive_can_change: true }.into())
}
