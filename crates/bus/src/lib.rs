//! Who must hear about what. The bus carries signals only and may lose, double or reorder any of them: nothing that
//! matters depends on a signal arriving, because heads of locally online owners are read again every few seconds.

use bytes::Bytes;

/// One signal. Identifiers are plain numbers: the bus knows no meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The mailbox of this user moved: read it again from your cursor.
    Moved {
        /// The user whose mailbox moved.
        user_id: i64,
    },
    /// Something not stored (typing, online status) for this user's screens; the platform encodes and decodes it.
    Ephemeral {
        /// Whose screens.
        user_id: i64,
        /// Encoded by `platform::ephemeral`; at most `EPHEMERAL_MAX_BYTES`.
        payload: Bytes,
    },
    /// What is known of this auth key (sign-in, sign-out, ban, destroyed key) changed: read it again.
    KeyChanged {
        /// The permanent key.
        auth_key_id: i64,
    },
}

/// Most bytes of an ephemeral payload.
pub const EPHEMERAL_MAX_BYTES: usize = 1024;

/// The way to those who must hear.
#[derive(Clone)]
pub struct Bus {}
