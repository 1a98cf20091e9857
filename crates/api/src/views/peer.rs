//! Peers as TL names them.

use platform::{Peer, UserId};
use tl::{enums, types};

/// A peer.
#[must_use]
pub fn peer(peer: Peer) -> enums::Peer {
    match peer {
        Peer::User(user_id) => user_peer(user_id),
        Peer::Chat(chat_id) => types::PeerChat { chat_id }.into(),
        Peer::Channel(channel_id) => types::PeerChannel { channel_id }.into(),
    }
}

/// A person as a peer.
#[must_use]
pub fn user_peer(user_id: UserId) -> enums::Peer {
    types::PeerUser { user_id: user_id.0 }.into()
}
