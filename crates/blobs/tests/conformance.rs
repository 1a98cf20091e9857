//! One suite for every place that bytes can lie in; and what only a disk can do wrong.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;
use std::path::{Path, PathBuf};

use blobs::{BlobError, Blobs, Folder, Listed};
use bytes::Bytes;

const FOLDER: Folder = Folder(0x0123_4567_89ab_cdef);
const OTHER: Folder = Folder(0x0123_4567_89ab_ceef);

/// Runs a story on each place.
macro_rules! on_each {
    ($($story:ident)*) => {$(
        mod $story {
            #[tokio::test]
            async fn in_memory() {
                super::$story(super::Blobs::memory()).await;
            }

            #[tokio::test]
            async fn on_a_disk() {
                let place = tempfile::tempdir().unwrap();
                super::$story(super::Blobs::open(&place.path().join("media")).unwrap()).await;
            }
        }
    )*};
}

on_each! {
    what_is_put_is_read_by_range
    a_second_put_replaces_the_first
    folders_are_listed_and_removed
    a_copy_outlives_the_original
    many_at_once
    a_sealed_object_is_read_by_range
    no_damage_of_a_sealed_object_is_served
}

async fn what_is_put_is_read_by_range(blobs: Blobs) {
    blobs.make(FOLDER).await.unwrap();
    blobs.put(FOLDER, "0", Bytes::from_static(b"gong and kendang")).await.unwrap();
    assert_eq!(blobs.get_range(FOLDER, "0", 5..8).await.unwrap(), "and");
    assert_eq!(blobs.get_range(FOLDER, "0", 0..16).await.unwrap(), "gong and kendang");
    assert!(blobs.get_range(FOLDER, "0", 7..7).await.unwrap().is_empty());
    assert_eq!(blobs.size(FOLDER, "0").await.unwrap(), Some(16));
    assert_eq!(blobs.size(FOLDER, "1").await.unwrap(), None);
    assert!(matches!(blobs.get_range(FOLDER, "1", 0..1).await, Err(BlobError::Missing(_))));
    assert!(blobs.get_range(FOLDER, "0", 10..17).await.is_err(), "fewer bytes than asked for are no answer");
    assert!(blobs.get_range(FOLDER, "0", 0..u64::MAX).await.is_err());
}

async fn a_second_put_replaces_the_first(blobs: Blobs) {
    blobs.make(FOLDER).await.unwrap();
    blobs.make(FOLDER).await.unwrap();
    for words in ["a long first version", "short"] {
        blobs.put(FOLDER, "0", words.into()).await.unwrap();
        assert_eq!(blobs.size(FOLDER, "0").await.unwrap(), Some(words.len() as u64));
        assert_eq!(blobs.get_range(FOLDER, "0", 0..words.len() as u64).await.unwrap(), words);
    }
}

async fn folders_are_listed_and_removed(blobs: Blobs) {
    assert!(blobs.list(FOLDER).await.unwrap().is_empty());
    blobs.remove(FOLDER).await.unwrap();
    for folder in [FOLDER, OTHER] {
        blobs.make(folder).await.unwrap();
        for name in ["0", "1", "m"] {
            blobs.put(folder, name, name.into()).await.unwrap();
        }
    }
    let mut listed = blobs.list(FOLDER).await.unwrap();
    listed.sort_by(|one, other| one.name.cmp(&other.name));
    assert_eq!(listed, ["0", "1", "m"].map(|name| Listed { name: name.to_owned(), size: 1 }));
    assert_eq!(blobs.folders().await.unwrap(), [FOLDER, OTHER]);
    blobs.delete(FOLDER, "m").await.unwrap();
    blobs.delete(FOLDER, "m").await.unwrap();
    assert_eq!(blobs.list(FOLDER).await.unwrap().len(), 2);
    blobs.remove(FOLDER).await.unwrap();
    assert!(blobs.list(FOLDER).await.unwrap().is_empty());
    assert_eq!(blobs.list(OTHER).await.unwrap().len(), 3, "a neighbour stays");
}

async fn a_copy_outlives_the_original(blobs: Blobs) {
    for folder in [FOLDER, OTHER] {
        blobs.make(folder).await.unwrap();
    }
    blobs.put(FOLDER, "0", "gong".into()).await.unwrap();
    blobs.copy((FOLDER, "0"), (OTHER, "5")).await.unwrap();
    assert!(matches!(blobs.copy((FOLDER, "1"), (OTHER, "6")).await, Err(BlobError::Missing(_))));
    blobs.put(FOLDER, "0", "drum".into()).await.unwrap();
    blobs.remove(FOLDER).await.unwrap();
    assert_eq!(blobs.get_range(OTHER, "5", 0..4).await.unwrap(), "gong");
}

async fn many_at_once(blobs: Blobs) {
    blobs.make(FOLDER).await.unwrap();
    let put = |number: u8| {
        let blobs = blobs.clone();
        async move { blobs.put(FOLDER, &(number % 8).to_string(), vec![number; 1000].into()).await }
    };
    futures::future::try_join_all((0..64).map(put)).await.unwrap();
    for name in 0..8 {
        let bytes = blobs.get_range(FOLDER, &name.to_string(), 0..1000).await.unwrap();
        assert!(bytes.iter().all(|byte| *byte == bytes[0] && byte % 8 == name), "one writer's bytes, all of them");
    }
    assert_eq!(blobs.list(FOLDER).await.unwrap().len(), 8);
}

/// More than two blocks, none like another.
fn long() -> Bytes {
    (0..40_000_u32).map(|number| (number / 7) as u8).collect()
}

async fn a_sealed_object_is_read_by_range(blobs: Blobs) {
    blobs.make(FOLDER).await.unwrap();
    let bytes = long();
    blobs.put_sealed(FOLDER, "0", bytes.clone()).await.unwrap();
    let stored = blobs.size(FOLDER, "0").await.unwrap().unwrap();
    assert_eq!(blobs::data_len(stored), Some(40_000));
    for range in [0..40_000, 0..1, 16_383..16_385, 39_999..40_000, 5..5, 40_000..40_000] {
        let expected = bytes.slice(range.start as usize..range.end as usize);
        assert_eq!(blobs.get_sealed(FOLDER, "0", 40_000, range).await.unwrap(), expected);
    }
    assert_eq!(blobs.get_range(FOLDER, "0", 0..40_000).await.unwrap(), bytes, "the data comes first");
    blobs.put_sealed(FOLDER, "1", Bytes::new()).await.unwrap();
    assert!(blobs.get_sealed(FOLDER, "1", 0, 0..0).await.unwrap().is_empty());
    let missing = blobs.get_sealed(FOLDER, "2", 10, 0..10).await;
    assert!(matches!(missing, Err(BlobError::Missing(_))), "{missing:?}");
    blobs.make(OTHER).await.unwrap();
    blobs.copy((FOLDER, "0"), (OTHER, "5")).await.unwrap();
    assert_eq!(blobs.get_sealed(OTHER, "5", 40_000, 7..20_000).await.unwrap(), bytes.slice(7..20_000));
}

async fn no_damage_of_a_sealed_object_is_served(blobs: Blobs) {
    blobs.make(FOLDER).await.unwrap();
    blobs.put_sealed(FOLDER, "0", long()).await.unwrap();
    let stored = blobs.size(FOLDER, "0").await.unwrap().unwrap();
    let whole = blobs.get_range(FOLDER, "0", 0..stored).await.unwrap();
    let is_damaged = async |bytes: Vec<u8>, range| {
        blobs.put(FOLDER, "0", bytes.into()).await.unwrap();
        let read = blobs.get_sealed(FOLDER, "0", 40_000, range).await;
        matches!(read, Err(BlobError::Damaged { name, .. }) if name.ends_with("/0"))
    };
    for place in [0, 20_000, 39_999, 40_000, 40_011] {
        let mut flipped = whole.to_vec();
        flipped[place] ^= 4;
        assert!(is_damaged(flipped, 0..40_000).await, "byte {place}");
    }
    for length in [0, 1, 16_384, 39_999, 40_000, 40_011] {
        assert!(is_damaged(whole[..length].to_vec(), 0..40_000).await, "cut after {length}");
        assert!(is_damaged(whole[..length].to_vec(), 39_000..40_000).await, "cut after {length}");
    }
    let mut flipped = whole.to_vec();
    flipped[20_000] ^= 4;
    assert!(!is_damaged(flipped, 0..16_384).await, "what is whole is served");
    blobs.put(FOLDER, "0", whole).await.unwrap();
    let other = blobs.get_sealed(FOLDER, "0", 39_999, 0..39_999).await;
    assert!(matches!(other, Err(BlobError::Damaged { .. })), "the length is sealed too");
}

/// Every file of an object, whole or not, below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let entries = entries.filter(|path| !path.ends_with("media/opened"));
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A write that was cut short is a file of another name: never listed, never read, gone with the sweep after a start; and
/// what was whole before is whole, and what is being written now is left alone.
#[tokio::test]
async fn what_an_interrupted_write_leaves_is_swept() {
    let place = tempfile::tempdir().unwrap();
    let root = place.path().join("media");
    let blobs = Blobs::open(&root).unwrap();
    blobs.make(FOLDER).await.unwrap();
    blobs.put(FOLDER, "0", "gong".into()).await.unwrap();
    let whole = files(&root);
    let [object] = whole.as_slice() else { panic!("one file") };
    for name in ["0#1", "1#1"] {
        let file = fs::File::create(object.with_file_name(name)).unwrap();
        file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
    }
    assert_eq!(blobs.list(FOLDER).await.unwrap().len(), 1);
    blobs.put(FOLDER, "1", "kendang".into()).await.unwrap();
    let blobs = Blobs::open(&root).unwrap();
    fs::write(object.with_file_name("2#1"), "ken").unwrap();
    assert_eq!(blobs.sweep().await.unwrap(), 2);
    assert_eq!(files(&root).len(), 3);
    assert_eq!(blobs.get_range(FOLDER, "0", 0..4).await.unwrap(), "gong");
    assert_eq!(blobs.get_range(FOLDER, "1", 0..7).await.unwrap(), "kendang");
}

#[tokio::test]
async fn a_restart_finds_everything_and_an_empty_folder_is_no_trouble() {
    let place = tempfile::tempdir().unwrap();
    let blobs = Blobs::open(place.path()).unwrap();
    for folder in [FOLDER, OTHER] {
        blobs.make(folder).await.unwrap();
    }
    blobs.put(FOLDER, "0", "gong".into()).await.unwrap();
    drop(blobs);
    let blobs = Blobs::open(place.path()).unwrap();
    assert_eq!(blobs.folders().await.unwrap(), [FOLDER]);
    assert!(blobs.list(OTHER).await.unwrap().is_empty());
    blobs.remove(OTHER).await.unwrap();
    blobs.remove(OTHER).await.unwrap();
}

/// A disk that is nearly full is left to the messages: what is there stays readable and can be removed.
#[tokio::test]
async fn a_full_disk_takes_no_files() {
    let place = tempfile::tempdir().unwrap();
    let blobs = Blobs::open_above(place.path(), 0).unwrap();
    blobs.make(FOLDER).await.unwrap();
    blobs.put(FOLDER, "0", "gong".into()).await.unwrap();
    let blobs = Blobs::open_above(place.path(), u64::MAX).unwrap();
    assert!(matches!(blobs.put(FOLDER, "1", "gong".into()).await, Err(BlobError::Full { .. })));
    assert_eq!(blobs.get_range(FOLDER, "0", 0..4).await.unwrap(), "gong");
    blobs.remove(FOLDER).await.unwrap();
}
