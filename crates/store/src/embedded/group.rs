//! Batches that will share one fsync: each is checked against durable state and the batches before it in the group.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::engine::{Change, View};
use crate::{Batch, Key, StoreError, envelope, judge};

/// What the admitted batches would change, with the record versions that later checks need.
pub(crate) struct Group<'view> {
    view: &'view View,
    staged: BTreeMap<Vec<u8>, Option<Staged>>,
}

struct Staged {
    version: u64,
    sealed: Bytes,
}

impl<'view> Group<'view> {
    pub(crate) fn new(view: &'view View) -> Self {
        Self { view, staged: BTreeMap::new() }
    }

    /// Takes `batch` in if its chains and checks hold; otherwise the group stays as it was.
    pub(crate) fn admit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        judge::admit(batch, |key| self.version_of(key))?;
        for key in &batch.deletes {
            self.staged.insert(key.as_bytes().to_vec(), None);
        }
        for (key, record) in &batch.puts {
            let sealed = envelope::seal(key.as_bytes(), record);
            self.staged.insert(key.as_bytes().to_vec(), Some(Staged { version: record.version, sealed }));
        }
        Ok(())
    }

    /// One change a key, in key order.
    pub(crate) fn into_changes(self) -> Vec<Change> {
        self.staged.into_iter().map(|(key, staged)| (key, staged.map(|staged| staged.sealed))).collect()
    }

    fn version_of(&self, key: &Key) -> Result<Option<u64>, StoreError> {
        let key = key.as_bytes();
        if let Some(staged) = self.staged.get(key) {
            return Ok(staged.as_ref().map(|staged| staged.version));
        }
        let Some(sealed) = self.view.get(key)? else { return Ok(None) };
        Ok(Some(envelope::open(key, sealed)?.version))
    }
}
