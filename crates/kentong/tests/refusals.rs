//! What a server does not start on: one clear line each, an exit code that says so, and nothing changed on the disk.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;
#[path = "common/people.rs"]
mod people;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use common::{Server, fail, run, succeed};

/// Contents of all files but those that every start touches: `lock` names the process, `clock` the time.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(contents(&entry));
        } else if !["lock", "clock", "reserve", "admin.sock"].iter().any(|name| entry.ends_with(name)) {
            found.insert(entry.clone(), fs::read(&entry).unwrap());
        }
    }
    found
}

/// The one line in which a start on this folder is refused.
fn refused(data: &Path) -> String {
    let output = run(data, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    let lines = error.lines().filter(|line| line.starts_with("kentong: ")).collect::<Vec<_>>();
    let [line] = lines.as_slice() else { panic!("one line was expected: {error}") };
    assert_eq!(error.lines().last(), Some(*line), "it is the last word: {error}");
    assert!(!String::from_utf8(output.stdout).unwrap().contains("is ready."));
    (*line).to_owned()
}

/// Refused, with these words, without a change.
fn refused_with(data: &Path, words: &[&str]) {
    let before = contents(data);
    let line = refused(data);
    for word in words {
        assert!(line.contains(word), "{word:?} is missing in: {line}");
    }
    assert!(contents(data) == before, "the refusal changed something: {line}");
}

/// A folder that a server has used.
fn used() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    Server::start(folder.path()).stop();
    folder
}

#[test]
fn folders_that_are_not_for_this_program() {
    let foreign = tempfile::tempdir().unwrap();
    fs::write(foreign.path().join("thesis.txt"), "years of work").unwrap();
    refused_with(foreign.path(), &["not a data folder", foreign.path().to_str().unwrap()]);

    let folder = used();
    let format = folder.path().join("format");
    let ours = fs::read(&format).unwrap();
    fs::write(&format, "kentong data folder, format 2\n").unwrap();
    refused_with(folder.path(), &["has format 2", "up to 1", "newer"]);
    fs::write(&format, "kentong data folder, format one\n").unwrap();
    refused_with(folder.path(), &["format is damaged"]);
    fs::remove_file(&format).unwrap();
    refused_with(folder.path(), &["not a data folder"]);
    fs::write(&format, ours).unwrap();
    Server::start(folder.path()).stop();
}

#[test]
fn a_folder_that_another_server_uses() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    for _ in 0..2 {
        let line = refused(folder.path());
        assert!(line.contains(&format!("in use by process {}", server.id())), "{line}");
    }
    assert_eq!(server.get("/healthz/ready").0, 200, "the first one goes on");
    server.stop();
}

#[test]
fn keys_that_cannot_be_trusted() {
    let folder = used();
    let key = folder.path().join("private.pem");
    let ours = fs::read(&key).unwrap();
    let mode = |bits| fs::set_permissions(&key, fs::Permissions::from_mode(bits)).unwrap();
    let refused = |words: &[&str]| {
        let line = refused(folder.path());
        assert!(words.iter().all(|word| line.contains(word)), "{line}");
    };
    mode(0o640);
    refused(&["private.pem", "can be read by others", "0600"]);
    mode(0o600);
    fs::write(&key, &ours[..ours.len() / 2]).unwrap();
    refused(&["private.pem", "no private key"]);
    fs::remove_file(&key).unwrap();
    refused(&["private.pem is missing", "backup"]);
    assert!(!key.exists(), "no new key was made");
    fs::create_dir(&key).unwrap();
    refused(&["cannot read", "private.pem"]);
    fs::remove_dir(&key).unwrap();
    fs::write(&key, ours).unwrap();
    mode(0o600);
    Server::start(folder.path()).stop();
}

#[test]
fn stores_that_lost_something() {
    let folder = used();
    let mark = folder.path().join("store/high-water");
    let ours = fs::read(&mark).unwrap();
    fs::remove_file(&mark).unwrap();
    refused_with(folder.path(), &["high-water is missing", "restore a backup"]);
    fs::write(&mark, vec![0; ours.len()]).unwrap();
    refused_with(folder.path(), &["high-water is damaged", "restore a backup"]);
    fs::write(&mark, ours).unwrap();
    let journal = folder.path().join("store/fjall/0.jnl");
    let whole = fs::read(&journal).unwrap();
    let used = whole.iter().rposition(|byte| *byte != 0).unwrap();
    fs::write(&journal, &whole[..used / 2]).unwrap();
    let line = refused(folder.path());
    assert!(line.contains("store"), "{line}");
}

/// A volume that was not mounted, in front of a database with people in it.
#[test]
fn a_strange_folder_in_front_of_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (data, copy, strange) = (at("data"), at("copy"), at("strange"));
    people::sign_up(&data, &[("+15550001", "Ani")]);
    Server::start(&data).stop();
    let (file, config) = (at("all.backup"), at("kentong.toml"));
    succeed(&data, &["backup", "create", file.to_str().unwrap()]);
    let url = testing_postgres::Instance::shared().fresh_url();
    fs::write(&config, format!("store = \"{url}\"\n")).unwrap();
    let with_database = ["--config", config.to_str().unwrap()];
    succeed(&copy, &[&with_database[..], &["backup", "restore", file.to_str().unwrap()]].concat());
    let serve = [&with_database[..], &["serve", "--listen", "127.0.0.1:0"]].concat();
    for _ in 0..2 {
        let error = fail(&strange, &serve);
        let line = error.lines().last().unwrap();
        assert!(line.contains("private.pem is missing") && line.contains("right data folder"), "{error}");
        assert!(!strange.join("private.pem").exists(), "no new key was made");
    }
    fs::copy(copy.join("private.pem"), strange.join("private.pem")).unwrap();
    let arguments = [&with_database[..], &["--listen", "127.0.0.1:0"]].concat();
    Server::start_with(&strange, &arguments, "ready address=").stop();
}

#[test]
fn a_place_that_is_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    fs::write(&file, "a file").unwrap();
    let line = refused(&file);
    assert!(line.contains(file.to_str().unwrap()), "{line}");
    assert_eq!(fs::read(&file).unwrap(), b"a file");
}
