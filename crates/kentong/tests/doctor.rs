//! The doctor with the real binary: on a stopped server's folder and on a running server, on what is fine and what is not.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;
#[path = "common/people.rs"]
mod people;
mod village;

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
    let all = ["configuration", "clock", "key", "store", "records", "logs", "counters", "letters", "engine", "media"];
    for about in all.into_iter().chain(["leftovers"]) {
        assert!(line(&stopped, about).starts_with("ok"), "{about}: {stopped}");
    }
    let server = Server::start(&place.data);
    let (running, code) = place.doctor(&[]);
    assert!(code < 2, "{running}");
    assert!(line(&running, "backup").starts_with("warning"), "none was made: {running}");
    for about in ["server", "records", "logs", "letters", "engine", "media"] {
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
    let name = table.file_name().unwrap().to_str().unwrap();
    assert!(line(&told, "engine").starts_with("FAULT") && told.contains(&format!("tables/{name}")), "{told}");
    let (salvaged, _) = place.doctor(&["--salvage"]);
    assert!(salvaged.contains("store.damaged-"), "{salvaged}");
    let (told, code) = place.doctor(&[]);
    assert!(code < 2 && line(&told, "records").starts_with("ok"), "{told}");
    assert!(line(&told, "engine").starts_with("ok"), "{told}");
    let count: u64 = line(&told, "records").split_whitespace().nth(2).unwrap().trim_end_matches(',').parse().unwrap();
    assert!((RECORDS - 200..RECORDS + 200).contains(&count), "{told}");
    Server::start(&place.data).stop();
}

/// A village that a server has used, with its configuration.
fn lived_in() -> Place {
    let place = Place::new();
    fs::remove_dir_all(&place.data).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(village::build(&place.data));
    Server::start(&place.data).stop();
    place
}

/// Changes records as no server would.
fn meddle(data: &Path, change: impl FnOnce(&mut Batch, &[(Key, store::Record)])) {
    let folder = DataDir::open(data).unwrap();
    let store = Store::open_embedded(&folder.store_path(), EmbeddedOptions::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut snapshot = store.snapshot().await.unwrap();
        let mut all = Vec::new();
        while let Some(chunk) = snapshot.next_chunk().await.unwrap() {
            all.extend(chunk);
        }
        drop(snapshot);
        let mut batch = Batch::new(Class::C1);
        change(&mut batch, &all);
        assert!(!batch.puts.is_empty() || !batch.deletes.is_empty());
        store.commit(batch).await.unwrap();
    });
    store.close();
}

/// The keys of this kind of record under a person.
fn under_people(all: &[(Key, store::Record)], suffix: u8) -> impl DoubleEndedIterator<Item = &Key> {
    let is_wanted = move |key: &&Key| {
        let (owner, found) = key.parts();
        owner.first() == Some(&platform::keys::kind::USER) && found.first() == Some(&suffix)
    };
    all.iter().map(|(key, _)| key).filter(is_wanted)
}

#[test]
fn a_message_that_is_gone_a_list_that_is_wrong_and_a_letter_without_sense_are_noticed() {
    use platform::keys::user_suffix::{LETTER, MESSAGE, MESSAGE_INDEX};
    let place = lived_in();
    let (told, code) = place.doctor(&[]);
    assert!(code < 2, "{told}");
    meddle(&place.data, |batch, all| {
        let (owner, message) = under_people(all, MESSAGE).next().unwrap().parts();
        let unknown = [&[MESSAGE_INDEX, 0][..], &owner[1..], &message[1..]].concat();
        batch.put(Key::new(&Owner::new(owner[0], &owner[1..]), &unknown), Vec::new());
    });
    let (told, code) = place.doctor(&[]);
    assert!(code == 1 && line(&told, "counters").starts_with("warning"), "{told}");
    place.doctor(&["--fix"]);
    let (told, _) = place.doctor(&[]);
    assert!(line(&told, "counters").starts_with("ok"), "{told}");

    meddle(&place.data, |batch, all| batch.deletes.extend(under_people(all, MESSAGE).nth(4).cloned()));
    let (told, code) = place.doctor(&[]);
    assert!(code == 2 && line(&told, "logs").starts_with("FAULT"), "{told}");
    place.doctor(&["--salvage"]);
    let (told, _) = place.doctor(&["--fix"]);
    assert!(line(&told, "logs").starts_with("ok"), "{told}");

    meddle(&place.data, |batch, all| {
        let (owner, _) = under_people(all, MESSAGE).next().unwrap().parts();
        let owner = Owner::new(owner[0], &owner[1..]);
        batch.put(Key::new(&owner, &[&[LETTER][..], &[0; 16]].concat()), b"no letter".to_vec());
    });
    let (told, code) = place.doctor(&[]);
    assert!(code == 2 && told.contains("a letter of"), "{told}");
}

#[test]
fn files_of_media_that_rotted_or_went_are_named() {
    let place = lived_in();
    let objects = files(&place.data.join("media"), "");
    let objects: Vec<_> = objects.iter().filter(|path| path.ends_with("m")).collect();
    let mut bytes = fs::read(objects[0]).unwrap();
    bytes[10] ^= 4;
    fs::write(objects[0], bytes).unwrap();
    fs::remove_file(objects[1]).unwrap();
    let (told, code) = place.doctor(&[]);
    assert!(code == 2 && line(&told, "media").starts_with("FAULT"), "{told}");
    for object in &objects[..2] {
        let name = object.strip_prefix(&place.data).unwrap().to_str().unwrap();
        assert!(told.contains(name), "{name}: {told}");
    }
}

#[test]
fn keys_folders_and_variables_that_are_not_as_they_should_be_are_noticed() {
    let place = Place::new();
    fs::set_permissions(&place.data, fs::Permissions::from_mode(0o755)).unwrap();
    let (told, code) = place.doctor(&[]);
    assert!(code == 2 && told.contains("mode 755"), "{told}");
    place.doctor(&["--fix"]);
    assert_eq!(place.data.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let mut command = common::kentong();
    command.arg("--data").arg(&place.data).arg("doctor").env("KENTONG_NONSENSE", "1");
    let told = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert!(line(&told, "configuration").starts_with("warning") && told.contains("KENTONG_NONSENSE"), "{told}");
    let key = place.data.join("private.pem");
    let whole = fs::read(&key).unwrap();
    fs::write(&key, &whole[..whole.len() / 2]).unwrap();
    let (told, code) = place.doctor(&[]);
    assert!(code == 2 && line(&told, "key").starts_with("FAULT"), "{told}");
    fs::remove_file(&key).unwrap();
    let (told, code) = place.doctor(&[]);
    assert!(code == 2 && line(&told, "key").contains("is gone"), "{told}");
}

#[test]
fn a_folder_in_memory_is_doubtful() {
    if !Path::new("/dev/shm").is_dir() {
        return eprintln!("skipped: this system has no /dev/shm");
    }
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    Server::start(folder.path()).stop();
    let output = run(folder.path(), &["doctor"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.lines().any(|line| line.starts_with("warning") && line.contains("tmpfs")), "{told}");
}

/// The same look at data that are in a database.
#[test]
fn a_database_is_looked_at_stopped_and_running() {
    let place = lived_in();
    let (copy, file) = (place.data.with_file_name("copy"), place.data.with_file_name("all.backup"));
    common::succeed(&place.data, &["backup", "create", file.to_str().unwrap()]);
    let (told, _) = place.doctor(&[]);
    assert!(line(&told, "backup").starts_with("ok"), "{told}");
    let url = testing_postgres::Instance::shared().fresh_url();
    fs::write(&place.config, format!("store = \"{url}\"\n[server]\nlisten = [\"127.0.0.1:0\"]\n")).unwrap();
    let place = Place { data: copy, ..place };
    let config = ["--config", place.config.to_str().unwrap()];
    common::succeed(&place.data, &[&config[..], &["backup", "restore", file.to_str().unwrap()]].concat());
    let wanted = ["store", "records", "logs", "counters", "letters", "media"];
    let (told, code) = place.doctor(&[]);
    assert!(code < 2 && line(&told, "records").contains("postgres"), "{told}");
    for about in wanted {
        assert!(line(&told, about).starts_with("ok"), "{about}: {told}");
    }
    let server =
        Server::start_with(&place.data, &[&config[..], &["--listen", "127.0.0.1:0"]].concat(), "ready address=");
    let (told, code) = place.doctor(&[]);
    assert!(code < 2 && line(&told, "server").starts_with("ok"), "{told}");
    for about in &wanted[1..] {
        assert!(line(&told, about).starts_with("ok"), "{about}: {told}");
    }
    server.stop();
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
