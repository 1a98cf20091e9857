//! Faults for the memory engine, chosen by the test and taking effect in commit order.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::{Before, State};
use crate::{Batch, Class, Key, StoreError, limits};

/// What becomes of one batch whose checks held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Written and reported as written.
    Written,
    /// Not written, reported as unavailable.
    Refused,
    /// Reported as unknown.
    Unknown {
        /// Whether it was written all the same.
        is_written: bool,
    },
    /// Not written, yet reported as written: a disk that lies. A test that cannot see it is blind.
    Lost,
    /// Only the first of its records are written, yet it is reported as written: no better.
    Torn {
        /// How many of its puts.
        puts: usize,
    },
}

/// What every read passes before it looks and once more before its finding leaves: it may wait there, or fail.
pub type ReadGate = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send>> + Send + Sync>;

/// What one batch wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footprint {
    /// How important it was.
    pub class: Class,
    /// Keys put, in the order of the batch.
    pub puts: Vec<Key>,
    /// Keys deleted, in the order of the batch.
    pub deletes: Vec<Key>,
}

/// A handle on the faults of one memory store; clones share it.
#[derive(Clone, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

#[derive(Default)]
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
    gate: Option<ReadGate>,
    /// So many of the newest batches are not synced: a crash takes them, although they were reported as written.
    unsynced: usize,
    /// What stood there before each of those.
    before: VecDeque<Before>,
    /// Told of every batch that comes to wait.
    arrivals: Arc<tokio::sync::Notify>,
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

    /// Batches that wait to be decided.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.store().map_or(0, |state| state.lock().waiting.len())
    }

    /// Waits until a batch was enqueued, unless one was since the last time.
    pub async fn arrival(&self) {
        let arrivals = self.0.lock().arrivals.clone();
        arrivals.notified().await;
    }

    /// Decides one batch while holding: of those that no earlier one stands before (they share no owner and no chain with
    /// it), the one at `pick`, counted round. A disk of several shards has no order but this. False when none waits.
    pub fn decide(&self, pick: usize, fate: Fate) -> bool {
        self.store().is_some_and(|state| state.lock().decide_one(self, pick, fate))
    }

    /// The process dies: the first `written` of the waiting batches still reach the disk, untold; the others are gone.
    pub fn crash(&self, written: usize) {
        let before = std::mem::take(&mut self.0.lock().before);
        if let Some(state) = self.store() {
            state.lock().crash(written, before);
        }
    }

    /// From now on a crash also takes the `batches` newest of those reported as written, as a disk without fsync does.
    pub fn leave_unsynced(&self, batches: usize) {
        self.0.lock().unsynced = batches;
    }

    /// From now on every read passes this gate.
    pub fn set_gate(&self, gate: Option<ReadGate>) {
        self.0.lock().gate = gate;
    }

    /// Flips one bit of the stored record under `key`; false when there is none.
    #[must_use]
    pub fn damage(&self, key: &Key, bit: usize) -> bool {
        self.store().is_some_and(|state| state.lock().damage(key, bit))
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
            recorded.push(Footprint { class: batch.class, puts, deletes: batch.deletes.clone() });
        }
    }

    pub(crate) fn note_arrival(&self) {
        self.0.lock().arrivals.notify_one();
    }

    pub(crate) async fn pass_gate(&self) -> Result<(), StoreError> {
        let gate = self.0.lock().gate.clone();
        match gate {
            Some(gate) => gate().await,
            None => Ok(()),
        }
    }

    /// Whether what a batch overwrites is to be kept.
    pub(crate) fn leaves_unsynced(&self) -> bool {
        self.0.lock().unsynced > 0
    }

    pub(crate) fn note_before(&self, before: Before) {
        let mut plan = self.0.lock();
        plan.before.push_back(before);
        while plan.before.len() > plan.unsynced {
            plan.before.pop_front();
        }
    }

    fn store(&self) -> Option<Arc<Mutex<State>>> {
        self.0.lock().store.upgrade()
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

impl std::fmt::Debug for Faults {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plan = self.0.lock();
        let mut shown = formatter.debug_struct("Faults");
        shown.field("decided", &plan.decided).field("fates", &plan.fates).field("permits", &plan.permits);
        shown.field("read_only", &plan.read_only).finish_non_exhaustive()
    }
}
