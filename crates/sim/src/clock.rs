//! Simulated time, as the platform sees it: it stands still while anything can be done, goes on when nothing can, may leap
//! ahead and may stand still for a while (as a steered clock does), and never steps back.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use platform::Runtime;

use crate::dice::Dice;
use crate::executor::Executor;

/// When runs begin, Unix milliseconds.
const BEGINNING_MS: i64 = 1_800_000_000_000;

/// The platform's clock and dice.
pub struct World {
    executor: Executor,
    dice: Dice,
    /// How far the wall clock is ahead of the time that passed.
    ahead_ms: AtomicI64,
    /// The latest time told: none before it is told again.
    told_ms: AtomicI64,
}

impl World {
    /// A clock over this executor's time.
    #[must_use]
    pub fn new(executor: Executor, dice: Dice) -> Arc<Self> {
        let (ahead_ms, told_ms) = (AtomicI64::new(BEGINNING_MS), AtomicI64::new(0));
        Arc::new(Self { executor, dice, ahead_ms, told_ms })
    }

    /// The wall clock leaps by so much; back, it stands still until it is caught up with.
    pub fn leap(&self, by_ms: i64) {
        self.ahead_ms.fetch_add(by_ms, Ordering::Relaxed);
    }
}

impl Runtime for World {
    fn now_ms(&self) -> i64 {
        let shown = self.executor.elapsed_ms() + self.ahead_ms.load(Ordering::Relaxed);
        self.told_ms.fetch_max(shown, Ordering::Relaxed).max(shown)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        self.dice.fill(buffer);
    }
}
