//! Where random bytes come from.

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

/// `N` fresh random bytes.
#[must_use]
pub fn random_array<const N: usize>(entropy: &mut dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}
