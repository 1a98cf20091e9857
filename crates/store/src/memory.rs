//! The memory engine: an ordered map with the durability rules of a disk and faults on demand.
//!
//! Nothing happens by itself: without faults a batch is decided inside `enqueue`; with [`Faults::hold`] it waits, invisible,
//! until the test takes a step. Runs are therefore deterministic. It keeps nothing past the process.

mod faults;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Weak};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::oneshot;

pub use faults::{Fate, Faults, Footprint, ReadGate};

use crate::range::{self, Range};
use crate::snapshot::Sealed;
use crate::{Batch, Chain, Commit, Key, Page, Record, Scan, StoreError, envelope, judge, limits};

/// The memory engine; clones share it.
#[derive(Clone, Debug)]
pub struct Memory {
    state: Arc<Mutex<State>>,
    faults: Faults,
}

/// Sealed records under encoded keys, and what waits to be decided.
#[derive(Debug, Default)]
pub(crate) struct State {
    records: BTreeMap<Vec<u8>, Bytes>,
    waiting: VecDeque<Waiting>,
    waiting_bytes: usize,
    /// As many references as snapshots are open, and one.
    frozen: Arc<()>,
    closed: bool,
}

/// Records as they stood before a batch.
pub(crate) type Before = Vec<(Vec<u8>, Option<Bytes>)>;

#[derive(Debug)]
struct Waiting {
    batch: Batch,
    resolve: oneshot::Sender<Result<(), StoreError>>,
}

/// Sealed records of one instant.
#[derive(Debug)]
pub(crate) struct Frozen {
    records: BTreeMap<Vec<u8>, Bytes>,
    store: Memory,
    _count: Arc<()>,
}

impl Frozen {
    /// What one chunk holds of the records within `rest`.
    pub(crate) fn sealed(&self, rest: Range) -> Result<Sealed, StoreError> {
        self.store.faults.before_read()?;
        if self.store.state.lock().closed {
            return Err(StoreError::Read("the snapshot was lost".into()));
        }
        let walk = self.records.range::<Vec<u8>, Range>(rest).map(|(key, sealed)| Ok((key, sealed.clone())));
        Ok(Sealed::collect(walk))
    }
}

impl Memory {
    pub(crate) fn new(faults: Faults) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        faults.attach(Arc::downgrade(&state));
        Self { state, faults }
    }

    pub(crate) async fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Record>>, StoreError> {
        self.faults.before_read()?;
        self.faults.pass_gate().await?;
        let found = {
            let state = self.state.lock();
            keys.iter().map(|key| state.read(key)).collect()
        };
        self.faults.pass_gate().await?;
        found
    }

    pub(crate) async fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        self.faults.before_read()?;
        self.faults.pass_gate().await?;
        let found = self.page(scan);
        self.faults.pass_gate().await?;
        found
    }

    fn page(&self, scan: &Scan) -> Result<Page, StoreError> {
        let Some(covered) = range::covered(scan) else { return Ok(Page::default()) };
        let state = self.state.lock();
        let walk = state.records.range::<Vec<u8>, Range>(covered).map(|(key, sealed)| Ok((key, sealed.clone())));
        if scan.reverse { range::collect(scan, walk.rev()) } else { range::collect(scan, walk) }
    }

    pub(crate) async fn keys_in(&self, covered: Range, limit: usize) -> Result<Vec<Key>, StoreError> {
        self.faults.before_read()?;
        self.faults.pass_gate().await?;
        let state = self.state.lock();
        let keys = state.records.range::<Vec<u8>, Range>(covered).take(limit);
        Ok(keys.map(|(key, _)| Key::from_encoded(key)).collect())
    }

    /// The records as they are now.
    pub(crate) fn freeze(&self) -> Result<Frozen, StoreError> {
        self.faults.before_read()?;
        let state = self.state.lock();
        if Arc::strong_count(&state.frozen) > limits::SNAPSHOTS_MAX {
            return Err(StoreError::Unavailable("too many snapshots are open"));
        }
        let records = state.records.clone();
        Ok(Frozen { records, store: self.clone(), _count: Arc::clone(&state.frozen) })
    }

    pub(crate) fn enqueue(&self, batch: Batch) -> Result<Commit, StoreError> {
        if self.faults.is_read_only() {
            return Err(StoreError::Unavailable("read-only"));
        }
        let (resolve, outcome) = oneshot::channel();
        let mut state = self.state.lock();
        if state.closed {
            return Err(StoreError::Unavailable("the store is closed"));
        }
        let weight = judge::weight_bytes(&batch);
        if state.waiting_bytes + weight > limits::QUEUE_MAX_BYTES {
            return Err(StoreError::Unavailable("the commit queue is full"));
        }
        state.waiting_bytes += weight;
        state.waiting.push_back(Waiting { batch, resolve });
        state.decide(&self.faults);
        self.faults.note_arrival();
        Ok(Commit(outcome))
    }

    pub(crate) fn is_read_only(&self) -> bool {
        self.faults.is_read_only()
    }

    /// Decides what still waits, then takes nothing more.
    pub(crate) fn close(&self) {
        self.faults.release();
        self.state.lock().closed = true;
    }
}

/// Decides what waits in the store behind `state`, as far as `faults` permits.
pub(crate) fn decide(state: &Weak<Mutex<State>>, faults: &Faults) {
    if let Some(state) = state.upgrade() {
        state.lock().decide(faults);
    }
}

impl State {
    fn read(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        let sealed = self.records.get(key.as_bytes());
        sealed.map(|sealed| envelope::open(key.as_bytes(), sealed.clone())).transpose()
    }

    fn decide(&mut self, faults: &Faults) {
        while !self.waiting.is_empty() && faults.take_permit() {
            let Some(Waiting { batch, resolve }) = self.waiting.pop_front() else { return };
            self.waiting_bytes -= judge::weight_bytes(&batch);
            self.settle(Waiting { batch, resolve }, faults, faults.next_fate());
        }
    }

    fn decide_one(&mut self, faults: &Faults, pick: usize, fate: Fate) -> bool {
        let free = self.free();
        let Some(at) = free.get(pick % free.len().max(1)) else { return false };
        let Some(waiting) = self.waiting.remove(*at) else { return false };
        self.waiting_bytes -= judge::weight_bytes(&waiting.batch);
        self.settle(waiting, faults, fate);
        true
    }

    /// Places of the waiting batches that need not wait for an earlier one.
    fn free(&self) -> Vec<usize> {
        let mut owners = BTreeSet::new();
        let mut chains = BTreeSet::new();
        let mut free = Vec::new();
        for (at, Waiting { batch, .. }) in self.waiting.iter().enumerate() {
            let own: BTreeSet<&[u8]> = judge::keys(batch).map(|key| key.parts().0).collect();
            let is_linked = batch.chains.iter().any(|chain| chains.contains(&chain.identity()));
            let is_barrier = own.is_empty() && at > 0;
            if !is_barrier && !is_linked && own.is_disjoint(&owners) {
                free.push(at);
            }
            owners.extend(own);
            chains.extend(batch.chains.iter().map(Chain::identity));
        }
        free
    }

    fn settle(&mut self, waiting: Waiting, faults: &Faults, fate: Fate) {
        let Waiting { batch, resolve } = waiting;
        let before = faults.leaves_unsynced().then(|| self.before(&batch));
        let outcome = self.judge(&batch, fate);
        if outcome.is_ok() {
            faults.note_written(&batch);
            before.into_iter().for_each(|before| faults.note_before(before));
        }
        if outcome.is_err() {
            judge::break_chains(&batch);
        }
        // A caller that no longer waits is no reason not to write.
        let _ = resolve.send(outcome);
    }

    fn before(&self, batch: &Batch) -> Before {
        let keys = batch.puts.iter().map(|(key, _)| key).chain(&batch.deletes);
        keys.map(|key| (key.as_bytes().to_vec(), self.records.get(key.as_bytes()).cloned())).collect()
    }

    fn crash(&mut self, written: usize, before: VecDeque<Before>) {
        for (key, sealed) in before.into_iter().rev().flatten() {
            match sealed {
                Some(sealed) => drop(self.records.insert(key, sealed)),
                None => drop(self.records.remove(&key)),
            }
        }
        for Waiting { batch, .. } in std::mem::take(&mut self.waiting).into_iter().take(written) {
            if self.judge(&batch, Fate::Written).is_err() {
                judge::break_chains(&batch);
            }
        }
        self.waiting_bytes = 0;
    }

    fn judge(&mut self, batch: &Batch, fate: Fate) -> Result<(), StoreError> {
        judge::admit(batch, |key| Ok(self.read(key)?.map(|record| record.version)))?;
        match fate {
            Fate::Written => {}
            Fate::Refused => return Err(StoreError::Unavailable("an injected fault")),
            Fate::Unknown { is_written: false } => return Err(unknown()),
            Fate::Unknown { is_written: true } => {
                self.write(batch);
                return Err(unknown());
            }
            Fate::Lost => return Ok(()),
            Fate::Torn { puts } => {
                let mut part = batch.clone();
                part.puts.truncate(puts);
                self.write(&part);
                return Ok(());
            }
        }
        self.write(batch);
        Ok(())
    }

    fn write(&mut self, batch: &Batch) {
        for key in &batch.deletes {
            self.records.remove(key.as_bytes());
        }
        for (key, record) in &batch.puts {
            self.records.insert(key.as_bytes().to_vec(), envelope::seal(key.as_bytes(), record));
        }
    }

    /// Flips one bit of the record under `key`; false when there is none.
    pub(crate) fn damage(&mut self, key: &Key, bit: usize) -> bool {
        let Some(sealed) = self.records.get_mut(key.as_bytes()) else { return false };
        let mut bytes = sealed.to_vec();
        let bit = bit % (bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
        *sealed = bytes.into();
        true
    }
}

fn unknown() -> StoreError {
    StoreError::Unknown("an injected fault".into())
}
