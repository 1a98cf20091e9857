//! `account.getReactionsNotifySettings`: how reactions make themselves noticed.

use tl::{enums, functions};

use crate::views::notify::reactions_notify;
use crate::{Context, RpcError};

/// As set; until then, those of contacts do.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::account::GetReactionsNotifySettings,
) -> Result<enums::ReactionsNotifySettings, RpcError> {
    Ok(reactions_notify(&cx.platform().reactions_notify(cx.user()?).await?))
}
