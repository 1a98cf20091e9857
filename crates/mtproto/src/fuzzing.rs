//! The entries of the fuzz targets: each takes any bytes and may not panic, whatever they are.
//!
//! `fuzz/` runs them under libFuzzer; the tests of this crate replay the committed corpora and a number of mutations of
//! them (see `fuzzing/replay.rs`), so that what a long run once found stays found.
//!
//! The bytes are scripts rather than raw messages where raw messages would never get past the first hash: a script says
//! what a genuine client does and which bits of it to change.

mod envelope;
mod handshake;
mod session;
mod transport;

pub use envelope::envelope;
pub use handshake::handshake;
pub use session::session;
pub use transport::transport;

use crypto::{Entropy, sha256};

/// The same bytes in every run, so that a script means the same in every run.
pub(crate) struct Counting(u64);

impl Counting {
    pub(crate) fn new() -> Self {
        Self(0)
    }
}

impl Entropy for Counting {
    fn fill(&mut self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            self.0 += 1;
            chunk.copy_from_slice(&sha256(&[&self.0.to_le_bytes()])[..chunk.len()]);
        }
    }
}

/// Reads a script; what is missing at its end reads as zeros.
pub(crate) struct Script<'a>(&'a [u8]);

impl<'a> Script<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub(crate) fn word(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    pub(crate) fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.0
    }

    /// A count, then as many places and what to change there.
    pub(crate) fn change(&mut self, bytes: &mut [u8]) {
        for _ in 0..self.byte() % 8 {
            let (place, mask) = (usize::from(self.word()), self.byte());
            if !bytes.is_empty() {
                bytes[place % bytes.len()] ^= mask;
            }
        }
    }
}

#[cfg(test)]
mod replay;
