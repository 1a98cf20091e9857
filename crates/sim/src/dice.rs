//! The one source of chance: every roll of a run follows from its seed.

use std::sync::Arc;

use parking_lot::Mutex;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Dice; clones share their sequence.
#[derive(Clone)]
pub struct Dice(Arc<Mutex<ChaCha8Rng>>);

impl Dice {
    /// Dice of this seed, and apart from others of the same seed by their purpose.
    #[must_use]
    pub fn new(seed: u64, purpose: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(purpose);
        Self(Arc::new(Mutex::new(rng)))
    }

    /// A number below `sides` (0 when there are none).
    #[must_use]
    pub fn below(&self, sides: usize) -> usize {
        if sides == 0 { 0 } else { usize::try_from(self.number(0, sides as i64 - 1)).unwrap_or(0) }
    }

    /// A number of this range, both ends included.
    #[must_use]
    pub fn number(&self, low: i64, high: i64) -> i64 {
        self.0.lock().random_range(low..=high.max(low))
    }

    /// Whether something happens that happens so many times in a thousand.
    #[must_use]
    pub fn falls(&self, per_mille: u32) -> bool {
        per_mille > 0 && self.number(0, 999) < i64::from(per_mille)
    }

    /// One of these.
    #[must_use]
    pub fn one_of<'t, T>(&self, things: &'t [T]) -> Option<&'t T> {
        things.get(self.below(things.len()))
    }

    /// Fills the buffer.
    pub fn fill(&self, buffer: &mut [u8]) {
        self.0.lock().fill_bytes(buffer);
    }
}
