//! SHA-1 and SHA-256 over parts, so that callers need not join them first.

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// SHA-1 of the parts one after another. The protocol fixes it in several places; nothing here rests on its collision
/// resistance.
#[must_use]
pub fn sha1(parts: &[&[u8]]) -> [u8; 20] {
    let mut hasher = Sha1::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// SHA-256 of the parts one after another.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}
