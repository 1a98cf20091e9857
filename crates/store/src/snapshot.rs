//! A walk over every live record at one instant, in the order of keys: what backups, moves to another engine and the
//! inspection of a whole store read.
//!
//! The engine's own bookkeeping is not part of it. Nothing damaged is served: the walk stops in front of it with an error,
//! and goes on behind it only when told to ([`Snapshot::skip_damaged`]). An open snapshot keeps the engine from forgetting
//! old versions of records, so it should not be held for longer than the reading takes.

use std::ops::Bound;

use bytes::Bytes;

use crate::range::Range;
use crate::{Key, Record, StoreError, embedded, envelope, limits, memory, postgres};

/// The least key a record can have: owners are never empty, so what lies before it is the engine's own.
const FIRST_KEY: [u8; 3] = [0, 0, 1];

/// A walk over every record at one instant.
#[derive(Debug)]
pub struct Snapshot {
    source: Source,
    /// Where the rest begins.
    from: Bound<Vec<u8>>,
    /// What the walk stands in front of.
    trouble: Option<Trouble>,
}

/// Who reads the sealed records.
#[derive(Debug)]
pub(crate) enum Source {
    Memory(memory::Frozen),
    Embedded(embedded::Held),
    Postgres(postgres::Held),
}

/// What was left out of a walk because it could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// One record: its bytes are not those that were written.
    Record(Key),
    /// Everything there may have been after the first key (from the beginning, if none) and before the second (to the
    /// end, if none): a part of the engine's files cannot be read, so nobody knows what it held.
    Stretch {
        /// The last key that was read before it.
        after: Option<Key>,
        /// The first key that can be read behind it.
        before: Option<Key>,
    },
}

/// Sealed records in the order of their keys, and what kept the engine from reading more.
#[derive(Debug, Default)]
pub(crate) struct Sealed {
    pub(crate) items: Vec<(Key, Bytes)>,
    pub(crate) error: Option<StoreError>,
}

#[derive(Clone, Debug)]
enum Trouble {
    Record(Key, StoreError),
    Engine(StoreError),
}

impl Snapshot {
    pub(crate) fn new(source: Source) -> Self {
        Self { source, from: Bound::Included(FIRST_KEY.to_vec()), trouble: None }
    }

    /// The next records, at most [`limits::SNAPSHOT_CHUNK_BYTES`] of keys and values; `None` after the last.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the next record is damaged, [`StoreError::Read`] when the engine cannot read on or the
    /// snapshot was lost (the store was closed, or its engine reopened). Asked again, it says the same.
    pub async fn next_chunk(&mut self) -> Result<Option<Vec<(Key, Record)>>, StoreError> {
        if let Some(trouble) = &self.trouble {
            return Err(trouble.error());
        }
        let sealed = self.read_sealed().await?;
        let opened = self.open(sealed);
        match &self.trouble {
            Some(trouble) if opened.is_empty() => Err(trouble.error()),
            _ if opened.is_empty() => Ok(None),
            _ => Ok(Some(opened)),
        }
    }

    /// Goes on behind what the last [`Snapshot::next_chunk`] failed on, and says what is left out; `None` when it did not
    /// fail on anything that can be left out.
    ///
    /// # Errors
    /// [`StoreError::Read`] when the snapshot was lost.
    pub async fn skip_damaged(&mut self) -> Result<Option<Skipped>, StoreError> {
        match self.trouble.take() {
            None => Ok(None),
            Some(Trouble::Record(key, _)) => {
                self.from = Bound::Excluded(key.as_bytes().to_vec());
                Ok(Some(Skipped::Record(key)))
            }
            Some(Trouble::Engine(_)) => self.skip_stretch().await.map(Some),
        }
    }

    async fn read_sealed(&self) -> Result<Sealed, StoreError> {
        let rest: Range = (self.from.clone(), Bound::Unbounded);
        match &self.source {
            Source::Memory(frozen) => frozen.sealed(rest),
            Source::Embedded(held) => held.sealed(rest).await,
            Source::Postgres(held) => held.sealed(rest).await,
        }
    }

    /// Opens what was read, up to the first that is damaged.
    fn open(&mut self, sealed: Sealed) -> Vec<(Key, Record)> {
        let mut opened = Vec::with_capacity(sealed.items.len());
        for (key, bytes) in sealed.items {
            match envelope::open(key.as_bytes(), bytes) {
                Ok(record) => opened.push((key, record)),
                Err(error) => {
                    self.trouble = Some(Trouble::Record(key, error));
                    break;
                }
            }
        }
        if self.trouble.is_none() {
            self.trouble = sealed.error.map(Trouble::Engine);
        }
        if let Some((last, _)) = opened.last() {
            self.from = Bound::Excluded(last.as_bytes().to_vec());
        }
        opened
    }

    async fn skip_stretch(&mut self) -> Result<Skipped, StoreError> {
        let rest: Range = (self.from.clone(), Bound::Unbounded);
        let before = match &self.source {
            Source::Memory(_) | Source::Postgres(_) => None,
            Source::Embedded(held) => held.first_readable(rest).await?,
        };
        let (from, skipped) = behind(&self.from, before);
        self.from = from;
        Ok(skipped)
    }
}

/// Where a walk goes on that cannot be read from `from`, and what it leaves out; `before` is the first key behind that part.
/// Should the walk stand at that key already, because it can be read backwards only, it goes on behind it: every step leads
/// on, so that the walk ends.
fn behind(from: &Bound<Vec<u8>>, before: Option<Key>) -> (Bound<Vec<u8>>, Skipped) {
    let after = match from {
        Bound::Excluded(last) => Some(Key::from_encoded(last)),
        _ => None,
    };
    match before {
        None => (Bound::Excluded(vec![u8::MAX; limits::KEY_MAX_BYTES]), Skipped::Stretch { after, before: None }),
        Some(key) if matches!(from, Bound::Included(at) if at == key.as_bytes()) => {
            (Bound::Excluded(key.as_bytes().to_vec()), Skipped::Record(key))
        }
        Some(key) => (Bound::Included(key.as_bytes().to_vec()), Skipped::Stretch { after, before: Some(key) }),
    }
}

impl Trouble {
    fn error(&self) -> StoreError {
        match self {
            Self::Record(_, error) | Self::Engine(error) => error.clone(),
        }
    }
}

impl Sealed {
    /// Takes from an ascending walk what one chunk holds.
    pub(crate) fn collect<K: AsRef<[u8]>>(walk: impl Iterator<Item = Result<(K, Bytes), StoreError>>) -> Self {
        let mut sealed = Self::default();
        let mut taken_bytes = 0;
        for item in walk {
            match item {
                Err(error) => {
                    sealed.error = Some(error);
                    break;
                }
                Ok((key, value)) => {
                    taken_bytes += key.as_ref().len() + value.len();
                    if taken_bytes > limits::SNAPSHOT_CHUNK_BYTES {
                        break;
                    }
                    sealed.items.push((Key::from_encoded(key.as_ref()), value));
                }
            }
        }
        sealed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Owner;

    /// An engine whose files cannot be read forwards from a key that a walk backwards gives.
    #[test]
    fn a_walk_past_what_cannot_be_read_always_comes_further() {
        let key = |suffix: u8| Key::new(&Owner::new(1, b"owner"), &[suffix]);
        let at = |suffix: u8| key(suffix).as_bytes().to_vec();
        let stretch =
            |after: Option<u8>, before: Option<u8>| Skipped::Stretch { after: after.map(key), before: before.map(key) };
        let (from, skipped) = behind(&Bound::Excluded(at(1)), Some(key(5)));
        assert_eq!((&from, skipped), (&Bound::Included(at(5)), stretch(Some(1), Some(5))));
        let (from, skipped) = behind(&from, Some(key(5)));
        assert_eq!((&from, skipped), (&Bound::Excluded(at(5)), Skipped::Record(key(5))));
        let (from, skipped) = behind(&from, Some(key(6)));
        assert_eq!((&from, skipped), (&Bound::Included(at(6)), stretch(Some(5), Some(6))));
        let (from, skipped) = behind(&from, None);
        assert!(matches!(&from, Bound::Excluded(end) if *end > at(255)), "{from:?}");
        assert_eq!(skipped, stretch(None, None));
    }
}
