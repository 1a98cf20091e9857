//! A bus at its worst: some signals are lost, some come twice, some late and out of order. Seeded, so that a failing test
//! fails again. It invents nothing and never turns one signal into another.

use std::sync::Arc;

use parking_lot::Mutex;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{Signal, limits};

/// Of 100 signals, how many suffer what; together at most 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Lost.
    pub dropped_percent: u32,
    /// Told twice.
    pub doubled_percent: u32,
    /// Kept back until a later one was told.
    pub kept_back_percent: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { dropped_percent: 20, doubled_percent: 20, kept_back_percent: 20 }
    }
}

/// The mischief of one bus; clones share its dice and what it keeps back.
#[derive(Clone, Debug)]
pub(crate) struct Mischief(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    rates: Rates,
    dice: ChaCha8Rng,
    kept_back: Vec<Signal>,
}

impl Mischief {
    pub(crate) fn new(seed: u64, rates: Rates) -> Self {
        Self(Arc::new(Mutex::new(State { rates, dice: ChaCha8Rng::seed_from_u64(seed), kept_back: Vec::new() })))
    }

    /// Hands `signal`, and perhaps earlier ones that were kept back, to `tell`: never, once or twice.
    pub(crate) fn pass_on(&self, signal: Signal, tell: impl Fn(&Signal)) {
        let mut state = self.0.lock();
        let roll = state.dice.random_range(0..100_u32);
        let Rates { dropped_percent, doubled_percent, kept_back_percent } = state.rates;
        if roll < dropped_percent {
            metrics::BUS_DROPPED.inc();
        } else if roll < dropped_percent + kept_back_percent {
            state.keep_back(signal);
        } else {
            tell(&signal);
            if roll < dropped_percent + kept_back_percent + doubled_percent {
                tell(&signal);
            }
            state.let_one_go(&tell);
        }
    }
}

impl State {
    fn keep_back(&mut self, signal: Signal) {
        if self.kept_back.len() < limits::KEPT_BACK_MAX_SIGNALS {
            self.kept_back.push(signal);
        } else {
            metrics::BUS_DROPPED.inc();
        }
    }

    fn let_one_go(&mut self, tell: &impl Fn(&Signal)) {
        if !self.kept_back.is_empty() && self.dice.random_bool(0.5) {
            let place = self.dice.random_range(0..self.kept_back.len());
            tell(&self.kept_back.swap_remove(place));
        }
    }
}
