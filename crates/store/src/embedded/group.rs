//! Batches that will share one fsync: each is checked against durable state and the batches before it in the group.

use std::collections::HashMap;

use fjall::{UserKey, UserValue};

use super::engine::{Change, View};
use crate::{Batch, Key, StoreError, envelope, judge};

/// What the admitted batches would change, with the record versions that later checks need.
pub(crate) struct Group<'view> {
    view: &'view View,
    /// In the order of the batches: the last change of a key counts.
    staged: Vec<Staged>,
    /// Where the last change of a key stands among the first `placed`. Made when a check asks for it: messages have none.
    places: HashMap<UserKey, usize>,
    placed: usize,
}

/// Key and value as the engine keeps them, made once: they are moved on to it.
struct Staged {
    key: UserKey,
    put: Option<Put>,
}

struct Put {
    version: u64,
    sealed: UserValue,
}

impl<'view> Group<'view> {
    pub(crate) fn new(view: &'view View) -> Self {
        Self { view, staged: Vec::new(), places: HashMap::new(), placed: 0 }
    }

    /// Takes `batch` in if its chains and checks hold; otherwise the group stays as it was.
    pub(crate) fn admit(&mut self, batch: &Batch) -> Result<(), StoreError> {
        judge::admit(batch, |key| self.version_of(key))?;
        self.staged.reserve(batch.deletes.len() + batch.puts.len());
        for key in &batch.deletes {
            self.staged.push(Staged { key: key.as_bytes().into(), put: None });
        }
        for (key, record) in &batch.puts {
            let sealed = envelope::seal_as(key.as_bytes(), record, UserValue::new);
            let put = Some(Put { version: record.version, sealed });
            self.staged.push(Staged { key: key.as_bytes().into(), put });
        }
        Ok(())
    }

    /// One change a key, in key order.
    pub(crate) fn into_changes(mut self) -> Vec<Change> {
        self.staged.sort_by(|one, other| one.key.cmp(&other.key));
        self.staged.dedup_by(|later, earlier| {
            let is_same = later.key == earlier.key;
            if is_same {
                std::mem::swap(later, earlier);
            }
            is_same
        });
        self.staged.into_iter().map(|staged| (staged.key, staged.put.map(|put| put.sealed))).collect()
    }

    fn version_of(&mut self, key: &Key) -> Result<Option<u64>, StoreError> {
        for place in self.placed..self.staged.len() {
            self.places.insert(self.staged[place].key.clone(), place);
        }
        self.placed = self.staged.len();
        let key = key.as_bytes();
        if let Some(place) = self.places.get(key) {
            return Ok(self.staged[*place].put.as_ref().map(|put| put.version));
        }
        let Some(sealed) = self.view.get(key)? else { return Ok(None) };
        Ok(Some(envelope::open(key, sealed)?.version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::engine::Engine;
    use crate::{Check, Class, EmbeddedOptions, Owner, Record};

    fn key(name: &[u8]) -> Key {
        Key::new(&Owner::new(1, b"o"), name)
    }

    fn put(name: &[u8], version: u64) -> Batch {
        let mut batch = Batch::new(Class::C1);
        batch.puts.push((key(name), Record { version, value: version.to_be_bytes().to_vec().into() }));
        batch
    }

    fn checked(check: Check, batch: Batch) -> Batch {
        Batch { checks: vec![check], ..batch }
    }

    #[test]
    fn later_batches_see_earlier_ones_and_the_last_change_of_a_key_counts() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let view = Engine::open(folder.path(), &EmbeddedOptions::default()).expect("opens").view();
        let mut group = Group::new(&view);
        let delete = |name: &[u8]| Batch { deletes: vec![key(name)], ..Batch::new(Class::C1) };
        group.admit(&checked(Check::Absent(key(b"b")), put(b"b", 1))).expect("it is absent");
        assert!(group.admit(&checked(Check::Absent(key(b"b")), put(b"x", 1))).is_err());
        group.admit(&checked(Check::Version(key(b"b"), 1), put(b"b", 2))).expect("it has this version");
        group.admit(&put(b"a", 7)).expect("it checks nothing");
        group.admit(&put(b"c", 8)).expect("it checks nothing");
        group.admit(&checked(Check::Version(key(b"c"), 8), delete(b"c"))).expect("it has this version");
        assert!(group.admit(&checked(Check::Version(key(b"c"), 8), put(b"x", 1))).is_err(), "it is gone");
        let changes = group.into_changes();
        let names: Vec<&[u8]> = changes.iter().map(|(key, _)| &key[key.len() - 1..]).collect();
        assert_eq!(names, [b"a", b"b", b"c"]);
        let sealed = envelope::seal(key(b"b").as_bytes(), &put(b"b", 2).puts[0].1);
        assert_eq!(changes[1].1.as_deref(), Some(&sealed[..]));
        assert!(changes[0].1.is_some() && changes[2].1.is_none());
    }
}
