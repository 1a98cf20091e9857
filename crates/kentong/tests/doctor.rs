//! The doctor with the real binary: on a stopped server's folder and on a running server, on what is fine and what is not.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;
#[path = "common/people.rs"]
mod people;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use common::{Server, fail, run};
use store::{Batch, Class, DataDir, EmbeddedOptions, Key, Owner, Store};
use tempfile::{TempDir, tempdir};

/// A server whose ports are nobody else's, with two people.
struct Place {
    _folder: TempDir,
    data: PathBuf,
    config: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        let (data, config) = (folder.path().join("data"), folder.path().join("kentong.toml"));
        fs::write(&config, "[server]\nlisten = [\"127.0.0.1:0\"]\n").unwrap();
        people::sign_up(&data, &[("+15550001", "Ani"), ("+15550002", "Budi")]);
        Server::start(&data).stop();
        Self { _folder: folder, data, config }
    }

    /// What the doctor says, and its exit code.
    fn doctor(&self, more: &[&str]) -> (String, i32) {
        let arguments = [&["--config", self.config.to_str().unwrap(), "doctor"], more].concat();
        let output = run(&self.data, &arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        (String::from_utf8(output.stdout).unwrap() + &error, output.status.code().unwrap())
    }
}

/// The line about something.
fn line<'a>(text: &'a str, about: &str) -> &'a str {
    let found = text.lines().find(|line| line.split_whitespace().nth(1) == Some(about));
    found.unwrap_or_else(|| panic!("nothing about {about}: {text}"))
}

#[test]
fn a_healthy_folder_is_fine_stopped_and_running() {
    let place = Place::new();
    let (stopped, code) = place.doctor(&[]);
    assert!(code < 2, "{stopped}");
    for about in ["configuration", "clock", "key", "store", "records", "logs", "counters", "media", "leftovers"] {
        assert!(line(&stopped, about).starts_with("ok"), "{about}: {stopped}");
    }
    let server = Server::start(&place.data);
    let (running, code) = place.doctor(&[]);
    assert!(code < 2, "{running}");
    for about in ["server", "records", "logs", "media"] {
        assert!(line(&running, about).starts_with("ok"), "{about}: {running}");
    }
    assert!(fail(&place.data, &["doctor", "--fix"]).contains("stop it"));
    server.stop();
    let (json, _) = place.doctor(&["--json"]);
    let findings: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(findings.as_array().unwrap().iter().all(|finding| finding["level"].is_string()));
}

#[test]
fn file_modes_and_leftovers_are_told_and_mended() {
    let place = Place::new();
    let key = place.data.join("private.pem");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let leftover = place.data.join("media/07/0000000000000007");
    fs::create_dir_all(&leftover).unwrap();
    fs::write(leftover.join("original"), "nobody's").unwrap();
    let (told, code) = place.doctor(&[]);
    assert!(code == 2 && line(&told, "key").starts_with("FAULT") && told.contains("doctor --fix"), "{told}");
    assert!(line(&told, "leftovers").starts_with("warning"), "{told}");
    assert!(leftover.exists(), "looking changes nothing");
    place.doctor(&["--fix"]);
    assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!leftover.exists());
    let (mended, code) = place.doctor(&[]);
    assert!(code < 2, "{mended}");
}

#[test]
fn what_is_not_there_or_not_ours_is_said_in_words() {
    let place = Place::new();
    fs::write(&place.config, "[server]\nlisten = [\"127.0.0.1:x\"]\n").unwrap();
    let (told, code) = place.doctor(&[]);
    assert!(code == 2 && line(&told, "configuration").starts_with("FAULT"), "{told}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    fs::write(&place.config, format!("[server]\nlisten = [\"{address}\"]\n")).unwrap();
    let (told, code) = place.doctor(&[]);
    assert!(code == 2 && line(&told, "port").contains("another program"), "{told}");
    fs::write(&place.config, "").unwrap();
    fs::write(place.data.join("format"), "kentong data folder, format 4711\n").unwrap();
    let (told, code) = place.doctor(&[]);
    assert!(code == 2 && told.contains("4711"), "{told}");
}

#[test]
fn a_store_that_lost_its_end_is_told_and_salvaged() {
    let place = Place::new();
    let journal = files(&place.data.join("store/fjall"), "jnl").pop().unwrap();
    let bytes = fs::read(&journal).unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap() as u64;
    fs::OpenOptions::new().write(true).open(&journal).unwrap().set_len(used * 3 / 4).unwrap();
    let (told, code) = place.doctor(&[]);
    assert!(code == 2 && line(&told, "store").starts_with("FAULT") && told.contains("--salvage"), "{told}");
    let (salvaged, _) = place.doctor(&["--salvage"]);
    assert!(line(&salvaged, "salvage").contains("written down"), "{salvaged}");
    let list = fs::read_dir(&place.data)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.file_name().unwrap().to_str().unwrap().starts_with("salvage-"));
    assert!(fs::read_to_string(list.unwrap()).unwrap().contains("acknowledged"));
    let (told, _) = place.doctor(&[]);
    assert!(line(&told, "store").starts_with("ok"), "{told}");
}

#[test]
fn a_rotten_table_costs_its_block_and_the_list_says_so() {
    const RECORDS: u64 = 40_000;
    let place = Place::new();
    fill(&place.data, RECORDS);
    let table = tables(&place.data).into_iter().max_by_key(|path| path.metadata().unwrap().len());
    let table = table.unwrap();
    let mut bytes = fs::read(&table).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&table, bytes).unwrap();
    let (told, code) = place.doctor(&[]);
    assert!(code == 2 && line(&told, "records").starts_with("FAULT"), "{told}");
    let (salvaged, _) = place.doctor(&["--salvage"]);
    assert!(salvaged.contains("store.damaged-"), "{salvaged}");
    let (told, code) = place.doctor(&[]);
    assert!(code < 2 && line(&told, "records").starts_with("ok"), "{told}");
    let count: u64 = line(&told, "records").split_whitespace().nth(2).unwrap().trim_end_matches(',').parse().unwrap();
    assert!((RECORDS - 200..RECORDS + 200).contains(&count), "{told}");
    Server::start(&place.data).stop();
}

/// Files below with this extension; with none, all.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if extension.is_empty() || path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Adds records that mean nothing, more than the engine holds in memory, and waits until some of them lie in a table.
fn fill(data: &Path, records: u64) {
    let folder = DataDir::open(data).unwrap();
    let store = Store::open_embedded(&folder.store_path(), EmbeddedOptions::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for first in (0..records).step_by(500) {
            let mut batch = Batch::new(Class::C1);
            for number in first..first + 500 {
                let mut value = vec![0; 1_000];
                getrandom::fill(&mut value).unwrap();
                batch.put(Key::new(&Owner::new(0x7f, &(number % 50).to_be_bytes()), &number.to_be_bytes()), value);
            }
            store.commit(batch).await.unwrap();
        }
    });
    let deadline = Instant::now() + Duration::from_secs(60);
    while tables(data).iter().all(|path| path.metadata().map_or(0, |about| about.len()) < 1_000_000) {
        assert!(Instant::now() < deadline, "no table was written");
        std::thread::sleep(Duration::from_millis(10));
    }
    store.close();
}

fn tables(data: &Path) -> Vec<PathBuf> {
    let all = files(&data.join("store/fjall"), "");
    all.into_iter().filter(|path| path.parent().unwrap().ends_with("tables")).collect()
}
