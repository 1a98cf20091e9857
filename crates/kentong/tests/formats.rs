//! Data folders of earlier releases: whoever updates finds everything as it was.
//!
//! `fixtures/data-format-1.tar.gz` is the village as the first release with format 1 left it, `fixtures/data-format-1.txt` what
//! is to be read in it; `data-format-1-letters` is the same village with letters between mailboxes that nobody took yet. A
//! fixture is never made anew. A release that changes what is written adds one of its own, made by
//! the release *before* the change: `KENTONG_FIXTURE=NAME cargo test -p kentong --test formats`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;
mod village;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::Server;
use store::{Batch, Class, Record};
use village::{House, LATER, Listing};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn text(listing: &Listing) -> String {
    let mut text = String::new();
    for (name, section) in listing {
        let lines = section.as_ref().unwrap_or_else(|error| panic!("{name}: {error}"));
        write!(text, "== {name}\n{lines}").unwrap();
    }
    text
}

fn tar(arguments: &[&str], archive: &Path, folder: &Path) {
    let status = Command::new("tar").args(arguments).arg(archive).arg("-C").arg(folder).arg(".").status().unwrap();
    assert!(status.success(), "tar {arguments:?} {}", archive.display());
}

async fn reading(folder: &Path) -> String {
    let house = House::open(folder, LATER, 1 << 60).await.unwrap();
    let listing = village::read(&house).await;
    house.close();
    text(&listing)
}

/// A folder of an earlier release, unpacked.
fn unpacked(name: &str) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    tar(&["-xzf"], &fixture(&format!("{name}.tar.gz")), place.path());
    place
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_first_release_left_is_read_as_it_was() {
    let place = unpacked("data-format-1");
    let expected = std::fs::read_to_string(fixture("data-format-1.txt")).unwrap();
    assert_eq!(reading(place.path()).await, expected);
    let key = std::fs::read(place.path().join("private.pem")).unwrap();
    Server::start(place.path()).stop();
    assert_eq!(std::fs::read(place.path().join("private.pem")).unwrap(), key, "the server is who it was");
    assert_eq!(reading(place.path()).await, expected, "a start of this release changes nothing of it");
}

#[tokio::test]
async fn life_goes_on_in_what_the_first_release_left() {
    let place = unpacked("data-format-1");
    let house = House::open(place.path(), LATER, 1 << 60).await.unwrap();
    village::go_on(&house).await;
    let before = text(&village::read(&house).await);
    house.close();
    assert_eq!(reading(place.path()).await, before);
}

/// Somebody updates, or goes back to folded delivery, while letters are on their way.
#[tokio::test(flavor = "multi_thread")]
async fn letters_that_waited_arrive_in_the_next_release() {
    let place = unpacked("data-format-1-letters");
    let house = House::open_by_letter(place.path(), LATER, 1 << 60).await.unwrap();
    let waiting = platform::keys::user_suffix::LETTER;
    let mut snapshot = house.store.snapshot().await.unwrap();
    let mut letters = 0;
    while let Some(chunk) = snapshot.next_chunk().await.unwrap() {
        letters += chunk.iter().filter(|(key, _)| is_users(key) && key.parts().1.first() == Some(&waiting)).count();
    }
    drop(snapshot);
    house.close();
    assert!(letters > 8, "{letters} letters wait in it");
    let expected = std::fs::read_to_string(fixture("data-format-1-letters.txt")).unwrap();
    assert!(expected.contains("a letter that was thought over") && expected.contains("from the other side"));
    assert_eq!(reading(place.path()).await, expected);
    Server::start(place.path()).stop();
    assert_eq!(reading(place.path()).await, expected);
}

fn is_users(key: &store::Key) -> bool {
    key.parts().0.first() == Some(&platform::keys::kind::USER)
}

/// The record as a release would write it that has one more field in it.
fn with_one_more_field(value: &[u8]) -> Option<Vec<u8>> {
    const ARRAY: u8 = 0x80;
    const NULL: u8 = 0xf6;
    /// More than any record has fields.
    const NULLS: usize = 30;
    // A version, then an array of fewer than 24 fields; what the store and its users write otherwise is left alone.
    let (&[version, head], fields) = value.split_first_chunk::<2>()?;
    if version == 0 || !(ARRAY..ARRAY + 24).contains(&head) {
        return None;
    }
    let mut longer = vec![version];
    longer.extend([0x98, head - ARRAY + NULLS as u8 + 1]);
    longer.extend_from_slice(fields);
    // Fields up to the new one may be absent in short records: a release that knows more writes them as null.
    longer.extend([NULL; NULLS]);
    longer.extend([0x63, b'n', b'e', b'w']);
    Some(longer)
}

/// Rolling back: what the next release wrote, with fields that this one does not know, is read by this one.
#[tokio::test]
async fn what_the_next_release_writes_is_read() {
    let place = unpacked("data-format-1");
    let house = House::open(place.path(), LATER, 1 << 60).await.unwrap();
    let mut snapshot = house.store.snapshot().await.unwrap();
    let mut count = 0;
    while let Some(chunk) = snapshot.next_chunk().await.unwrap() {
        let mut batch = Batch::new(Class::C1);
        for (key, record) in chunk {
            // An upload's record gained a field that is no option: the padding of this test cannot stand for it.
            let is_upload = key.parts().1.first() == Some(&platform::keys::user_suffix::UPLOAD);
            let Some(value) = with_one_more_field(&record.value).filter(|_| !is_upload) else { continue };
            batch.puts.push((key, Record { value: value.into(), ..record }));
        }
        count += batch.puts.len();
        house.store.commit(batch).await.unwrap();
    }
    drop(snapshot);
    house.close();
    assert!(count > 100, "{count} records were changed");
    let expected = std::fs::read_to_string(fixture("data-format-1.txt")).unwrap();
    assert_eq!(reading(place.path()).await, expected);
}

/// Makes a fixture when asked for one by name; otherwise it only shows that it can be made, and is the same every time.
#[tokio::test]
async fn the_village_is_the_same_every_time() {
    let places = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut readings = Vec::new();
    for place in &places {
        village::build(place.path()).await;
        readings.push(reading(place.path()).await);
    }
    assert_eq!(readings[0], readings[1]);
    assert!(readings[0].contains("number 39") && readings[0].contains("document"), "{}", readings[0]);
    if let Some(name) = std::env::var_os("KENTONG_FIXTURE") {
        let name = name.into_string().unwrap();
        Server::start(places[0].path()).stop();
        make(places[0].path(), &name).await;
        let house = House::open_by_letter(places[0].path(), LATER, 1 << 59).await.unwrap();
        village::write_by_letter(&house).await;
        house.close();
        make(places[0].path(), &format!("{name}-letters")).await;
    }
}

/// What the server itself keeps in the folder was added by a start and a stop of it.
async fn make(folder: &Path, name: &str) {
    for passing in ["clock", "listen"] {
        let _ = std::fs::remove_file(folder.join(passing));
    }
    std::fs::create_dir_all(fixture("")).unwrap();
    let archive = fixture(&format!("{name}.tar.gz"));
    let sparse = ["--sparse", "--format=gnu", "--owner=0", "--group=0", "--mtime=@0", "--sort=name", "-czf"];
    tar(&sparse, &archive, folder);
    // Reading it takes the letters: only afterwards.
    std::fs::write(fixture(&format!("{name}.txt")), reading(folder).await).unwrap();
}
