//! `account.saveAutoSaveSettings`: what the person's devices save to their gallery by themselves.

use platform::people::preferences::{AutoSave, SaveScope};
use tl::{enums, functions};

use crate::{Context, RpcError};

/// For exactly one of: a peer, people, groups, channels.
pub async fn handle(cx: &Context<'_>, request: functions::account::SaveAutoSaveSettings) -> Result<bool, RpcError> {
    let enums::AutoSaveSettings::Settings(wanted) = &request.settings;
    let wanted = AutoSave { photos: wanted.photos, videos: wanted.videos, video_max_size: wanted.video_max_size };
    let scope = match (request.users, request.chats, request.broadcasts, &request.peer) {
        (true, false, false, None) => SaveScope::Users,
        (false, true, false, None) => SaveScope::Chats,
        (false, false, true, None) => SaveScope::Broadcasts,
        (false, false, false, Some(peer)) => SaveScope::Peer(cx.input_peer(peer).await?),
        _ => return Err(RpcError::PEER_ID_INVALID),
    };
    cx.platform().set_auto_save(cx.user()?, scope, &wanted).await?;
    Ok(true)
}
