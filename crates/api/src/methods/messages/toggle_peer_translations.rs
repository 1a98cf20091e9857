//! `messages.togglePeerTranslations`: whether a client offers to translate what a peer writes.

use tl::functions;

use crate::{Context, RpcError};

/// Kept for all devices; `userFull.translations_disabled` tells it.
pub async fn handle(cx: &Context<'_>, request: functions::messages::TogglePeerTranslations) -> Result<bool, RpcError> {
    let peer = cx.input_peer(&request.peer).await?;
    cx.platform().set_translation_off(cx.user()?, peer, request.disabled).await?;
    Ok(true)
}
