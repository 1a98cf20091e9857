//! Whom a conversation is with. Part of the on-disk format: a kind byte once used is never reused.

use minicbor::{Decode, Encode};

use crate::UserId;

/// The other side of a conversation, as a mailbox names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
pub enum Peer {
    /// A person; the owner of the mailbox itself stands for Saved Messages.
    #[n(0)]
    User(#[n(0)] UserId),
    /// A basic group.
    #[n(1)]
    Chat(#[n(0)] i64),
    /// A channel or supergroup.
    #[n(2)]
    Channel(#[n(0)] i64),
}

impl Peer {
    /// Bytes of an encoded peer.
    pub(crate) const BYTES: usize = 9;

    /// The person, if it is one.
    #[must_use]
    pub fn user(self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(id),
            Self::Chat(_) | Self::Channel(_) => None,
        }
    }

    /// Kind byte and id, as keys contain them: ordered by kind, then id.
    pub(crate) fn to_key(self) -> [u8; Self::BYTES] {
        let (kind, id) = match self {
            Self::User(id) => (0, id.0),
            Self::Chat(id) => (1, id),
            Self::Channel(id) => (2, id),
        };
        let mut bytes = [0; Self::BYTES];
        bytes[0] = kind;
        bytes[1..].copy_from_slice(&id.to_be_bytes());
        bytes
    }

    /// The peer of [`Peer::to_key`]'s bytes.
    pub(crate) fn from_key(bytes: &[u8]) -> Option<Self> {
        let (&kind, id) = bytes.split_first()?;
        let id = i64::from_be_bytes(id.get(..8)?.try_into().ok()?);
        match kind {
            0 => Some(Self::User(UserId(id))),
            1 => Some(Self::Chat(id)),
            2 => Some(Self::Channel(id)),
            _ => None,
        }
    }
}

impl From<UserId> for Peer {
    fn from(id: UserId) -> Self {
        Self::User(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_gives_its_peer_back() {
        for peer in [Peer::User(UserId(7)), Peer::Chat(-1), Peer::Channel(i64::MAX)] {
            assert_eq!(Peer::from_key(&peer.to_key()), Some(peer));
        }
        assert_eq!(Peer::from_key(&[3, 0, 0, 0, 0, 0, 0, 0, 0]), None);
        assert_eq!(Peer::from_key(&[0, 1]), None);
    }
}
