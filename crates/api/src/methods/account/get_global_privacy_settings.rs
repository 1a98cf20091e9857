//! `account.getGlobalPrivacySettings`: privacy beyond single rules.

use tl::{enums, functions};

use super::global_privacy_view;
use crate::{Context, RpcError};

/// As set.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::account::GetGlobalPrivacySettings,
) -> Result<enums::GlobalPrivacySettings, RpcError> {
    Ok(global_privacy_view(&cx.platform().switches(cx.user()?).await?))
}
