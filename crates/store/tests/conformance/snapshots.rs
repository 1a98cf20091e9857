//! A snapshot holds every record of one instant, in the order of keys, and nothing else.

use store::{Batch, Class, Key, Owner, Record, Snapshot, Store, StoreError, limits};

use crate::support::{key, put, puts};

const OWNERS: u32 = 40;
const RECORDS: u32 = 60;
const VALUE_BYTES: usize = 2_000;

async fn rest(snapshot: &mut Snapshot) -> Vec<(Key, Record)> {
    let mut all = Vec::new();
    while let Some(chunk) = snapshot.next_chunk().await.expect("reads") {
        assert!(!chunk.is_empty(), "a chunk has something in it");
        let bytes: usize = chunk.iter().map(|(key, record)| key.as_bytes().len() + record.value.len()).sum();
        assert!(bytes <= limits::SNAPSHOT_CHUNK_BYTES, "{bytes} bytes");
        all.extend(chunk);
    }
    assert!(snapshot.next_chunk().await.expect("reads").is_none(), "the end stays the end");
    all
}

/// Writes records of many owners, larger together than a chunk; returns them in the order of their keys.
async fn fill(store: &Store) -> Vec<(Key, Record)> {
    let mut all = Vec::new();
    for number in 0..OWNERS {
        let owner = Owner::new(3, &number.to_be_bytes());
        let mut batch = Batch::new(Class::C1);
        for place in 0..RECORDS {
            let record = Record { version: u64::from(place), value: vec![number as u8; VALUE_BYTES].into() };
            batch.puts.push((Key::new(&owner, &place.to_be_bytes()), record));
        }
        all.extend(batch.puts.clone());
        store.commit(batch).await.expect("commits");
    }
    all.sort_by(|left, right| left.0.cmp(&right.0));
    all
}

pub async fn a_new_store_has_none_of_the_engines_own(store: Store) {
    assert!(store.snapshot().await.expect("opens").next_chunk().await.expect("reads").is_none());
    let mut gone = Batch::new(Class::C1);
    gone.deletes.push(key(b"a"));
    store.commit(put(b"a", b"x")).await.expect("commits");
    store.commit(gone).await.expect("commits");
    assert!(store.snapshot().await.expect("opens").next_chunk().await.expect("reads").is_none());
}

pub async fn every_record_comes_once_in_the_order_of_keys(store: Store) {
    let written = fill(&store).await;
    assert_eq!(rest(&mut store.snapshot().await.expect("opens")).await, written);
}

pub async fn empty_and_binary_keys_are_in_it(store: Store) {
    let suffixes: [&[u8]; 4] = [b"", &[0], &[0, 0xff], &[0xff; 32]];
    store.commit(puts(&suffixes)).await.expect("commits");
    let found = rest(&mut store.snapshot().await.expect("opens")).await;
    assert_eq!(found.iter().map(|(key, _)| key.parts().1).collect::<Vec<_>>(), suffixes);
}

/// What is written, changed and removed while it is read is not in it.
pub async fn a_snapshot_is_one_instant(store: Store) {
    let written = fill(&store).await;
    let mut snapshot = store.snapshot().await.expect("opens");
    let first = snapshot.next_chunk().await.expect("reads").expect("there are records");
    assert!(first.len() < written.len(), "there is more than one chunk");
    for (position, (old, _)) in written.iter().enumerate().rev().take(300) {
        let mut batch = Batch::new(Class::C1);
        match position % 2 {
            0 => batch.put(old.clone(), b"later".to_vec()),
            _ => batch.deletes.push(old.clone()),
        }
        store.commit(batch).await.expect("commits");
    }
    store.commit(put(b"new", b"later")).await.expect("commits");
    let read = first.into_iter().chain(rest(&mut snapshot).await).collect::<Vec<_>>();
    assert!(read == written, "the snapshot is what was there when it was opened");
}

pub async fn two_snapshots_know_nothing_of_each_other(store: Store) {
    store.commit(put(b"a", b"1")).await.expect("commits");
    let mut first = store.snapshot().await.expect("opens");
    store.commit(put(b"b", b"2")).await.expect("commits");
    let mut second = store.snapshot().await.expect("opens");
    assert_eq!(rest(&mut second).await.len(), 2);
    assert_eq!(rest(&mut first).await.len(), 1);
}

pub async fn snapshots_are_counted(store: Store) {
    let mut open = Vec::new();
    for _ in 0..limits::SNAPSHOTS_MAX {
        open.push(store.snapshot().await.expect("within the bound"));
    }
    assert!(matches!(store.snapshot().await, Err(StoreError::Unavailable(_))));
    open.pop();
    store.snapshot().await.expect("one was closed");
}

/// A closed store takes its snapshots back instead of waiting for them.
pub async fn a_snapshot_of_a_closed_store_is_lost(store: Store) {
    store.commit(put(b"a", b"1")).await.expect("commits");
    let mut snapshot = store.snapshot().await.expect("opens");
    store.close();
    assert!(matches!(snapshot.next_chunk().await, Err(StoreError::Read(_))));
}
