//! The engine's journal: blocks are there before the records, and what is read does not change by it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::support::{count_whole, files, open, put};

/// Records in half a MiB.
const HALF_MIB: u64 = 10;
const RECORD_BYTES: usize = 52_000;

/// Bytes on the disk of the journal that is written to.
fn allocated(folder: &Path) -> u64 {
    let journals = files(folder, |path| path.extension().is_some_and(|extension| extension == "jnl"));
    fs::metadata(journals.last().expect("a journal")).expect("is there").blocks() * 512
}

#[tokio::test]
async fn blocks_are_there_before_the_records() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for round in 0..4 {
        let store = open(folder.path()).expect("opens");
        assert_eq!(count_whole(&store, round * HALF_MIB, RECORD_BYTES).await, round * HALF_MIB);
        for number in round * HALF_MIB..(round + 1) * HALF_MIB {
            store.commit(put(number, RECORD_BYTES)).await.expect("commits");
        }
        store.close();
        // The engine makes its first journal long. After a restart it appends, and a journal's end is its last record's.
        let written = (round + 1) << 19;
        let expected = if round == 0 { 2 << 20..3 << 20 } else { written - (1 << 17)..written + (1 << 17) };
        let allocated = allocated(folder.path());
        assert!(expected.contains(&allocated), "{allocated} bytes after {written}, not within {expected:?}");
    }
}
