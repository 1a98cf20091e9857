//! Faults for the memory engine, chosen by the test and taking effect in commit order.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::State;
use crate::{Batch, Key, StoreError, limits};

/// What becomes of one batch whose checks held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Written and reported as written.
    Written,
    /// Not written, reported as unavailable.
    Refused,
    /// Reported as unknown.
    Unknown {
        /// Whether it was written all the same.
        is_written: bool,
    },
}

/// What one batch wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footprint {
    /// Keys put, in the order of the batch.
    pub puts: Vec<Key>,
    /// Keys deleted, in the order of the batch.
    pub deletes: Vec<Key>,
}

/// A handle on the faults of one memory store; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    /// Batches decided so far whose checks were looked at.
    decided: u64,
    /// What happens to the batch with this number.
    fates: BTreeMap<u64, Fate>,
    /// `Some(n)`: only n more batches may be decided.
    permits: Option<usize>,
    /// Reads that still fail.
    failing_reads: usize,
    read_only: bool,
    /// What was written since recording began, if it did.
    recorded: Option<Vec<Footprint>>,
    store: Weak<Mutex<State>>,
}

impl Faults {
    /// No faults.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The `nth` batch decided from now on (1 is the next) is refused as unavailable and not written.
    pub fn fail_nth(&self, nth: u64) {
        self.plan_fate(nth, Fate::Refused);
    }

    /// The `nth` batch decided from now on (1 is the next) is reported as unknown; `is_written` says what really happens.
    pub fn unknown_nth(&self, nth: u64, is_written: bool) {
        self.plan_fate(nth, Fate::Unknown { is_written });
    }

    /// The next `count` reads fail.
    pub fn fail_reads(&self, count: usize) {
        self.0.lock().failing_reads = count;
    }

    /// Refuses new batches, as a full disk does, until called with `false`.
    pub fn set_read_only(&self, read_only: bool) {
        self.0.lock().read_only = read_only;
    }

    /// From now on batches wait, invisible, until [`Faults::step`] or [`Faults::release`].
    pub fn hold(&self) {
        self.0.lock().permits = Some(0);
    }

    /// Decides the next `count` batches (also ones still to come) while holding.
    pub fn step(&self, count: usize) {
        let store = {
            let mut plan = self.0.lock();
            plan.permits = Some(plan.permits.unwrap_or(0) + count);
            plan.store.clone()
        };
        super::decide(&store, self);
    }

    /// Decides everything that waits and stops holding.
    pub fn release(&self) {
        let store = {
            let mut plan = self.0.lock();
            plan.permits = None;
            plan.store.clone()
        };
        super::decide(&store, self);
    }

    /// Flips one bit of the stored record under `key`; false when there is none.
    #[must_use]
    pub fn damage(&self, key: &Key, bit: usize) -> bool {
        let store = self.0.lock().store.clone();
        store.upgrade().is_some_and(|state| state.lock().damage(key, bit))
    }

    /// What was written since the last call; the first call begins the recording. For tests of write budgets.
    #[must_use]
    pub fn take_footprints(&self) -> Vec<Footprint> {
        self.0.lock().recorded.replace(Vec::new()).unwrap_or_default()
    }

    pub(crate) fn note_written(&self, batch: &Batch) {
        if let Some(recorded) = &mut self.0.lock().recorded
            && recorded.len() < limits::FOOTPRINTS_MAX
        {
            let puts = batch.puts.iter().map(|(key, _)| key.clone()).collect();
            recorded.push(Footprint { puts, deletes: batch.deletes.clone() });
        }
    }

    pub(crate) fn attach(&self, store: Weak<Mutex<State>>) {
        self.0.lock().store = store;
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.0.lock().read_only
    }

    pub(crate) fn before_read(&self) -> Result<(), StoreError> {
        let mut plan = self.0.lock();
        if plan.failing_reads == 0 {
            return Ok(());
        }
        plan.failing_reads -= 1;
        Err(StoreError::Read("an injected fault".into()))
    }

    pub(crate) fn take_permit(&self) -> bool {
        match &mut self.0.lock().permits {
            None => true,
            Some(0) => false,
            Some(count) => {
                *count -= 1;
                true
            }
        }
    }

    pub(crate) fn next_fate(&self) -> Fate {
        let mut plan = self.0.lock();
        plan.decided += 1;
        let number = plan.decided;
        plan.fates.remove(&number).unwrap_or(Fate::Written)
    }

    fn plan_fate(&self, nth: u64, fate: Fate) {
        let mut plan = self.0.lock();
        let number = plan.decided + nth.max(1);
        plan.fates.insert(number, fate);
    }
}
