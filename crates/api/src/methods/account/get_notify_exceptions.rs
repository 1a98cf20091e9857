//! `account.getNotifyExceptions`: peers with notification settings of their own.

use platform::Peer;
use platform::people::settings::NotifyScope;
use tl::{enums, functions, types};

use super::notify_scope;
use crate::views::notify::{notify_peer, notify_settings};
use crate::views::peers::Peers;
use crate::views::updates::contain;
use crate::{Context, RpcError};

/// As updates, with the people they name; of one peer only, or of one kind, if asked so.
pub async fn handle(
    cx: &Context<'_>,
    request: functions::account::GetNotifyExceptions,
) -> Result<enums::Updates, RpcError> {
    let user = cx.user()?;
    let wanted = match &request.peer {
        Some(peer) => Some(notify_scope(cx, peer).await?),
        None => None,
    };
    let mut found = cx.platform().notify_exceptions(user).await?;
    found.retain(|(peer, settings)| {
        is_wanted(wanted, *peer)
            && (!request.compare_sound || settings.sound.is_some() || settings.mute_until.is_some())
    });
    let mut peers = Peers::default();
    found.iter().for_each(|(peer, _)| peers.add(*peer));
    let updates = found.iter().map(|(peer, settings)| {
        let peer = notify_peer(NotifyScope::Peer(*peer));
        types::UpdateNotifySettings { peer, notify_settings: notify_settings(settings) }.into()
    });
    contain(cx.platform(), user, updates.collect(), peers, cx.platform().now()).await
}

fn is_wanted(wanted: Option<NotifyScope>, peer: Peer) -> bool {
    match wanted {
        None => true,
        Some(NotifyScope::Peer(one)) => one == peer,
        Some(NotifyScope::Users) => matches!(peer, Peer::User(_)),
        Some(NotifyScope::Chats) => matches!(peer, Peer::Chat(_)),
        Some(NotifyScope::Broadcasts) => matches!(peer, Peer::Channel(_)),
    }
}
