//! The arithmetic of scans: which encoded keys a [`Scan`] covers, and how a walk over them becomes a [`Page`].
//!
//! All engines share it, so that paging, prefixes and byte limits mean the same in each.

use std::ops::Bound;

use bytes::Bytes;

use crate::{Key, Owner, Page, Scan, StoreError, envelope, judge, limits};

/// Encoded keys from the first to the second, both ends as stated.
pub(crate) type Range = (Bound<Vec<u8>>, Bound<Vec<u8>>);

/// The keys that `scan` covers, or `None` when it can cover none.
pub(crate) fn covered(scan: &Scan) -> Option<Range> {
    let (first, last) = if scan.reverse { (&scan.to, &scan.from) } else { (&scan.from, &scan.to) };
    let prefix = Key::new(&scan.owner, &scan.prefix).into_bytes();
    let first = first.as_ref().map(|suffix| Key::new(&scan.owner, suffix).into_bytes());
    let last = last.as_ref().map(|suffix| Key::new(&scan.owner, suffix).into_bytes());
    let lower = first.map_or_else(|| prefix.clone(), |first| first.max(prefix.clone()));
    let upper = upper_bound(last, successor(prefix));
    let is_possible = match &upper {
        Bound::Included(last) => lower <= *last,
        Bound::Excluded(end) => lower < *end,
        Bound::Unbounded => true,
    };
    is_possible.then_some((Bound::Included(lower), upper))
}

/// All keys under `prefix` of `owner`.
pub(crate) fn under(owner: &Owner, prefix: &[u8]) -> Range {
    let prefix = Key::new(owner, prefix).into_bytes();
    let end = successor(prefix.clone()).map_or(Bound::Unbounded, Bound::Excluded);
    (Bound::Included(prefix), end)
}

fn upper_bound(last: Option<Vec<u8>>, end: Option<Vec<u8>>) -> Bound<Vec<u8>> {
    match (last, end) {
        (Some(last), Some(end)) if last < end => Bound::Included(last),
        (_, Some(end)) => Bound::Excluded(end),
        (Some(last), None) => Bound::Included(last),
        (None, None) => Bound::Unbounded,
    }
}

/// The first byte string after all that begin with `prefix`; `None` when there is none.
fn successor(mut prefix: Vec<u8>) -> Option<Vec<u8>> {
    while let Some(last) = prefix.pop() {
        if last < u8::MAX {
            prefix.push(last + 1);
            return Some(prefix);
        }
    }
    None
}

/// Takes items until a limit of `scan` is met; `walk` yields encoded keys and sealed values in the scan's direction.
pub(crate) fn collect<K: AsRef<[u8]>>(
    scan: &Scan,
    walk: impl Iterator<Item = Result<(K, Bytes), StoreError>>,
) -> Result<Page, StoreError> {
    let owner_bytes = Key::new(&scan.owner, &[]).as_bytes().len();
    let mut page = Page::default();
    let mut taken_bytes = 0_usize;
    for item in walk {
        let (key, sealed) = item?;
        let key = key.as_ref();
        let suffix = key[owner_bytes..].to_vec();
        if page.items.len() >= scan.limit || taken_bytes > scan.max_bytes {
            page.next = Some(suffix);
            break;
        }
        taken_bytes = taken_bytes.saturating_add(key.len() + sealed.len());
        page.items.push((suffix, envelope::open(key, sealed)?));
    }
    Ok(page)
}

/// Whether `scan` is within the bounds of `limits.rs`.
pub(crate) fn validate(scan: &Scan) -> Result<(), StoreError> {
    judge::validate_key(&Key::new(&scan.owner, &[]))?;
    let longest = [Some(&scan.prefix), scan.from.as_ref(), scan.to.as_ref()].into_iter().flatten().map(Vec::len).max();
    if longest.unwrap_or(0) > limits::KEY_MAX_BYTES {
        return Err(StoreError::Limit("scan bound length"));
    }
    if scan.limit > limits::SCAN_MAX_ITEMS {
        return Err(StoreError::Limit("items of a scan"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::ops::RangeBounds;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn successor_skips_trailing_ff() {
        assert_eq!(successor(vec![1, 2]), Some(vec![1, 3]));
        assert_eq!(successor(vec![1, 0xff, 0xff]), Some(vec![2]));
        assert_eq!(successor(vec![0xff]), None);
    }

    proptest! {
        /// The range of a prefix holds exactly the keys that begin with it.
        #[test]
        fn a_prefix_covers_what_begins_with_it(prefix in vec(any::<u8>(), 0..4), suffix in vec(any::<u8>(), 0..6)) {
            let owner = Owner::new(1, b"o");
            let key = Key::new(&owner, &suffix).into_bytes();
            prop_assert_eq!(under(&owner, &prefix).contains(&key), suffix.starts_with(&prefix));
        }
    }

    #[test]
    fn an_inverted_range_covers_nothing() {
        let scan = Scan {
            owner: Owner::new(1, b"a"),
            prefix: Vec::new(),
            from: Some(vec![9]),
            to: Some(vec![3]),
            reverse: false,
            limit: 10,
            max_bytes: 1000,
        };
        assert!(covered(&scan).is_none());
        assert!(covered(&Scan { reverse: true, ..scan }).is_some());
    }
}
