//! What a reader sees, and when.

use store::{Batch, Class, Key, Owner, Store, StoreError};

use crate::support::{key, owner, put, puts, record, value};

pub async fn what_is_committed_is_read_back(store: Store) {
    let mut batch = Batch::new(Class::C1);
    batch.puts.push((key(b"k"), record(u64::MAX, b"value")));
    store.commit(batch).await.expect("commits");
    assert_eq!(store.get(&key(b"k")).await.expect("reads"), Some(record(u64::MAX, b"value")));
}

pub async fn get_many_keeps_the_order_and_the_gaps(store: Store) {
    store.commit(puts(&[b"a", b"c"])).await.expect("commits");
    let keys = [b"c", b"b", b"a", b"c"].map(|suffix| key(suffix));
    let found = store.get_many(&keys).await.expect("reads");
    let values = found.into_iter().map(|record| record.map(|record| record.value.to_vec())).collect::<Vec<_>>();
    assert_eq!(values, [Some(b"c".to_vec()), None, Some(b"a".to_vec()), Some(b"c".to_vec())]);
    let many = (0..300_u16).map(|number| key(&number.to_be_bytes())).collect::<Vec<_>>();
    assert_eq!(store.get_many(&many).await.expect("reads").len(), 300);
    assert_eq!(store.get_many(&[]).await.expect("reads"), []);
}

pub async fn a_later_put_of_a_batch_wins(store: Store) {
    let mut batch = put(b"k", b"first");
    batch.put(key(b"k"), b"second".to_vec());
    store.commit(batch).await.expect("commits");
    assert_eq!(value(&store, b"k").await.as_deref(), Some(&b"second"[..]));
}

pub async fn a_put_wins_over_a_delete_in_its_batch(store: Store) {
    let mut batch = put(b"k", b"stays");
    batch.deletes.push(key(b"k"));
    store.commit(batch).await.expect("commits");
    assert_eq!(value(&store, b"k").await.as_deref(), Some(&b"stays"[..]));
}

pub async fn deletes_remove_and_absent_ones_are_no_error(store: Store) {
    store.commit(puts(&[b"a", b"b"])).await.expect("commits");
    let mut batch = Batch::new(Class::C1);
    batch.deletes = vec![key(b"a"), key(b"never there")];
    store.commit(batch).await.expect("commits");
    assert_eq!(value(&store, b"a").await, None);
    assert!(value(&store, b"b").await.is_some());
}

pub async fn empty_and_binary_keys_and_values_are_kept(store: Store) {
    let cases: [(&[u8], &[u8]); 5] =
        [(b"", b"no suffix"), (b"\0", b""), (b"\0\0", b"\0"), (b"\xff", b"\xff\xff"), (b"\xff\0\xff", b"mixed")];
    for (suffix, bytes) in cases {
        store.commit(put(suffix, bytes)).await.expect("commits");
    }
    for (suffix, bytes) in cases {
        assert_eq!(value(&store, suffix).await.as_deref(), Some(bytes), "suffix {}", hex::encode(suffix));
    }
    let nameless = Key::new(&Owner::new(1, b""), b"");
    assert_eq!(store.get(&nameless).await.expect("reads"), None, "an owner without identity is another owner");
}

pub async fn batches_apply_in_the_order_they_were_enqueued(store: Store) {
    let commits = (0..200_u8).map(|number| store.enqueue(put(b"k", &[number])).expect("taken")).collect::<Vec<_>>();
    for commit in commits {
        commit.await.expect("commits");
    }
    assert_eq!(value(&store, b"k").await, Some(vec![199]));
}

pub async fn a_dropped_commit_is_written_all_the_same(store: Store) {
    drop(store.enqueue(put(b"k", b"v")).expect("taken"));
    store.commit(Batch::new(Class::C1)).await.expect("a barrier");
    assert!(value(&store, b"k").await.is_some());
}

pub async fn visible_once_resolved(store: Store) {
    for number in 0..100_u8 {
        store.commit(put(&[number], b"v")).await.expect("commits");
        assert!(store.clone().get(&Key::new(&owner(), &[number])).await.expect("reads").is_some());
    }
}

pub async fn closed_stores_take_nothing(store: Store) {
    let waiting = store.enqueue(put(b"k", b"v")).expect("taken");
    store.clone().close();
    waiting.await.expect("what was taken before is written");
    assert!(matches!(store.enqueue(put(b"l", b"v")), Err(StoreError::Unavailable(_))));
}
