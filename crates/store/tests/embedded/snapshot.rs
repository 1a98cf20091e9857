//! What a snapshot makes of tables that rot: whatever can be read is read, what cannot be is named, nothing is invented.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use store::{EmbeddedOptions, Key, Record, Skipped, Store};

use super::support::{copy, files, key, put, value};

const RECORDS: u64 = 12_000;
const VALUE_BYTES: usize = 200;
const PLACES: usize = 16;
/// More records than a block of a table holds.
const BLOCK_RECORDS: usize = 64;

/// A store whose records lie in tables, not in the journal alone.
async fn filled(folder: &Path) -> BTreeMap<Key, Vec<u8>> {
    let options = EmbeddedOptions { memtable_bytes: 1024 * 1024, ..EmbeddedOptions::default() };
    let store = Store::open_embedded(folder, options).expect("opens");
    for number in 0..RECORDS {
        let commit = store.enqueue(put(number, VALUE_BYTES)).expect("within the bounds of the queue");
        if number % 1_000 == 999 {
            commit.await.expect("commits");
        }
    }
    store.close();
    (0..RECORDS).map(|number| (key(number), value(number, VALUE_BYTES))).collect()
}

fn tables(folder: &Path) -> Vec<std::path::PathBuf> {
    files(folder, |path| path.parent().is_some_and(|parent| parent.ends_with("tables")))
}

/// Reads all there is, and what was left out.
async fn salvage(store: &Store) -> (Vec<(Key, Record)>, Vec<Skipped>) {
    let mut snapshot = store.snapshot().await.expect("opens");
    let (mut all, mut skipped) = (Vec::new(), Vec::new());
    loop {
        match snapshot.next_chunk().await {
            Ok(None) => return (all, skipped),
            Ok(Some(chunk)) => all.extend(chunk),
            Err(_) => skipped.extend(snapshot.skip_damaged().await.expect("the store is open")),
        }
    }
}

fn is_named(key: &Key, skipped: &[Skipped]) -> bool {
    skipped.iter().any(|skipped| match skipped {
        Skipped::Record(damaged) => damaged == key,
        Skipped::Stretch { after, before } => {
            after.as_ref().is_none_or(|after| after < key) && before.as_ref().is_none_or(|before| key < before)
        }
    })
}

#[tokio::test]
async fn what_a_rotten_table_hides_is_named_and_the_rest_is_read() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let written = filled(folder.path()).await;
    let (mut refused, mut losses) = (0, Vec::new());
    for place in 0..PLACES {
        let copied = tempfile::tempdir().expect("a temporary folder");
        copy(folder.path(), copied.path());
        let all = tables(copied.path());
        let table = &all[place % all.len()];
        let mut bytes = fs::read(table).expect("reads");
        let at = bytes.len() * (place + 1) / (PLACES + 1);
        bytes[at] ^= 0x10;
        fs::write(table, bytes).expect("writes");
        let Ok(store) = Store::open_embedded(copied.path(), EmbeddedOptions::default()) else {
            refused += 1;
            continue;
        };
        let (found, skipped) = salvage(&store).await;
        assert!(found.is_sorted_by(|left, right| left.0 < right.0), "each key comes once, in order");
        let found: BTreeMap<_, _> = found.into_iter().collect();
        assert!(found.iter().all(|(key, record)| written[key] == record.value), "nothing is invented");
        let missing = written.keys().filter(|key| !found.contains_key(key)).collect::<Vec<_>>();
        assert!(missing.iter().all(|key| is_named(key, &skipped)), "byte {at} of {}: {skipped:?}", table.display());
        losses.push(missing.len());
    }
    losses.sort_unstable();
    let (median, worst) = (losses[losses.len() / 2], losses[losses.len() - 1]);
    assert!(losses[losses.len() / 4] > 0, "most places hold records: {losses:?}, {refused} refused");
    assert!(median <= BLOCK_RECORDS, "one bit costs a block, as a rule: {losses:?}");
    assert!(worst < written.len() / 4, "an index costs a table, not everything: {losses:?}");
}
