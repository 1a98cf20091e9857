//! The power goes while a group is on its way to the disk, and some of its blocks never come: the store opens without it.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;

use store::OpenError;

use crate::support::{copy, count_whole, journal, open, put, used_bytes};

const RECORD_BYTES: usize = 52_000;
const BLOCK: u64 = 4096;

/// Commits one record after `present` others, and lets the disk remember what it knew before.
async fn commit_unnoticed(folder: &Path, present: u64) {
    let mut store = open(folder).expect("opens");
    assert_eq!(count_whole(&store, present + 1, RECORD_BYTES).await, present);
    if present > 0 {
        // Closing brings the mark to the disk. The first journal of all must not be opened twice: it would be appended to.
        store.close();
        store = open(folder).expect("opens");
    }
    let mark = fs::read(folder.join("high-water")).expect("reads");
    store.commit(put(present, RECORD_BYTES)).await.expect("commits");
    store.close();
    fs::write(folder.join("high-water"), mark).expect("writes");
}

/// Takes back a block that holds the byte so far from the journal's end.
fn lose_block(folder: &Path, from_end: u64) {
    overwrite(folder, from_end, |at| (at / BLOCK * BLOCK, vec![0; BLOCK as usize]));
}

fn overwrite(folder: &Path, from_end: u64, what: impl FnOnce(u64) -> (u64, Vec<u8>)) {
    let path = journal(folder);
    let (at, bytes) = what(used_bytes(&path) - from_end);
    let file = File::options().write(true).open(path).expect("opens");
    file.write_all_at(&bytes, at).expect("writes");
}

/// In a new journal, whose blocks are written ahead, and in one that is appended to after a restart.
#[tokio::test]
async fn a_group_that_came_in_part_is_left_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for present in 0..3 {
        for from_end in [20_000, 30_000, 45_000] {
            commit_unnoticed(folder.path(), present).await;
            lose_block(folder.path(), from_end);
        }
        let store = open(folder.path()).expect("nothing is lost that was acknowledged");
        assert_eq!(count_whole(&store, present + 1, RECORD_BYTES).await, present);
        store.commit(put(present, RECORD_BYTES)).await.expect("it takes writes");
        store.close();
    }
}

#[tokio::test]
async fn other_damage_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let whole = folder.path().join("whole");
    for present in 0..3 {
        commit_unnoticed(&whole, present).await;
    }
    let earlier = RECORD_BYTES as u64 + 20_000;
    let damages: [&dyn Fn(&Path); 3] =
        [&|store| lose_block(store, earlier), &|store| overwrite(store, 20_000, |at| (at, vec![7])), &|store| {
            (lose_block(store, earlier), lose_block(store, 20_000)).0
        }];
    for (round, damage) in damages.iter().enumerate() {
        let store = folder.path().join(format!("damaged-{round}"));
        copy(&whole, &store);
        damage(&store);
        let before = fs::read(journal(&store)).expect("reads");
        let refused = open(&store).expect_err("an acknowledged group is damaged");
        assert!(matches!(refused, OpenError::Engine { .. }), "{round}: {refused}");
        assert!(fs::read(journal(&store)).expect("reads") == before, "{round}: it is as it was");
    }
}
