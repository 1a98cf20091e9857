//! What a group of batches would do: what must hold in the database, what changes, and what becomes of each batch then.
//!
//! At first every check about a record that no earlier batch of the group touches is taken to hold, and asserted: one
//! way to the database and back for the whole group. What callers believe to be new is inserted without a look whether it
//! is there, which takes the database less work. If an assertion or a belief fails, the records are read and the
//! batches judged one by one by these facts, which are asserted in their turn; nothing is believed then.

use std::collections::HashSet;
use std::collections::btree_map::{BTreeMap, Entry};

use bytes::Bytes;

use crate::{Batch, Check, Key, Record, StoreError, envelope};

/// What becomes of a batch if the group is written.
pub(super) type Verdict = Result<(), StoreError>;
/// Versions of records as they were read; damaged ones are errors for the batches that look at them.
pub(super) type Facts = BTreeMap<Key, Result<Option<u64>, StoreError>>;

/// A group before it is written.
#[derive(Default)]
pub(super) struct Plan {
    /// Versions that must be in the database; `None` for absent ones.
    expected: BTreeMap<Key, Option<u64>>,
    /// One change a key.
    staged: BTreeMap<Key, Option<Staged>>,
    /// Chains that break in this group. They are doomed for others only once the group is decided.
    pub(super) doomed: HashSet<usize>,
    /// One for each batch, in their order.
    pub(super) verdicts: Vec<Verdict>,
}

struct Staged {
    version: u64,
    sealed: Bytes,
    /// Whether the database is believed to have no record under this key.
    is_fresh: bool,
}

/// Columns for a statement.
#[derive(Default)]
pub(super) struct Columns<'plan> {
    pub(super) owners: Vec<&'plan [u8]>,
    pub(super) keys: Vec<&'plan [u8]>,
    pub(super) values: Vec<&'plan [u8]>,
}

/// The changes of a plan, by statement.
#[derive(Default)]
pub(super) struct Changes<'plan> {
    /// Records that were asserted, or are believed, to be absent.
    pub(super) inserts: Columns<'plan>,
    pub(super) upserts: Columns<'plan>,
    pub(super) deletes: Columns<'plan>,
}

impl Plan {
    /// Judges `batches` in their order, by `facts` where they are known; the groups before it will have `broken` chains.
    pub(super) fn new(batches: &[&Batch], facts: Option<&Facts>, broken: &HashSet<usize>) -> Self {
        let mut plan = Self::default();
        for batch in batches {
            let is_broken = batch.chains.iter().any(|chain| broken.contains(&chain.identity()));
            let verdict = if is_broken { Err(chain_broken()) } else { plan.admit(batch, facts) };
            if verdict.is_err() {
                plan.doomed.extend(batch.chains.iter().map(crate::Chain::identity));
            }
            plan.verdicts.push(verdict);
        }
        plan
    }

    pub(super) fn is_empty(&self) -> bool {
        self.expected.is_empty() && self.staged.is_empty()
    }

    /// What is to be asserted: place, and how the record begins, in the order of the keys.
    pub(super) fn assertions(&self) -> (Columns<'_>, Vec<Option<Vec<u8>>>) {
        let mut columns = Columns::default();
        self.expected.keys().for_each(|key| columns.add(key));
        let heads = self.expected.values().map(|version| version.map(envelope::head));
        (columns, heads.collect())
    }

    /// What is to be written, in the order of the keys.
    pub(super) fn changes(&self) -> Changes<'_> {
        let mut changes = Changes::default();
        for (key, staged) in &self.staged {
            let Some(staged) = staged else {
                changes.deletes.add(key);
                continue;
            };
            let is_new = staged.is_fresh || self.expected.get(key) == Some(&None);
            let columns = if is_new { &mut changes.inserts } else { &mut changes.upserts };
            columns.add(key);
            columns.values.push(&staged.sealed);
        }
        changes
    }

    fn admit(&mut self, batch: &Batch, facts: Option<&Facts>) -> Verdict {
        let is_doomed = |chain: &crate::Chain| chain.is_doomed() || self.doomed.contains(&chain.identity());
        if batch.chains.iter().any(is_doomed) {
            return Err(chain_broken());
        }
        for check in &batch.checks {
            let holds = match check {
                Check::Absent(key) => self.holds(key, None, facts)?,
                Check::Version(key, version) => self.holds(key, Some(*version), facts)?,
            };
            if !holds {
                return Err(StoreError::Conflict);
            }
        }
        for key in &batch.deletes {
            self.staged.insert(key.clone(), None);
        }
        let mut fresh = batch.fresh.iter().copied().peekable();
        for (place, (key, record)) in batch.puts.iter().enumerate() {
            let is_believed = fresh.next_if_eq(&place).is_some() && facts.is_none();
            self.stage(key, record, is_believed);
        }
        Ok(())
    }

    /// What an earlier batch of the group made of the key decides whether the database has it.
    fn stage(&mut self, key: &Key, record: &Record, is_believed: bool) {
        let sealed = envelope::seal(key.as_bytes(), record);
        let staged = |is_fresh| Some(Staged { version: record.version, sealed, is_fresh });
        match self.staged.entry(key.clone()) {
            Entry::Vacant(place) => drop(place.insert(staged(is_believed))),
            Entry::Occupied(mut place) => {
                let is_fresh = place.get().as_ref().is_some_and(|earlier| earlier.is_fresh);
                place.insert(staged(is_fresh));
            }
        }
    }

    fn holds(&mut self, key: &Key, version: Option<u64>, facts: Option<&Facts>) -> Result<bool, StoreError> {
        if let Some(staged) = self.staged.get(key) {
            return Ok(staged.as_ref().map(|staged| staged.version) == version);
        }
        let believed = match facts.and_then(|facts| facts.get(key)) {
            Some(fact) => fact.clone()?,
            None => version,
        };
        Ok(*self.expected.entry(key.clone()).or_insert(believed) == version)
    }
}

fn chain_broken() -> StoreError {
    StoreError::Unavailable("an earlier batch of the chain failed")
}

impl<'plan> Columns<'plan> {
    pub(super) fn of(keys: impl Iterator<Item = &'plan Key>) -> Self {
        let mut columns = Self::default();
        keys.for_each(|key| columns.add(key));
        columns
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn add(&mut self, key: &'plan Key) {
        let (owner, suffix) = key.columns();
        self.owners.push(owner);
        self.keys.push(suffix);
    }
}

/// The keys that checks of `batches` look at.
pub(super) fn checked(batches: &[&Batch]) -> Vec<Key> {
    let keys = batches.iter().flat_map(|batch| &batch.checks).map(|check| match check {
        Check::Absent(key) | Check::Version(key, _) => key.clone(),
    });
    let mut keys: Vec<_> = keys.collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}
