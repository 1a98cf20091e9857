//! `messages.hidePeerSettingsBar`: closes the bar above a conversation.

use tl::RemoteCall;
use tl::functions::messages::HidePeerSettingsBar;

use super::common;
use crate::{Context, RpcError};

/// Answers the request.
pub async fn handle(
    cx: &Context<'_>,
    request: HidePeerSettingsBar,
) -> Result<<HidePeerSettingsBar as RemoteCall>::Return, RpcError> {
    let actor = common::actor(cx)?;
    let peer = cx.input_peer(&request.peer).await?;
    cx.platform().hide_bar(actor, peer).await?;
    Ok(true)
}
