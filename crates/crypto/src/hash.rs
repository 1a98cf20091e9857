//! MD5, SHA-1 and SHA-256 over parts, so that callers need not join them first.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// MD5 of the parts one after another: the checksum that clients give with small uploads, nothing else.
#[must_use]
pub fn md5(parts: &[&[u8]]) -> [u8; 16] {
    let mut hasher = Md5::new();
    parts.iter().for_each(|part| hasher.update(part));
    hasher.finalize().into()
}

/// MD5 of what comes piece by piece: files that are never in memory as a whole.
#[derive(Default)]
pub struct Md5Sum(Md5);

impl Md5Sum {
    /// Of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Goes on with these bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The checksum.
    #[must_use]
    pub fn finish(self) -> [u8; 16] {
        self.0.finalize().into()
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_hashed_as_one() {
        assert_eq!(md5(&[b"a", b"bc"])[..4], [0x90, 0x01, 0x50, 0x98]);
        assert_eq!(sha1(&[b"a", b"", b"bc"])[..4], [0xa9, 0x99, 0x3e, 0x36]);
        assert_eq!(sha256(&[b"ab", b"c"])[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(sha1(&[b"abc"]), sha1(&[b"ab", b"c"]));
    }
}
