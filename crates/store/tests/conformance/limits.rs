//! Bounds: at the bound is taken, over it refused before anything happens.

use store::limits::{
    BATCH_MAX_BYTES, BATCH_MAX_RECORDS, GET_MAX_KEYS, KEY_MAX_BYTES, OWNER_MAX_BYTES, SCAN_MAX_ITEMS, VALUE_MAX_BYTES,
};
use store::{Batch, Class, Key, Owner, Scan, Store, StoreError};

use crate::support::{everything, key, put};

/// A key of exactly this length.
fn key_of(length: usize) -> Key {
    let owner = Owner::new(1, b"o");
    let empty = Key::new(&owner, b"").as_bytes().len();
    Key::new(&owner, &vec![7; length - empty])
}

fn put_at(key: Key, value: Vec<u8>) -> Batch {
    let mut batch = Batch::new(Class::C1);
    batch.put(key, value);
    batch
}

fn records(count: usize) -> Batch {
    let mut batch = Batch::new(Class::C1);
    (0..count).for_each(|number| batch.put(key(&number.to_be_bytes()), vec![1]));
    batch
}

fn is_limit<T>(outcome: &Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Limit(_)))
}

/// A batch of exactly this many bytes of keys and values.
fn weighing(total: usize) -> Batch {
    let mut batch = Batch::new(Class::C1);
    let key_bytes = key(&[0]).as_bytes().len();
    let (full, rest) = (total / VALUE_MAX_BYTES, total % VALUE_MAX_BYTES);
    (0..full).for_each(|number| batch.put(key(&[number as u8]), vec![1; VALUE_MAX_BYTES - key_bytes]));
    if rest > 0 {
        batch.put(key(&[255]), vec![1; rest - key_bytes]);
    }
    batch
}

pub async fn sizes_at_the_bound_are_taken(store: Store) {
    store.commit(put_at(key_of(KEY_MAX_BYTES), vec![1])).await.expect("the longest key");
    assert!(store.get(&key_of(KEY_MAX_BYTES)).await.expect("reads").is_some());
    let long_owner = Key::new(&Owner::new(1, &[7; OWNER_MAX_BYTES - 1]), b"");
    store.commit(put_at(long_owner, vec![1])).await.expect("the longest owner");
    store.commit(put(b"v", &vec![1; VALUE_MAX_BYTES])).await.expect("the longest value");
    let found = store.get(&key(b"v")).await.expect("reads").expect("it is there");
    assert_eq!(found.value.len(), VALUE_MAX_BYTES);
    store.commit(records(BATCH_MAX_RECORDS)).await.expect("the most records");
    store.commit(weighing(BATCH_MAX_BYTES)).await.expect("the most bytes");
}

pub async fn sizes_over_the_bound_are_refused(store: Store) {
    assert!(is_limit(&store.commit(put_at(key_of(KEY_MAX_BYTES + 1), vec![1])).await));
    assert!(is_limit(&store.commit(put(b"v", &vec![1; VALUE_MAX_BYTES + 1])).await));
    assert!(is_limit(&store.commit(records(BATCH_MAX_RECORDS + 1)).await));
    assert!(is_limit(&store.commit(weighing(BATCH_MAX_BYTES + 100)).await));
    let long_owner = Key::new(&Owner::new(1, &[7; OWNER_MAX_BYTES]), b"");
    assert!(is_limit(&store.commit(put_at(long_owner.clone(), vec![1])).await));
    assert!(is_limit(&store.get(&long_owner).await));
    assert!(is_limit(&store.get(&Key::new(&Owner::new(1, &[7; 400]), b"")).await), "whatever its length");
    let mut deletes = Batch::new(Class::C1);
    deletes.deletes = vec![key_of(KEY_MAX_BYTES + 1)];
    assert!(is_limit(&store.commit(deletes).await));
    assert!(store.scan(&everything()).await.expect("scans").items.is_empty(), "nothing was written");
}

pub async fn reads_over_the_bound_are_refused(store: Store) {
    assert!(is_limit(&store.get(&key_of(KEY_MAX_BYTES + 1)).await));
    assert!(is_limit(&store.get_many(&vec![key(b"k"); GET_MAX_KEYS + 1]).await));
    assert!(is_limit(&store.scan(&Scan { limit: SCAN_MAX_ITEMS + 1, ..everything() }).await));
    assert!(is_limit(&store.scan(&Scan { prefix: vec![0; KEY_MAX_BYTES + 1], ..everything() }).await));
    let nothing = store.scan(&Scan { limit: 0, ..everything() }).await.expect("asking for nothing is allowed");
    assert!(nothing.items.is_empty());
}
