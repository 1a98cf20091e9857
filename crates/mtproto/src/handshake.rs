//! The key exchange, the server's side: from `req_pq` to a key that both ends hold and the store has made durable.
//!
//! Page "mtproto/auth_key". Three steps, and between them the owner of the connection does what this module may not:
//!
//! 1. [`Handshake::on_plain`] takes each plain message and answers with a [`Step`].
//! 2. [`Step::Compute`] is a [`Job`] for the pool of threads that does RSA and powers; its result goes to
//!    [`Handshake::on_computed`].
//! 3. [`Step::Store`] is a finished key. It must be durable before anybody hears of it (K13): the outcome goes to
//!    [`Handshake::on_stored`], and only then does `dh_gen_ok` leave.
//!
//! # Security
//! Every failure is the same [`Step::Refuse`], and after it the exchange is dead: whatever follows on the connection is
//! refused too (K2, K14). What fails under the RSA key or behind it does so after the same work, whatever was wrong (K8):
//! both paddings are always tried, nothing decrypted is parsed before its hash has been compared, and comparisons are
//! joined without branches.

mod dialled;
mod inner;
mod job;
mod keys;
mod machine;
mod messages;

pub use dialled::{Dialled, Lifetime};
pub use job::{Computed, Job};
pub use keys::ServerKeys;
pub use machine::{Handshake, NewKey, Step, Verdict};

/// Whether the body of a plain message begins an exchange: the moment to say that there are too many.
#[must_use]
pub fn is_beginning(body: &[u8]) -> bool {
    matches!(crate::wire::constructor_of(body), ids::REQ_PQ | ids::REQ_PQ_MULTI)
}

pub(crate) use messages::{NonceHash, TemporaryKeys, ids, new_nonce_hash, server_salt};

#[cfg(test)]
mod tests;
