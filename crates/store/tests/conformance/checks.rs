//! Checks: a batch is written only if all of them hold at its turn.

use store::{Batch, Check, Class, Store, StoreError};

use crate::support::{key, put, record, value};

fn checked(mut batch: Batch, check: Check) -> Batch {
    batch.checks.push(check);
    batch
}

fn version_two() -> Batch {
    let mut batch = Batch::new(Class::C1);
    batch.puts.push((key(b"k"), record(2, b"two")));
    batch
}

pub async fn absent_holds_only_for_an_absent_key(store: Store) {
    let absent = Check::Absent(key(b"k"));
    store.commit(checked(put(b"k", b"first"), absent.clone())).await.expect("the key is absent");
    let outcome = store.commit(checked(put(b"k", b"second"), absent)).await;
    assert!(matches!(outcome, Err(StoreError::Conflict)), "{outcome:?}");
    assert_eq!(value(&store, b"k").await.as_deref(), Some(&b"first"[..]));
}

pub async fn version_holds_only_for_that_version(store: Store) {
    let conflict = store.commit(checked(version_two(), Check::Version(key(b"k"), 0))).await;
    assert!(matches!(conflict, Err(StoreError::Conflict)), "an absent key has no version: {conflict:?}");
    store.commit(version_two()).await.expect("no checks");
    for wrong in [0, 1, 3, u64::MAX] {
        let conflict = store.commit(checked(put(b"k", b"wrong"), Check::Version(key(b"k"), wrong))).await;
        assert!(matches!(conflict, Err(StoreError::Conflict)), "version {wrong}: {conflict:?}");
    }
    store.commit(checked(put(b"k", b"right"), Check::Version(key(b"k"), 2))).await.expect("this is its version");
    assert_eq!(value(&store, b"k").await.as_deref(), Some(&b"right"[..]));
}

pub async fn a_failed_check_writes_nothing_of_its_batch(store: Store) {
    store.commit(put(b"old", b"old")).await.expect("no checks");
    let mut batch = put(b"new", b"new");
    batch.deletes.push(key(b"old"));
    batch.checks = vec![Check::Absent(key(b"new")), Check::Absent(key(b"old"))];
    assert!(matches!(store.commit(batch).await, Err(StoreError::Conflict)));
    assert_eq!(value(&store, b"new").await, None);
    assert!(value(&store, b"old").await.is_some());
}

pub async fn checks_see_earlier_batches_not_yet_durable(store: Store) {
    let first = store.enqueue(version_two()).expect("taken");
    let right = store.enqueue(checked(put(b"x", b"x"), Check::Version(key(b"k"), 2))).expect("taken");
    let mut removal = Batch::new(Class::C1);
    removal.deletes.push(key(b"k"));
    let removed = store.enqueue(removal).expect("taken");
    let late = store.enqueue(checked(put(b"y", b"y"), Check::Version(key(b"k"), 2))).expect("taken");
    let absent = store.enqueue(checked(put(b"z", b"z"), Check::Absent(key(b"k")))).expect("taken");
    for commit in [first, right, removed, absent] {
        commit.await.expect("holds in the order of enqueueing");
    }
    assert!(matches!(late.await, Err(StoreError::Conflict)));
    assert_eq!(value(&store, b"y").await, None);
}

pub async fn checks_without_writes_are_decided(store: Store) {
    store.commit(checked(Batch::new(Class::C1), Check::Absent(key(b"k")))).await.expect("absent");
    let conflict = store.commit(checked(Batch::new(Class::C1), Check::Version(key(b"k"), 1))).await;
    assert!(matches!(conflict, Err(StoreError::Conflict)));
}

pub async fn an_empty_batch_resolves_after_those_before_it(store: Store) {
    let _written = store.enqueue(put(b"k", b"v")).expect("taken");
    store.commit(Batch::new(Class::C1)).await.expect("a barrier");
    assert!(value(&store, b"k").await.is_some());
}

pub async fn of_many_rivals_one_wins(store: Store) {
    for round in 0..20_u8 {
        let name = [b'n', round];
        let rivals = (0..16_u8)
            .map(|rival| store.enqueue(checked(put(&name, &[rival]), Check::Absent(key(&name)))).expect("taken"));
        let outcomes = futures::future::join_all(rivals.collect::<Vec<_>>()).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert_eq!(value(&store, &name).await, Some(vec![0]), "the first in line");
    }
}
