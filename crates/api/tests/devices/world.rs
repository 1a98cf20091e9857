//! What stories of the api hold in their hands: the clock, the dice, and the last code sent.
#![allow(dead_code, reason = "each story uses its part")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures::future::BoxFuture;
use parking_lot::Mutex;
use platform::Runtime;
use platform::settings::{CodeDelivery, DeliveryError};
use testing_dice::Dice;

/// When stories begin, Unix milliseconds.
const BEGINNING_MS: i64 = 1_800_000_000_000;

/// A clock that moves when told, dice that fall the same way in every run, and the last code sent.
pub struct World {
    now_ms: AtomicI64,
    dice: Dice,
    code: Mutex<String>,
    proves_possession: bool,
}

impl World {
    /// `proves_possession`: whether a code that arrived says that its number is its reader's.
    pub fn new(proves_possession: bool) -> Arc<Self> {
        let (now_ms, dice) = (AtomicI64::new(BEGINNING_MS), Dice::default());
        Arc::new(Self { now_ms, dice, code: Mutex::default(), proves_possession })
    }

    pub fn pass_seconds(&self, seconds: i64) {
        self.now_ms.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    pub fn last_code(&self) -> String {
        self.code.lock().clone()
    }
}

impl Runtime for World {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        self.dice.fill(buffer);
    }
}

impl CodeDelivery for World {
    fn deliver<'a>(&'a self, _phone: &'a str, code: &'a str) -> BoxFuture<'a, Result<(), DeliveryError>> {
        code.clone_into(&mut self.code.lock());
        Box::pin(std::future::ready(Ok(())))
    }

    fn proves_possession(&self) -> bool {
        self.proves_possession
    }
}
