//! The auth key and what is derived from it for one message.

use std::fmt;
use std::sync::Arc;

use crypto::{Zeroizing, sha1, sha256};

/// Which way a message goes: both ends derive different keys for the two ways (E2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client: `x = 0`.
    ToServer,
    /// From the server: `x = 8`.
    ToClient,
}

impl Direction {
    const fn x(self) -> usize {
        match self {
            Self::ToServer => 0,
            Self::ToClient => 8,
        }
    }
}

/// A 2048-bit key shared with one client. Prints only its id.
///
/// The secret lies in one place, which clones share and the last of them wipes: values that move leave copies behind.
#[derive(Clone)]
pub struct AuthKey {
    bytes: Arc<Zeroizing<[u8; 256]>>,
    id: i64,
    aux_hash: i64,
}

/// An AES key and IV of one message.
pub(super) struct MessageKeys {
    pub(super) key: Zeroizing<[u8; 32]>,
    pub(super) iv: Zeroizing<[u8; 32]>,
}

impl AuthKey {
    /// Takes the key's bytes and works out its two names.
    #[must_use]
    pub fn new(bytes: Zeroizing<[u8; 256]>) -> Self {
        Self::shared(Arc::new(bytes))
    }

    /// The same for bytes that somebody else keeps, too.
    #[must_use]
    pub fn shared(bytes: Arc<Zeroizing<[u8; 256]>>) -> Self {
        let digest = sha1(&[bytes.as_slice()]);
        Self { id: long_at(&digest, 12), aux_hash: long_at(&digest, 0), bytes }
    }

    /// Copies the key's bytes, for instance from a record of the store.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 256]) -> Self {
        Self::new(Zeroizing::new(*bytes))
    }

    /// `auth_key_id`: the lower 64 bits of its SHA-1.
    #[must_use]
    pub fn id(&self) -> i64 {
        self.id
    }

    /// `auth_key_aux_hash`: the higher 64 bits of its SHA-1.
    #[must_use]
    pub fn aux_hash(&self) -> i64 {
        self.aux_hash
    }

    /// The secret itself, for the store.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 256] {
        &self.bytes
    }

    fn part(&self, from: usize, length: usize) -> &[u8] {
        &self.bytes[from..from + length]
    }

    /// `msg_key_large`: SHA-256 over 32 bytes of the key and the whole plaintext, padding included.
    pub(super) fn msg_key_large(&self, direction: Direction, plaintext: &[u8]) -> [u8; 32] {
        sha256(&[self.part(88 + direction.x(), 32), plaintext])
    }

    /// The AES key and IV of a message of MTProto 2.0.
    pub(super) fn message_keys(&self, direction: Direction, msg_key: &[u8; 16]) -> MessageKeys {
        let x = direction.x();
        let a = Zeroizing::new(sha256(&[msg_key, self.part(x, 36)]));
        let b = Zeroizing::new(sha256(&[self.part(40 + x, 36), msg_key]));
        MessageKeys { key: join([&a[..8], &b[8..24], &a[24..]]), iv: join([&b[..8], &a[8..24], &b[24..]]) }
    }

    /// The AES key and IV of a message of MTProto 1.0 from a client (page "mtproto/description_v1").
    pub(super) fn v1_message_keys(&self, msg_key: &[u8; 16]) -> MessageKeys {
        let a = Zeroizing::new(sha1(&[msg_key, self.part(0, 32)]));
        let b = Zeroizing::new(sha1(&[self.part(32, 16), msg_key, self.part(48, 16)]));
        let c = Zeroizing::new(sha1(&[self.part(64, 32), msg_key]));
        let d = Zeroizing::new(sha1(&[msg_key, self.part(96, 32)]));
        MessageKeys { key: join([&a[..8], &b[8..20], &c[4..16]]), iv: join([&a[8..20], &b[..8], &c[16..20], &d[..8]]) }
    }
}

impl fmt::Debug for AuthKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("AuthKey").field("id", &self.id).finish_non_exhaustive()
    }
}

fn long_at(digest: &[u8; 20], from: usize) -> i64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[from..from + 8]);
    i64::from_le_bytes(bytes)
}

/// Joins parts that make up 32 bytes.
fn join<const COUNT: usize>(parts: [&[u8]; COUNT]) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0; 32]);
    let mut at = 0;
    for part in parts {
        out[at..at + part.len()].copy_from_slice(part);
        at += part.len();
    }
    out
}
