//! What is there when a store is opened again.

use store::{Check, Class, Store, StoreError};

use crate::support::{Place, everything, key, put, record, suffixes, value};

async fn reopened(place: &Place, store: Store) -> Store {
    store.close();
    place.open().await
}

pub async fn everything_is_there_after_a_restart(place: Place) {
    let mut store = place.open().await;
    let names: [&[u8]; 5] = [b"", b"\0", b"\0\0", b"\xff", b"\xff\0\xff"];
    for round in 0..3_u8 {
        for name in names {
            store.commit(put(name, &[round; 3])).await.expect("commits");
        }
        let mut removal = put(b"kept", &[round]);
        removal.deletes.push(key(b"\0\0"));
        store.commit(removal).await.expect("commits");
        store = reopened(&place, store).await;
        assert_eq!(suffixes(&store, &everything()).await, [&b""[..], b"\0", b"kept", b"\xff", b"\xff\0\xff"]);
        assert_eq!(value(&store, b"\xff").await, Some(vec![round; 3]));
    }
}

pub async fn checks_hold_over_a_restart(place: Place) {
    let store = place.open().await;
    let mut first = store::Batch::new(Class::C1);
    first.puts.push((key(b"k"), record(7, b"seven")));
    store.commit(first).await.expect("commits");
    let store = reopened(&place, store).await;
    for (check, holds) in
        [(Check::Absent(key(b"k")), false), (Check::Version(key(b"k"), 6), false), (Check::Version(key(b"k"), 7), true)]
    {
        let mut batch = put(b"other", b"x");
        batch.checks.push(check);
        let outcome = store.commit(batch).await;
        assert!(if holds { outcome.is_ok() } else { matches!(outcome, Err(StoreError::Conflict)) }, "{outcome:?}");
    }
}

pub async fn what_was_taken_is_written_before_closing(place: Place) {
    let store = place.open().await;
    let commits = (0..200_u8).map(|number| store.enqueue(put(&[number], b"v")).expect("taken")).collect::<Vec<_>>();
    let store = reopened(&place, store).await;
    assert_eq!(suffixes(&store, &everything()).await.len(), 200);
    for commit in commits {
        commit.await.expect("it was written");
    }
}
