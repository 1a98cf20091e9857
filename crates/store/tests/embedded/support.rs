//! What the tests of the embedded engine share.

use std::fs;
use std::path::{Path, PathBuf};

use store::{Batch, Class, EmbeddedOptions, Key, OpenError, Owner, Store};

/// Opens the store in `folder` with default options.
pub fn open(folder: &Path) -> Result<Store, OpenError> {
    Store::open_embedded(folder, EmbeddedOptions::default())
}

/// Opens it whatever was lost.
pub fn salvage(folder: &Path) -> Store {
    let options = EmbeddedOptions { accept_loss: true, ..EmbeddedOptions::default() };
    Store::open_embedded(folder, options).expect("salvage opens what is left")
}

/// The key of one numbered record.
pub fn key(number: u64) -> Key {
    Key::new(&Owner::new(1, &(number % 7).to_be_bytes()), &number.to_be_bytes())
}

/// A value that does not compress and names its number.
pub fn value(number: u64, bytes: usize) -> Vec<u8> {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut value = number.to_be_bytes().to_vec();
    while value.len() < bytes {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        value.extend_from_slice(&state.to_be_bytes());
    }
    value
}

/// A batch with one numbered record.
pub fn put(number: u64, bytes: usize) -> Batch {
    let mut batch = Batch::new(Class::C1);
    batch.put(key(number), value(number, bytes));
    batch
}

/// How many of the records below `end` are there; all that are must be whole.
pub async fn count_whole(store: &Store, end: u64, bytes: usize) -> u64 {
    let mut count = 0;
    for number in 0..end {
        if let Some(record) = store.get(&key(number)).await.expect("reads") {
            assert_eq!(record.value, value(number, bytes), "record {number}");
            count += 1;
        }
    }
    count
}

/// Files of the store whose names end so, newest name last.
pub fn files(folder: &Path, keep: impl Fn(&Path) -> bool + Copy) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("lists") {
        let path = entry.expect("lists").path();
        if path.is_dir() {
            found.extend(files(&path, keep));
        } else if keep(&path) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The engine's journal; young stores have one.
pub fn journal(folder: &Path) -> PathBuf {
    files(folder, |path| path.extension().is_some_and(|extension| extension == "jnl"))
        .pop()
        .expect("there is a journal")
}

/// Bytes of `file` up to the last that is not zero: journals are allocated ahead.
pub fn used_bytes(file: &Path) -> u64 {
    let bytes = fs::read(file).expect("reads");
    bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last as u64 + 1)
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("creates");
    for entry in fs::read_dir(from).expect("lists") {
        let path = entry.expect("lists").path();
        let target = to.join(path.file_name().expect("entries have names"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copies");
        }
    }
}
