//! Folders between the wire and the store.

use platform::messages::Filter;
use platform::{Peer, Platform, UserId};
use tl::{enums, types};

use super::entities::entities;
use super::peers::Peers;
use crate::RpcError;

/// Bits of [`Filter::flags`], by the flag numbers of `dialogFilter`.
mod bit {
    pub const CONTACTS: u32 = 1;
    pub const NON_CONTACTS: u32 = 1 << 1;
    pub const GROUPS: u32 = 1 << 2;
    pub const BROADCASTS: u32 = 1 << 3;
    pub const BOTS: u32 = 1 << 4;
    pub const EXCLUDE_MUTED: u32 = 1 << 11;
    pub const EXCLUDE_READ: u32 = 1 << 12;
    pub const EXCLUDE_ARCHIVED: u32 = 1 << 13;
    pub const TITLE_NOANIMATE: u32 = 1 << 28;
}

/// The news of a folder.
pub(super) async fn update(
    platform: &Platform,
    viewer: UserId,
    id: i32,
    present: bool,
    peers: &mut Peers,
) -> Result<enums::Update, RpcError> {
    let found = platform.filters(viewer).await?.into_iter().find(|filter| present && filter.id == id);
    let filter = found.map(|found| filter(platform, viewer, &found, peers));
    Ok(types::UpdateDialogFilter { id, filter }.into())
}

/// A folder on the wire.
pub fn filter(platform: &Platform, viewer: UserId, filter: &Filter, peers: &mut Peers) -> enums::DialogFilter {
    let mut list = |list: &[Peer]| -> Vec<enums::InputPeer> {
        list.iter().for_each(|peer| peers.add(*peer));
        list.iter().map(|peer| input_peer(platform, viewer, *peer)).collect()
    };
    let has = |bit: u32| filter.flags & bit != 0;
    types::DialogFilter {
        contacts: has(bit::CONTACTS),
        non_contacts: has(bit::NON_CONTACTS),
        groups: has(bit::GROUPS),
        broadcasts: has(bit::BROADCASTS),
        bots: has(bit::BOTS),
        exclude_muted: has(bit::EXCLUDE_MUTED),
        exclude_read: has(bit::EXCLUDE_READ),
        exclude_archived: has(bit::EXCLUDE_ARCHIVED),
        title_noanimate: has(bit::TITLE_NOANIMATE),
        id: filter.id,
        title: types::TextWithEntities {
            text: filter.title.clone(),
            entities: entities(&filter.title_entities).unwrap_or_default(),
        }
        .into(),
        emoticon: filter.emoticon.clone(),
        color: filter.color,
        pinned_peers: list(&filter.pinned),
        include_peers: list(&filter.include),
        exclude_peers: list(&filter.exclude),
    }
    .into()
}

/// The flags of a folder as a client sends it.
#[must_use]
pub fn flags(filter: &types::DialogFilter) -> u32 {
    [
        (filter.contacts, bit::CONTACTS),
        (filter.non_contacts, bit::NON_CONTACTS),
        (filter.groups, bit::GROUPS),
        (filter.broadcasts, bit::BROADCASTS),
        (filter.bots, bit::BOTS),
        (filter.exclude_muted, bit::EXCLUDE_MUTED),
        (filter.exclude_read, bit::EXCLUDE_READ),
        (filter.exclude_archived, bit::EXCLUDE_ARCHIVED),
        (filter.title_noanimate, bit::TITLE_NOANIMATE),
    ]
    .into_iter()
    .filter_map(|(on, bit)| on.then_some(bit))
    .sum()
}

fn input_peer(platform: &Platform, viewer: UserId, peer: Peer) -> enums::InputPeer {
    match peer {
        Peer::User(user) if user == viewer => enums::InputPeer::PeerSelf,
        Peer::User(user) => {
            types::InputPeerUser { user_id: user.0, access_hash: platform.access_hash(viewer, user) }.into()
        }
        Peer::Chat(chat_id) => types::InputPeerChat { chat_id }.into(),
        Peer::Channel(channel_id) => types::InputPeerChannel { channel_id, access_hash: 0 }.into(),
    }
}
