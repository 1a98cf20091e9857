//! The envelope: which key a frame is under, opening it, sealing an answer; and the plain messages of the key exchange.
//!
//! Page "mtproto/description". One rule stands above the others (E3): nothing inside a message is looked at before its
//! `msg_key` has been recomputed over the whole plaintext and compared in constant time. Whoever calls [`open`] gives every
//! [`EnvelopeError`] the same answer, a closed connection: the variants are for counters.
//!
//! What a message means (salt, session, order) is [`crate::session`]'s.

mod key;
mod open;
mod plain;
mod seal;
mod v1;

pub use key::{AuthKey, Direction};
pub use open::{EnvelopeError, Opened, auth_key_id, open};
pub use plain::{Plain, parse_plain, write_plain};
pub use seal::{Header, Sealing, seal};
pub use v1::{Binding, open_binding};

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use seal::seal_plaintext;
pub(crate) use v1::seal_v1;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use v1::seal_v1_plaintext;

/// Bytes before the encrypted part: `auth_key_id` and `msg_key`.
const OUTER_BYTES: usize = 24;
/// Bytes at the front of the encrypted part: salt, session, `msg_id`, `seq_no`, length.
const INNER_BYTES: usize = 32;
const BLOCK_BYTES: usize = 16;

#[cfg(test)]
mod tests;
