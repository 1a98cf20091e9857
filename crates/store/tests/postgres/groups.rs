//! Groups that are under way behind each other: decided in their order, whatever becomes of the one before.

use store::{Chain, Commit, Store, StoreError};
use testing_postgres::Instance;
use tokio::task::yield_now;

use crate::support::{key, open, put, step, version};

/// Enough for many groups.
const STEPS: u64 = 600;

/// Enqueues, and lets the committer take what waits from time to time.
async fn enqueue(store: &Store, batch: store::Batch, number: u64) -> Commit {
    if number.is_multiple_of(16) {
        yield_now().await;
    }
    store.enqueue(batch).expect("there is room")
}

/// Each step is checked against the one before, which is in the same group or in one that is still under way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checks_hold_across_groups_and_a_conflict_disturbs_nobody_else() {
    let store = open(&Instance::shared().fresh_url()).await.expect("opens");
    let mut commits = Vec::new();
    for at in 0..STEPS {
        commits.push((true, enqueue(&store, step("counter", at), at).await));
        if at % 100 == 50 {
            commits.push((false, enqueue(&store, step("counter", at), at).await));
        }
    }
    for (place, (is_right, commit)) in commits.into_iter().enumerate() {
        match commit.await {
            Ok(()) => assert!(is_right, "{place}"),
            Err(StoreError::Conflict) => assert!(!is_right, "{place}"),
            Err(error) => panic!("{place}: {error}"),
        }
    }
    assert_eq!(version(&store, "counter").await, STEPS);
}

/// What was built on a batch that failed fails too, also in the groups that were sent before that was known.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_breaks_across_groups() {
    let store = open(&Instance::shared().fresh_url()).await.expect("opens");
    for round in 0..20 {
        let (name, chain) = (format!("root{round}"), Chain::default());
        // Known to fail before the database has said anything, and its group succeeds.
        let mut broken = step(&name, 7);
        broken.chains.push(chain.clone());
        let root = store.enqueue(step(&name, 0)).expect("there is room");
        let broken = store.enqueue(broken).expect("there is room");
        let mut later = Vec::new();
        for at in 0..20 {
            let mut batch = put("chained", b"built on nothing");
            batch.chains.push(chain.clone());
            later.push(enqueue(&store, batch, at).await);
        }
        root.await.expect("it stands on nothing else");
        assert!(matches!(broken.await, Err(StoreError::Conflict)));
        for commit in later {
            assert!(matches!(commit.await, Err(StoreError::Unavailable(_))));
        }
    }
    assert!(store.get(&key("chained")).await.expect("reads").is_none());
}

#[tokio::test]
async fn a_record_that_was_believed_to_be_new_is_overwritten() {
    let store = open(&Instance::shared().fresh_url()).await.expect("opens");
    store.commit(put("a", b"old")).await.expect("commits");
    for value in [b"new", b"two"] {
        let mut batch = put("b", value);
        batch.put_fresh(key("a"), value.to_vec());
        batch.put_fresh(key("c"), value.to_vec());
        store.commit(batch).await.expect("commits");
        for name in ["a", "b", "c"] {
            assert_eq!(store.get(&key(name)).await.expect("reads").expect("it is there").value, &value[..]);
        }
    }
    let mut batch = put("d", b"first");
    batch.put_fresh(key("d"), b"second".to_vec());
    batch.deletes.push(key("d"));
    store.commit(batch).await.expect("a later put wins, and puts win over deletes");
    assert_eq!(store.get(&key("d")).await.expect("reads").expect("it is there").value, &b"second"[..]);
}
