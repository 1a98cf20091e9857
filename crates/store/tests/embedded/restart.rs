//! Closing and opening again.

use std::fs;
use std::time::{Duration, Instant};

use store::{Batch, Class, EmbeddedOptions, OpenError, StoreError};

use crate::support::{count_whole, open, put};

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for round in 0..5_u64 {
        let store = open(folder.path()).expect("opens");
        assert_eq!(count_whole(&store, round * 40, 300).await, round * 40);
        for number in round * 40..(round + 1) * 40 {
            store.commit(put(number, 300)).await.expect("commits");
        }
        store.close();
    }
}

#[tokio::test]
async fn tables_and_journals_agree_after_a_restart() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = EmbeddedOptions { memtable_bytes: 1024 * 1024, ..EmbeddedOptions::default() };
    let store = store::Store::open_embedded(folder.path(), options.clone()).expect("opens");
    let commits = (0..6_000).map(|number| store.enqueue(put(number, 1_000)).expect("taken")).collect::<Vec<_>>();
    for commit in commits {
        commit.await.expect("commits");
    }
    let mut batch = Batch::new(Class::C1);
    batch.deletes = (0..500).map(crate::support::key).collect();
    store.commit(batch).await.expect("commits");
    store.close();
    let store = store::Store::open_embedded(folder.path(), options).expect("opens");
    assert_eq!(count_whole(&store, 6_000, 1_000).await, 5_500);
}

#[tokio::test]
async fn dropping_the_last_clone_writes_what_waits() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = open(folder.path()).expect("opens");
    let waiting = (0..50).map(|number| store.enqueue(put(number, 100)).expect("taken")).collect::<Vec<_>>();
    drop(store);
    for commit in waiting {
        commit.await.expect("written before the store went");
    }
    assert_eq!(count_whole(&open(folder.path()).expect("opens"), 50, 100).await, 50);
}

#[tokio::test]
async fn a_closed_store_reads_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = open(folder.path()).expect("opens");
    store.clone().close();
    assert!(matches!(store.get(&crate::support::key(1)).await, Err(StoreError::Read(_))));
}

#[test]
fn a_store_is_opened_once_at_a_time() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let first = open(folder.path()).expect("opens");
    assert!(matches!(open(folder.path()), Err(OpenError::Engine { .. })));
    first.close();
    open(folder.path()).expect("free again").close();
}

#[test]
fn an_interrupted_creation_is_finished() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    open(folder.path()).expect("creates").close();
    let engine = folder.path().join("fjall");
    fs::remove_file(engine.join("version")).expect("the engine writes it last");
    open(folder.path()).expect("starts over, nothing was acknowledged").close();
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("file"), "in the way").expect("writes");
    assert!(matches!(open(&folder.path().join("file/store")), Err(OpenError::Io { .. })));
}

#[test]
fn an_engine_that_takes_too_long_is_an_error() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    open(folder.path()).expect("creates").close();
    let impatient = EmbeddedOptions { open_timeout: Duration::ZERO, ..EmbeddedOptions::default() };
    let refused = store::Store::open_embedded(folder.path(), impatient).expect_err("nothing opens in no time");
    assert!(matches!(refused, OpenError::TimedOut { .. }), "{refused}");
    let started = Instant::now();
    while let Err(refused) = open(folder.path()) {
        assert!(started.elapsed() < Duration::from_secs(10), "the late engine lets go: {refused}");
    }
}
