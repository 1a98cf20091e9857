//! The sequence of groups inside the engine: each group writes its number, so that a missing one is noticed.
//!
//! Numbers go round a ring of keys. The highest is the head; each of the [`limits::RING_GROUPS`] before it must be in its
//! place, or a group in the middle was lost. Older holes are not seen.

use bytes::Bytes;
use fjall::UserValue;

use super::engine::{Change, View};
use crate::{Record, StoreError, envelope, limits};

/// Keys of the store's own begin so; no owner has an empty name, hence none of theirs does.
const SYSTEM_PREFIX: [u8; 4] = [0, 0, 0, b's'];

/// What the ring says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sequence {
    /// Number of the last group; 0 in a new store.
    pub(crate) head: u64,
    /// Number of the latest group that is missing.
    pub(crate) missing: Option<u64>,
}

/// The change that notes the group with this number.
pub(crate) fn note(number: u64) -> Change {
    let key = key_of(number);
    let record = Record { version: 0, value: Bytes::copy_from_slice(&number.to_be_bytes()) };
    let sealed = envelope::seal_as(&key, &record, UserValue::new);
    (key.into(), Some(sealed))
}

/// The changes that make the ring whole with this head, whatever was lost before.
pub(crate) fn restart_at(head: u64) -> Vec<Change> {
    let first = head.saturating_sub(limits::RING_GROUPS) + 1;
    (first..=head).map(note).collect()
}

/// Reads the whole ring.
pub(crate) fn read(view: &View) -> Result<Sequence, StoreError> {
    let mut places = Vec::new();
    for place in 0..limits::RING_GROUPS {
        places.push(number_at(view, place)?);
    }
    let head = places.iter().copied().max().unwrap_or(0);
    let first = head.saturating_sub(limits::RING_GROUPS) + 1;
    let is_missing = |number: &u64| places[(*number % limits::RING_GROUPS) as usize] != *number;
    Ok(Sequence { head, missing: (first..=head).rev().find(is_missing) })
}

fn key_of(number: u64) -> Vec<u8> {
    let place = (number % limits::RING_GROUPS) as u16;
    [&SYSTEM_PREFIX[..], &place.to_be_bytes()].concat()
}

fn number_at(view: &View, place: u64) -> Result<u64, StoreError> {
    let key = key_of(place);
    let Some(sealed) = view.get(&key)? else { return Ok(0) };
    let value = envelope::open(&key, sealed)?.value;
    let bytes: [u8; 8] =
        value.as_ref().try_into().map_err(|_| StoreError::Damaged("a group number of a strange length".into()))?;
    Ok(u64::from_be_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EmbeddedOptions;
    use crate::embedded::engine::Engine;

    fn ring_of(numbers: impl Iterator<Item = u64>) -> Sequence {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let engine = Engine::open(folder.path(), &EmbeddedOptions::default()).expect("opens");
        for number in numbers {
            engine.write(&[note(number)]).expect("writes");
        }
        read(&engine.view()).expect("reads")
    }

    #[test]
    fn a_whole_ring_misses_nothing() {
        assert_eq!(ring_of(0..0), Sequence { head: 0, missing: None });
        assert_eq!(ring_of(1..=5), Sequence { head: 5, missing: None });
        assert_eq!(ring_of(1..=limits::RING_GROUPS + 9), Sequence { head: limits::RING_GROUPS + 9, missing: None });
    }

    #[test]
    fn a_hole_is_seen() {
        assert_eq!(ring_of((1..=9).filter(|number| *number != 4)), Sequence { head: 9, missing: Some(4) });
        let end = limits::RING_GROUPS * 2;
        assert_eq!(ring_of((1..=end).filter(|number| *number != end - 1)).missing, Some(end - 1));
    }

    #[test]
    fn a_restarted_ring_is_whole() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let engine = Engine::open(folder.path(), &EmbeddedOptions::default()).expect("opens");
        for head in [3, 300] {
            engine.write(&[note(head)]).expect("writes");
            assert_eq!(read(&engine.view()).expect("reads").missing, Some(head - 1));
            engine.write(&restart_at(head)).expect("writes");
            assert_eq!(read(&engine.view()).expect("reads"), Sequence { head, missing: None });
        }
    }
}
