//! `account.setReactionsNotifySettings`: how reactions make themselves noticed.

use tl::{enums, functions};

use crate::views::notify::{reactions_notify, reactions_notify_of};
use crate::{Context, RpcError};

/// Answers with what is set now.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::account::SetReactionsNotifySettings,
) -> Result<enums::ReactionsNotifySettings, RpcError> {
    let wanted = reactions_notify_of(&request.settings);
    cx.platform().set_reactions_notify(cx.user()?, &wanted).await?;
    Ok(reactions_notify(&wanted))
}
