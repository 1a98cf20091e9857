//! The memory engine's faults do what they say, so that tests built on them mean something.

use store::{Batch, Chain, Class, Fate, Faults, Footprint, Key, Owner, Skipped, Store, StoreError};

fn key(name: &str) -> Key {
    Key::new(&Owner::new(1, b"o"), name.as_bytes())
}

fn put(name: &str) -> Batch {
    let mut batch = Batch::new(Class::C1);
    batch.put(key(name), name.as_bytes().to_vec());
    batch
}

fn faulty() -> (Store, Faults) {
    let faults = Faults::none();
    (Store::memory_with(faults.clone()), faults)
}

async fn is_there(store: &Store, name: &str) -> bool {
    store.get(&key(name)).await.expect("reads").is_some()
}

#[tokio::test]
async fn the_nth_batch_fails_and_takes_its_chain_along() {
    let (store, faults) = faulty();
    let chain = Chain::default();
    faults.fail_nth(2);
    for (name, is_written) in [("a", true), ("b", false), ("c", false)] {
        let mut batch = put(name);
        batch.chains.push(chain.clone());
        assert_eq!(store.commit(batch).await.is_ok(), is_written, "{name}");
        assert_eq!(is_there(&store, name).await, is_written, "{name}");
    }
    store.commit(put("d")).await.expect("other chains are well");
}

#[tokio::test]
async fn an_unknown_outcome_is_either() {
    for is_written in [false, true] {
        let (store, faults) = faulty();
        faults.unknown_nth(1, is_written);
        assert!(matches!(store.commit(put("a")).await, Err(StoreError::Unknown(_))));
        assert_eq!(is_there(&store, "a").await, is_written);
    }
}

#[tokio::test]
async fn held_batches_are_invisible_until_their_step() {
    let (store, faults) = faulty();
    faults.hold();
    let mut first = store.enqueue(put("a")).expect("taken");
    let second = store.enqueue(put("b")).expect("taken");
    assert!(futures::poll!(&mut first).is_pending());
    assert!(!is_there(&store, "a").await);
    faults.step(1);
    first.await.expect("its step came");
    assert!(is_there(&store, "a").await && !is_there(&store, "b").await);
    faults.release();
    second.await.expect("released");
    store.commit(put("c")).await.expect("nothing is held any more");
}

#[tokio::test]
async fn closing_decides_what_is_held() {
    let (store, faults) = faulty();
    faults.hold();
    let held = store.enqueue(put("a")).expect("taken");
    store.close();
    held.await.expect("written on the way out");
}

#[tokio::test]
async fn a_full_disk_refuses_and_recovers() {
    let (store, faults) = faulty();
    faults.set_read_only(true);
    assert!(store.is_read_only());
    assert!(matches!(store.enqueue(put("a")), Err(StoreError::Unavailable(_))));
    faults.set_read_only(false);
    store.commit(put("a")).await.expect("room again");
}

#[tokio::test]
async fn reads_fail_as_often_as_asked() {
    let (store, faults) = faulty();
    faults.fail_reads(2);
    assert!(matches!(store.get(&key("a")).await, Err(StoreError::Read(_))));
    assert!(matches!(store.get(&key("a")).await, Err(StoreError::Read(_))));
    assert!(!is_there(&store, "a").await);
}

#[tokio::test]
async fn damaged_records_are_never_served() {
    let (store, faults) = faulty();
    assert!(!faults.damage(&key("a"), 0), "nothing to damage");
    store.commit(put("a")).await.expect("commits");
    for bit in 0..64 {
        assert!(faults.damage(&key("a"), bit));
        assert!(matches!(store.get(&key("a")).await, Err(StoreError::Damaged(_))), "bit {bit}");
        assert!(faults.damage(&key("a"), bit), "flipped back");
    }
    assert!(is_there(&store, "a").await);
    assert!(faults.damage(&key("a"), 3));
    store.delete_prefix(&Owner::new(1, b"o"), b"").await.expect("what is damaged can be removed");
    assert!(!is_there(&store, "a").await);
}

#[tokio::test]
async fn footprints_tell_what_was_written() {
    let (store, faults) = faulty();
    store.commit(put("before")).await.expect("commits");
    assert!(faults.take_footprints().is_empty(), "recording begins here");
    faults.fail_nth(1);
    assert!(store.commit(put("a")).await.is_err());
    let mut batch = put("b");
    batch.deletes.push(key("c"));
    store.commit(batch).await.expect("commits");
    assert_eq!(
        faults.take_footprints(),
        [Footprint { class: Class::C1, puts: vec![key("b")], deletes: vec![key("c")] }]
    );
    assert!(faults.take_footprints().is_empty());
    assert_eq!(key("b").parts(), (&b"\x01o"[..], &b"b"[..]));
}

#[tokio::test]
async fn a_snapshot_stops_before_what_is_damaged_until_told_to_go_on() {
    let faults = Faults::none();
    let store = Store::memory_with(faults.clone());
    for name in ["a", "b", "c", "d"] {
        store.commit(put(name)).await.expect("commits");
    }
    assert!(faults.damage(&key("b"), 30) && faults.damage(&key("c"), 30));
    let mut snapshot = store.snapshot().await.expect("opens");
    assert_eq!(snapshot.skip_damaged().await.expect("is there"), None, "nothing to skip yet");
    let names = |chunk: Vec<(Key, store::Record)>| chunk.into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    assert_eq!(names(snapshot.next_chunk().await.expect("reads").expect("not empty")), [key("a")]);
    for damaged in ["b", "c"] {
        for _ in 0..2 {
            assert!(matches!(snapshot.next_chunk().await, Err(StoreError::Damaged(_))));
        }
        assert_eq!(snapshot.skip_damaged().await.expect("is there"), Some(Skipped::Record(key(damaged))));
    }
    assert_eq!(names(snapshot.next_chunk().await.expect("reads").expect("not empty")), [key("d")]);
    assert!(snapshot.next_chunk().await.expect("reads").is_none());
}

/// A put of the key that is all its owner has.
fn put_of(owner: u8) -> Batch {
    let mut batch = Batch::new(Class::C1);
    batch.put(key_of(owner), vec![owner]);
    batch
}

fn key_of(owner: u8) -> Key {
    Key::new(&Owner::new(1, &[owner]), b"only")
}

/// Which of the first owners have their record.
async fn held(store: &Store, owners: u8) -> Vec<bool> {
    let keys: Vec<Key> = (0..owners).map(key_of).collect();
    store.get_many(&keys).await.expect("reads").iter().map(Option::is_some).collect()
}

#[tokio::test]
async fn a_crash_keeps_a_beginning_of_what_waits() {
    let (store, faults) = faulty();
    faults.hold();
    let commits: Vec<_> = (0..4).map(|owner| store.enqueue(put_of(owner)).expect("taken")).collect();
    assert_eq!(faults.waiting(), 4);
    faults.crash(2);
    for commit in commits {
        assert!(matches!(commit.await, Err(StoreError::Unknown(_))), "nobody was told");
    }
    assert_eq!(held(&store, 4).await, [true, true, false, false]);
}

#[tokio::test]
async fn without_sync_a_crash_takes_what_was_acknowledged_last() {
    let (store, faults) = faulty();
    faults.leave_unsynced(2);
    for owner in 0..4 {
        store.commit(put_of(owner)).await.expect("acknowledged");
    }
    faults.crash(0);
    assert_eq!(held(&store, 4).await, [true, true, false, false]);
}

#[tokio::test]
async fn a_lie_is_told_as_written() {
    let (store, faults) = faulty();
    faults.hold();
    let mut both = put_of(1);
    both.puts.extend(put_of(2).puts);
    let commits = [store.enqueue(put_of(0)).expect("taken"), store.enqueue(both).expect("taken")];
    assert!(faults.decide(0, Fate::Lost) && faults.decide(0, Fate::Torn { puts: 1 }));
    assert!(!faults.decide(0, Fate::Written), "nothing is left");
    for commit in commits {
        commit.await.expect("so it says");
    }
    assert_eq!(held(&store, 3).await, [false, true, false]);
}

#[tokio::test]
async fn commits_overtake_each_other_unless_they_share_an_owner_or_a_chain() {
    let (store, faults) = faulty();
    faults.hold();
    let chain = Chain::default();
    let mut batches = [put_of(0), put_of(0), put_of(1), put_of(2), Batch::new(Class::C1)];
    batches[2].chains.push(chain.clone());
    batches[3].chains.push(chain);
    let mut commits = batches.map(|batch| store.enqueue(batch).expect("taken"));
    assert!(faults.decide(1, Fate::Written), "the second put of 0 waits for the first, so this is the one of 1");
    assert!(futures::poll!(&mut commits[2]).is_ready());
    assert!(faults.decide(1, Fate::Written), "and now its neighbour in the chain");
    assert!(futures::poll!(&mut commits[3]).is_ready());
    assert!(faults.decide(1, Fate::Written), "a barrier overtakes nobody");
    assert!(futures::poll!(&mut commits[0]).is_ready());
    assert!(futures::poll!(&mut commits[1]).is_pending() && futures::poll!(&mut commits[4]).is_pending());
    assert_eq!(held(&store, 3).await, [true, true, true]);
}

#[tokio::test]
async fn a_gate_stops_reads() {
    let (store, faults) = faulty();
    store.commit(put_of(0)).await.expect("commits");
    let shut = || Err(StoreError::Read("shut".to_owned()));
    faults.set_gate(Some(std::sync::Arc::new(move || Box::pin(std::future::ready(shut())))));
    assert!(matches!(store.get(&key_of(0)).await, Err(StoreError::Read(_))));
    faults.set_gate(None);
    assert_eq!(held(&store, 1).await, [true]);
}
