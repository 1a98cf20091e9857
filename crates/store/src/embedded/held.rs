//! Views that snapshots hold on to.
//!
//! The engine can be reopened or closed only when nobody holds a view of it, so the store keeps a handle on each and can
//! take it back: the snapshot is then lost, and says so.

use std::ops::{Bound, RangeBounds};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use super::engine::View;
use super::off_thread;
use crate::range::Range;
use crate::snapshot::Sealed;
use crate::{Key, StoreError, limits};

/// One past the highest hash of an owner, which every key begins with.
const HASHES: u32 = 1 << 16;

/// The view of one snapshot; `None` once the store took it back.
type Place = Mutex<Option<View>>;

/// A view that is held for a snapshot.
#[derive(Clone)]
pub(crate) struct Held(Arc<Place>);

/// Every view that is held.
#[derive(Default)]
pub(super) struct Holds(Mutex<Vec<Weak<Place>>>);

impl Holds {
    /// Holds on to `view`.
    pub(super) fn take(&self, view: &View) -> Result<Held, StoreError> {
        let mut holds = self.0.lock();
        holds.retain(|place| place.strong_count() > 0);
        if holds.len() >= limits::SNAPSHOTS_MAX {
            return Err(StoreError::Unavailable("too many snapshots are open"));
        }
        let place = Arc::new(Mutex::new(Some(view.clone())));
        holds.push(Arc::downgrade(&place));
        Ok(Held(place))
    }

    /// Takes all views back; waits for reads that are under way.
    pub(super) fn release_all(&self) {
        for place in self.0.lock().drain(..) {
            if let Some(place) = place.upgrade() {
                place.lock().take();
            }
        }
    }
}

impl Held {
    /// What one chunk holds of the records within `rest`.
    pub(crate) async fn sealed(&self, rest: Range) -> Result<Sealed, StoreError> {
        self.read(|view| Sealed::collect(view.range(rest))).await
    }

    /// The first key within `rest` behind the part that cannot be read.
    pub(crate) async fn first_readable(&self, rest: Range) -> Result<Option<Key>, StoreError> {
        self.read(move |view| first_readable(view, &rest.0)).await
    }

    async fn read<T: Send + 'static>(&self, read: impl FnOnce(&View) -> T + Send + 'static) -> Result<T, StoreError> {
        let held = self.clone();
        off_thread(move || {
            let place = held.0.lock();
            let view = place.as_ref().ok_or_else(|| StoreError::Read("the snapshot was lost".into()))?;
            Ok(read(view))
        })
        .await
    }
}

impl std::fmt::Debug for Held {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Held")
    }
}

/// Walks backwards from the end of each hash to what cannot be read: an unreadable part spans few of them.
fn first_readable(view: &View, from: &Bound<Vec<u8>>) -> Option<Key> {
    let first_hash = match from {
        Bound::Included(key) | Bound::Excluded(key) => u32::from(key[0]) << 8 | u32::from(key[1]),
        Bound::Unbounded => 0,
    };
    (first_hash + 1..=HASHES).find_map(|hash| start_of_run_before(view, hash_start(hash), from))
}

/// The least key of the readable run before `end` that lies within `from`; `None` when there is none. The walk has no
/// lower bound of its own, because the engine would look for it, in the part that cannot be read.
fn start_of_run_before(view: &View, end: Bound<Vec<u8>>, from: &Bound<Vec<u8>>) -> Option<Key> {
    let rest: (Bound<&[u8]>, Bound<&[u8]>) = (from.as_ref().map(Vec::as_slice), Bound::Unbounded);
    let readable = view.range((Bound::Unbounded, end)).rev().map_while(Result::ok);
    let within = readable.take_while(|(key, _)| RangeBounds::<[u8]>::contains(&rest, key.as_ref()));
    within.last().map(|(key, _)| Key::from_encoded(&key))
}

/// Where the keys begin whose owner has this hash; past the last hash, the end of all keys.
fn hash_start(hash: u32) -> Bound<Vec<u8>> {
    u16::try_from(hash).map_or(Bound::Unbounded, |hash| Bound::Excluded(hash.to_be_bytes().to_vec()))
}
