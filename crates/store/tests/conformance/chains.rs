//! Chains: what was built on a failed batch fails with it.

use store::{Batch, Chain, Check, Store, StoreError};

use crate::support::{key, put, value};

fn chained(mut batch: Batch, chains: &[&Chain]) -> Batch {
    batch.chains = chains.iter().map(|chain| (*chain).clone()).collect();
    batch
}

/// A batch that cannot be written.
fn failing(suffix: &[u8]) -> Batch {
    let mut batch = put(suffix, b"never");
    batch.checks.push(Check::Version(key(b"never there"), 9));
    batch
}

fn is_unavailable(outcome: &Result<(), StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Unavailable(_)))
}

pub async fn a_failed_batch_takes_its_successors_along(store: Store) {
    let chain = Chain::default();
    let before = store.enqueue(chained(put(b"a", b"a"), &[&chain])).expect("taken");
    let fails = store.enqueue(chained(failing(b"b"), &[&chain])).expect("taken");
    let after = store.enqueue(chained(put(b"c", b"c"), &[&chain]));
    before.await.expect("nothing had failed yet");
    assert!(matches!(fails.await, Err(StoreError::Conflict)));
    assert!(chain.is_broken());
    assert!(is_unavailable(&after.expect("taken").await));
    assert!(is_unavailable(&store.commit(chained(put(b"d", b"d"), &[&chain])).await), "it stays broken");
    assert!(value(&store, b"a").await.is_some());
    assert_eq!((value(&store, b"c").await, value(&store, b"d").await), (None, None));
}

pub async fn another_chain_is_not_touched(store: Store) {
    let (broken, whole) = (Chain::default(), Chain::default());
    let _fails = store.enqueue(chained(failing(b"b"), &[&broken])).expect("taken");
    store.commit(chained(put(b"c", b"c"), &[&whole])).await.expect("another mailbox");
    store.commit(put(b"d", b"d")).await.expect("no chain at all");
    assert!(broken.is_broken() && !whole.is_broken());
}

pub async fn a_batch_of_two_chains_breaks_both(store: Store) {
    let (sender, recipient, third) = (Chain::default(), Chain::default(), Chain::default());
    let fails = store.enqueue(chained(failing(b"a"), &[&sender, &recipient])).expect("taken");
    let by_recipient = store.enqueue(chained(put(b"b", b"b"), &[&recipient, &third])).expect("taken");
    let by_third = store.enqueue(chained(put(b"c", b"c"), &[&third])).expect("taken");
    assert!(fails.await.is_err());
    assert!(is_unavailable(&by_recipient.await));
    assert!(is_unavailable(&by_third.await), "failure spreads over shared batches");
    assert!(sender.is_broken() && recipient.is_broken() && third.is_broken());
}

pub async fn a_new_chain_starts_afresh(store: Store) {
    let chain = Chain::default();
    assert!(store.commit(chained(failing(b"a"), &[&chain])).await.is_err());
    store.commit(chained(put(b"a", b"a"), &[&Chain::default()])).await.expect("state was read anew");
}

pub async fn a_broken_chain_writes_nothing(store: Store) {
    let chain = Chain::default();
    chain.break_off();
    assert!(is_unavailable(&store.commit(chained(put(b"a", b"a"), &[&chain])).await));
    assert_eq!(value(&store, b"a").await, None);
}

/// Whoever hears of a failure reads the state anew: everything enqueued before must then be visible.
pub async fn a_failure_is_told_after_what_came_before_is_visible(store: Store) {
    for round in 0..60_u8 {
        let (chain, name) = (Chain::default(), [b'n', round]);
        let _before = store.enqueue(chained(put(&name, b"before"), &[&chain])).expect("taken");
        let fails = store.enqueue(chained(failing(b"x"), &[&chain])).expect("taken");
        while round % 2 == 0 && !chain.is_broken() {
            tokio::task::yield_now().await;
        }
        if round % 2 == 1 {
            assert!(fails.await.is_err());
        }
        assert!(value(&store, &name).await.is_some(), "round {round}");
    }
}
