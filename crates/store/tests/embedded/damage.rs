//! Bits and files go bad: damaged data is refused, never served, and loss is never silent.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use store::{EmbeddedOptions, OpenError, Store};

use crate::support::{copy, count_whole, files, journal, key, open, put, salvage, used_bytes, value};

const RECORDS: u64 = 200;
const VALUE_BYTES: usize = 300;

/// A closed store with that many acknowledged records, one group each.
async fn written(folder: &Path) {
    let store = open(folder).expect("opens");
    for number in 0..RECORDS {
        store.commit(put(number, VALUE_BYTES)).await.expect("commits");
    }
    store.close();
}

fn flip(file: &Path, byte: u64, bit: u32) {
    let file = File::options().read(true).write(true).open(file).expect("opens");
    let mut buffer = [0];
    file.read_exact_at(&mut buffer, byte).expect("reads");
    buffer[0] ^= 1 << bit;
    file.write_all_at(&buffer, byte).expect("writes");
}

#[tokio::test]
async fn a_shortened_journal_is_refused_and_can_be_salvaged() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    written(folder.path()).await;
    let journal = journal(folder.path());
    let file = File::options().write(true).open(&journal).expect("opens");
    file.set_len(used_bytes(&journal) / 2).expect("shortens");
    for _ in 0..2 {
        let refused = open(folder.path()).expect_err("acknowledged groups are gone");
        assert!(matches!(refused, OpenError::Shortened { found, expected: RECORDS } if found < RECORDS), "{refused}");
    }
    let left = count_whole(&salvage(folder.path()), RECORDS, VALUE_BYTES).await;
    assert!(left > 0 && left < RECORDS, "{left} records are left");
    let store = open(folder.path()).expect("a salvaged store is an ordinary one");
    assert_eq!(count_whole(&store, RECORDS, VALUE_BYTES).await, left);
    store.commit(put(RECORDS, VALUE_BYTES)).await.expect("it takes writes");
}

/// One flipped bit anywhere in the journal: the store refuses to open, or everything acknowledged is there.
#[tokio::test]
async fn no_flipped_bit_in_the_journal_is_silent() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let whole = folder.path().join("whole");
    written(&whole).await;
    let end = used_bytes(&journal(&whole));
    let mut dice = ChaCha8Rng::seed_from_u64(60);
    let mut refused = 0;
    for round in 0..60 {
        let flipped = folder.path().join(format!("flipped-{round}"));
        copy(&whole, &flipped);
        flip(&journal(&flipped), dice.random_range(0..end), dice.random_range(0..8));
        match open(&flipped) {
            Err(_) => refused += 1,
            Ok(store) => assert_eq!(count_whole(&store, RECORDS, VALUE_BYTES).await, RECORDS, "round {round}"),
        }
        fs::remove_dir_all(&flipped).expect("removes");
    }
    assert!(refused > 30, "most bits matter: {refused} refused");
}

/// A flipped bit in a value on a table: an error, never another value.
#[tokio::test]
async fn a_flipped_bit_in_a_table_is_never_served() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = in_tables(folder.path()).await;
    assert!(store.damaged_files().await.expect("looks").is_empty());
    store.close();
    let tables = files(folder.path(), |path| path.parent().is_some_and(|parent| parent.ends_with("tables")));
    assert!(!tables.is_empty(), "the records were written to tables");
    let victim = 5;
    flip_in(&tables, &value(victim, 1_000)[100..140]);
    let store = match open(folder.path()) {
        Ok(store) => store,
        Err(OpenError::Damaged { files }) => return assert!(tables.contains(&files[0]), "{files:?} is named"),
        Err(refused) => return assert!(matches!(refused, OpenError::Engine { .. } | OpenError::Read(_)), "{refused}"),
    };
    let damaged = store.damaged_files().await.expect("looks");
    assert!(!damaged.is_empty() && damaged.iter().all(|file| tables.contains(file)), "{damaged:?}");
    let outcome = store.get(&key(victim)).await;
    assert!(outcome.is_err(), "damaged bytes were served: {outcome:?}");
    assert!(store.get(&key(5_999)).await.expect("others are readable").is_some());
}

async fn in_tables(folder: &Path) -> Store {
    let options = EmbeddedOptions { memtable_bytes: 1024 * 1024, ..EmbeddedOptions::default() };
    let store = Store::open_embedded(folder, options).expect("opens");
    let commits = (0..6_000).map(|number| store.enqueue(put(number, 1_000)).expect("taken")).collect::<Vec<_>>();
    for commit in commits {
        commit.await.expect("commits");
    }
    store
}

/// Flips a bit wherever `bytes` stand in one of `tables`.
fn flip_in(tables: &[std::path::PathBuf], bytes: &[u8]) {
    let mut is_found = false;
    for table in tables {
        let content = fs::read(table).expect("reads");
        for (place, _) in content.windows(bytes.len()).enumerate().filter(|(_, window)| *window == bytes) {
            flip(table, place as u64 + 7, 3);
            is_found = true;
        }
    }
    assert!(is_found, "the value stands in a table as it is");
}

#[tokio::test]
async fn a_missing_or_damaged_mark_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    written(folder.path()).await;
    let mark = folder.path().join("high-water");
    let intact = fs::read(&mark).expect("reads");
    fs::write(&mark, vec![0; intact.len()]).expect("writes");
    assert!(matches!(open(folder.path()), Err(OpenError::NoMark { what: "damaged", .. })));
    fs::remove_file(&mark).expect("removes");
    assert!(matches!(open(folder.path()), Err(OpenError::NoMark { what: "missing", .. })));
    fs::write(&mark, &intact).expect("writes");
    open(folder.path()).expect("with its mark it opens").close();
    fs::remove_file(&mark).expect("removes");
    assert_eq!(count_whole(&salvage(folder.path()), RECORDS, VALUE_BYTES).await, RECORDS, "nothing was really lost");
    open(folder.path()).expect("the mark is back");
}

#[tokio::test]
async fn an_engine_that_vanished_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    written(folder.path()).await;
    fs::remove_dir_all(folder.path().join("fjall")).expect("removes");
    let refused = open(folder.path()).expect_err("everything is gone");
    assert!(matches!(refused, OpenError::Shortened { found: 0, expected: RECORDS }), "{refused}");
    assert_eq!(count_whole(&salvage(folder.path()), RECORDS, VALUE_BYTES).await, 0);
}
