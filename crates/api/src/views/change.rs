//! Entries of the second log as updates: none of them carries pts.

use std::collections::HashMap;

use platform::mailbox::{Change, ChatNote};
use platform::messages::Draft;
use platform::people::privacy::PrivacyKey;
use platform::people::settings::NotifyScope;
use platform::{Peer, Platform, UserId};
use tl::{enums, types};

use super::peer::peer;
use super::peers::Peers;
use super::{chat, device, filter, notify, privacy, updates, user};
use crate::RpcError;

/// What the owner's devices are told of a change.
pub(super) async fn updates(
    platform: &Platform,
    viewer: UserId,
    change: &Change,
    date: i32,
    drafts: &HashMap<Peer, Draft>,
    peers: &mut Peers,
) -> Result<Option<enums::Update>, RpcError> {
    Ok(Some(match change {
        Change::Draft { peer, .. } => {
            peers.add(*peer);
            updates::draft_update(*peer, drafts.get(peer), date)
        }
        Change::DialogPinned { .. } | Change::PinnedOrder { .. } | Change::UnreadMark { .. } => {
            list_update(change, peers)
        }
        Change::SavedPinnedOrder { order } => {
            order.iter().for_each(|peer| peers.add(*peer));
            types::UpdatePinnedSavedDialogs { order: Some(dialog_peers(order)) }.into()
        }
        Change::Filter { id, present } => filter::update(platform, viewer, *id, *present, peers).await?,
        Change::FilterOrder { order } => types::UpdateDialogFilterOrder { order: order.clone() }.into(),
        Change::HistoryTtl { peer: with, seconds } => {
            peers.add(*with);
            let ttl_period = (*seconds > 0).then_some(*seconds);
            types::UpdatePeerHistoryTtl { peer: peer(*with), ttl_period }.into()
        }
        Change::BarHidden { peer } | Change::PeerSettings { peer } => {
            bar_update(platform, viewer, *peer, peers).await?
        }
        Change::Contact { user } => bar_update(platform, viewer, Peer::User(*user), peers).await?,
        Change::Blocked { peer: with, blocked } => {
            peers.add(*with);
            types::UpdatePeerBlocked { blocked: *blocked, blocked_my_stories_from: false, peer_id: peer(*with) }.into()
        }
        Change::ContactsReset => enums::Update::ContactsReset,
        Change::Notify { peer, kind } => return notify_update(platform, viewer, *peer, *kind, peers).await,
        Change::UserName { user } | Change::UserPhone { user } | Change::User { user } => {
            return person_update(platform, viewer, change, *user, peers).await;
        }
        Change::NewAuthorization { hash } => {
            return Ok(device::new_authorization(platform, viewer, *hash).await?);
        }
        Change::Privacy { key } => return privacy_update(platform, viewer, *key, peers).await,
        Change::Chat { chat, note } => return chat_update(platform, viewer, *chat, *note, peers).await,
        Change::ReadDate { .. } => return Ok(None),
    }))
}

/// What changed about a group, as it is now; nothing for those who are not in it any more.
async fn chat_update(
    platform: &Platform,
    viewer: UserId,
    chat_id: i64,
    note: ChatNote,
    peers: &mut Peers,
) -> Result<Option<enums::Update>, RpcError> {
    let Some(group) = platform.chat(chat_id).await?.filter(|group| group.has(viewer)) else { return Ok(None) };
    peers.add_chat(chat_id);
    let version = group.version;
    Ok(Some(match note {
        ChatNote::About => types::UpdateChat { chat_id }.into(),
        ChatNote::Rights => types::UpdateChatDefaultBannedRights {
            peer: peer(Peer::Chat(chat_id)),
            default_banned_rights: chat::banned_rights(group.banned),
            version,
        }
        .into(),
        ChatNote::Admin(user) => {
            peers.add_user(user);
            let is_admin = group.is_admin(user);
            types::UpdateChatParticipantAdmin { chat_id, user_id: user.0, is_admin, version }.into()
        }
    }))
}

fn list_update(change: &Change, peers: &mut Peers) -> enums::Update {
    let in_folder = |folder: i32| (folder != 0).then_some(folder);
    match change {
        Change::DialogPinned { peer, folder, pinned } => {
            peers.add(*peer);
            let folder_id = in_folder(*folder);
            types::UpdateDialogPinned { pinned: *pinned, folder_id, peer: dialog_peer(*peer) }.into()
        }
        Change::PinnedOrder { folder, order } => {
            order.iter().for_each(|peer| peers.add(*peer));
            types::UpdatePinnedDialogs { folder_id: in_folder(*folder), order: Some(dialog_peers(order)) }.into()
        }
        Change::UnreadMark { peer, unread } => {
            peers.add(*peer);
            types::UpdateDialogUnreadMark { unread: *unread, peer: dialog_peer(*peer), saved_peer_id: None }.into()
        }
        _ => enums::Update::DialogFilters,
    }
}

/// A dialog named by its peer.
#[must_use]
pub fn dialog_peer(with: Peer) -> enums::DialogPeer {
    types::DialogPeer { peer: peer(with) }.into()
}

fn dialog_peers(list: &[Peer]) -> Vec<enums::DialogPeer> {
    list.iter().map(|peer| dialog_peer(*peer)).collect()
}

async fn bar_update(
    platform: &Platform,
    viewer: UserId,
    with: Peer,
    peers: &mut Peers,
) -> Result<enums::Update, RpcError> {
    peers.add(with);
    let settings = super::dialog::bar(platform, viewer, with).await?;
    Ok(types::UpdatePeerSettings { peer: peer(with), settings }.into())
}

async fn notify_update(
    platform: &Platform,
    viewer: UserId,
    with: Option<Peer>,
    kind: u8,
    peers: &mut Peers,
) -> Result<Option<enums::Update>, RpcError> {
    with.into_iter().for_each(|peer| peers.add(peer));
    let Some(scope) = NotifyScope::of_change(with, kind) else { return Ok(None) };
    Ok(Some(notify::notify_update(platform, viewer, scope).await?))
}

async fn privacy_update(
    platform: &Platform,
    viewer: UserId,
    key: u8,
    peers: &mut Peers,
) -> Result<Option<enums::Update>, RpcError> {
    let Some(key) = PrivacyKey::from_number(key) else { return Ok(None) };
    let (update, named) = privacy::privacy_update(platform, viewer, key).await?;
    named.into_iter().for_each(|user| peers.add_user(user));
    Ok(Some(update))
}

/// The viewer's own view of the person is the one source for names and numbers.
async fn person_update(
    platform: &Platform,
    viewer: UserId,
    change: &Change,
    of: UserId,
    peers: &mut Peers,
) -> Result<Option<enums::Update>, RpcError> {
    peers.add_user(of);
    if matches!(change, Change::UserName { .. }) {
        return Ok(user::name_update(platform, viewer, of).await?);
    }
    let phone = match user::one_user(platform, viewer, of).await? {
        enums::User::User(shown) => shown.phone.filter(|_| matches!(change, Change::UserPhone { .. })),
        enums::User::Empty(_) => None,
    };
    Ok(Some(match phone {
        Some(phone) => types::UpdateUserPhone { user_id: of.0, phone }.into(),
        None => types::UpdateUser { user_id: of.0 }.into(),
    }))
}
