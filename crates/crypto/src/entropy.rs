//! Where random bytes come from.

use std::cell::RefCell;

use crate::ffi;

/// A source of random bytes fit for keys.
///
/// A trait because the simulator replays runs from a seed; everything that serves people uses [`SystemEntropy`].
pub trait Entropy {
    /// Fills the whole buffer.
    fn fill(&mut self, buffer: &mut [u8]);
}

/// The generator of AWS-LC, seeded by the operating system. It lives in the process and needs no system call per use.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, buffer: &mut [u8]) {
        ffi::fill_random(buffer);
    }
}

/// The same generator for what is no secret, such as padding and its length: each thread draws ahead, because the generator
/// asks the processor for fresh randomness at every call, which costs more than the few bytes wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct PaddingEntropy;

/// Bytes that are drawn ahead at a time.
const AHEAD_BYTES: usize = 4096;

/// Bytes drawn ahead, and how many of them are left, at the end.
struct Ahead {
    bytes: [u8; AHEAD_BYTES],
    left: usize,
}

thread_local! {
    static AHEAD: RefCell<Ahead> = const { RefCell::new(Ahead { bytes: [0; AHEAD_BYTES], left: 0 }) };
}

impl Ahead {
    fn take(&mut self, buffer: &mut [u8]) {
        if self.left < buffer.len() {
            ffi::fill_random(&mut self.bytes);
            self.left = AHEAD_BYTES;
        }
        let from = AHEAD_BYTES - self.left;
        let taken = &mut self.bytes[from..from + buffer.len()];
        buffer.copy_from_slice(taken);
        taken.fill(0);
        self.left -= buffer.len();
    }
}

impl Entropy for PaddingEntropy {
    fn fill(&mut self, buffer: &mut [u8]) {
        match buffer.len() <= AHEAD_BYTES {
            true => AHEAD.with_borrow_mut(|ahead| ahead.take(buffer)),
            false => ffi::fill_random(buffer),
        }
    }
}

/// `N` fresh random bytes.
#[must_use]
pub fn random_array<const N: usize>(entropy: &mut dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_ahead_is_given_once() {
        // Three fit into one draw and two do not end with it.
        let mut seen = std::collections::HashSet::new();
        for _ in 0..1_000 {
            assert!(seen.insert(random_array::<{ AHEAD_BYTES / 3 - 5 }>(&mut PaddingEntropy)), "the same bytes again");
        }
        let mut long = vec![0; AHEAD_BYTES + 1];
        PaddingEntropy.fill(&mut long);
        assert!(long.chunks(8).filter(|chunk| chunk.iter().all(|byte| *byte == 0)).count() == 0);
    }
}
