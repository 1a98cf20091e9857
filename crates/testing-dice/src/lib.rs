//! Dice that fall the same way in every run, for the worlds that tests hold in their hands. For tests only: whoever knows
//! one throw knows all that follow.

use std::sync::atomic::{AtomicU64, Ordering};

/// The steps of SplitMix64: even, quick, and one number of state, so that dice can be shared.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The dice.
#[derive(Debug, Default)]
pub struct Dice(AtomicU64);

impl Dice {
    /// Dice that begin at this number.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// The next throw.
    pub fn word(&self) -> u64 {
        let mut word = self.0.fetch_add(STEP, Ordering::Relaxed);
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ (word >> 31)
    }

    /// Fills the bytes, a throw for each eight, the first of them from the top.
    pub fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            chunk.copy_from_slice(&self.word().to_be_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first throws of the published generator for the seed 1234567, which steps before it mixes.
    #[test]
    fn they_are_the_published_ones() {
        let dice = Dice::new(1_234_567_u64.wrapping_add(STEP));
        assert_eq!([dice.word(), dice.word()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }
}
