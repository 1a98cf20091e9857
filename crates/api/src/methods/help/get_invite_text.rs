//! `help.getInviteText`: the words with which someone invites a friend.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// Says where the server is: the friend's client must be told.
pub async fn handle(
    cx: &Context<'_>,
    _request: functions::help::GetInviteText,
) -> Result<enums::help::InviteText, RpcError> {
    let settings = cx.api.settings();
    let message = format!("I am on {}. Come and talk to me: {}", settings.name, settings.base_url);
    Ok(types::help::InviteText { message }.into())
}
