//! Backups with the real binary: written by a running server and without one, checked, restored, and served from.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;
#[path = "common/people.rs"]
mod people;
mod village;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use common::{Server, fail, run, succeed};
use tempfile::tempdir;

/// A data folder with two people in it, and a key.
fn inhabited(data: &Path) {
    people::sign_up(data, &[("+15550001", "Ani"), ("+15550002", "Budi")]);
    Server::start(data).stop();
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_running_server_is_backed_up_and_the_copy_takes_its_place() {
    let folder = tempdir().unwrap();
    let (data, copy, file) = (folder.path().join("data"), folder.path().join("copy"), folder.path().join("all.backup"));
    inhabited(&data);
    let server = Server::start(&data);
    let made = succeed(&data, &["backup", "create", text(&file)]);
    assert!(made.contains("people    2") && made.contains("embedded"), "{made}");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(fail(&data, &["backup", "create", text(&file)]).contains("replaces nothing"));
    assert!(succeed(&data, &["admin", "audit"]).contains("backup create"));
    let (_, key) = server.get("/public.pem");
    server.stop();

    let verified = succeed(&data, &["backup", "verify", "--json", text(&file)]);
    assert!(verified.contains("\"people\":2"), "{verified}");
    let restored = succeed(&copy, &["backup", "restore", text(&file)]);
    assert!(restored.contains("people    2"), "{restored}");
    for name in ["private.pem", "public.pem"] {
        let (old, new) = (data.join(name), copy.join(name));
        assert_eq!(fs::read(&old).unwrap(), fs::read(&new).unwrap());
        assert_eq!(old.metadata().unwrap().permissions(), new.metadata().unwrap().permissions());
    }
    let again = Server::start(&copy);
    assert_eq!(again.get("/public.pem").1, key);
    assert!(succeed(&copy, &["admin", "user", "show", "+15550001"]).contains("127.0.0.1"), "the device is signed in");
    again.stop();
    assert!(fail(&copy, &["backup", "restore", text(&file)]).contains("not empty"));
}

#[test]
fn without_a_server_and_on_a_schedule_only_the_newest_are_kept() {
    let folder = tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    inhabited(&data);
    fs::create_dir(&backups).unwrap();
    for old in ["kentong-20200101T000000Z.backup", "kentong-20200102T000000Z.backup", "mine.backup"] {
        fs::write(backups.join(old), "old").unwrap();
    }
    succeed(&data, &["backup", "create", text(&backups), "--keep", "2"]);
    let mut left: Vec<_> = fs::read_dir(&backups).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left.len(), 3, "{left:?}");
    assert!(left[0] == "kentong-20200102T000000Z.backup" && left[2] == "mine.backup", "{left:?}");
    succeed(&data, &["backup", "verify", text(&backups.join(&left[1]))]);
    assert!(fail(&data, &["backup", "create", text(&folder.path().join("x")), "--keep", "2"]).contains("folder"));
}

/// Whoever makes backups every night keeps those that have what the last ones lack.
#[test]
fn while_something_is_damaged_no_older_backup_is_removed() {
    let folder = tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(village::build(&data));
    Server::start(&data).stop();
    fs::create_dir(&backups).unwrap();
    for old in ["kentong-20200101T000000Z.backup", "kentong-20200102T000000Z.backup"] {
        fs::write(backups.join(old), "old").unwrap();
    }
    let media = first_file(&data.join("media"));
    let whole = fs::read(&media).unwrap();
    let mut rotten = whole.clone();
    rotten[0] ^= 1;
    fs::write(&media, rotten).unwrap();
    let output = run(&data, &["backup", "create", text(&backups), "--keep", "1"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("no older backup was removed"), "{output:?}");
    assert_eq!(fs::read_dir(&backups).unwrap().count(), 3);
    assert!(!data.join("last-backup").exists(), "it is none to rely on");
    fs::write(&media, whole).unwrap();
    let another = backups.join("another.backup");
    succeed(&data, &["backup", "create", text(&another)]);
    fs::remove_file(&another).unwrap();
    assert!(data.join("last-backup").exists());
    let server = Server::start(&data);
    let (_, metrics) = server.get("/metrics");
    let line = metrics.lines().find(|line| line.starts_with("kentong_backup_last_success_timestamp_seconds "));
    assert!(line.is_some_and(|line| !line.ends_with(" 0")), "{line:?}");
    server.stop();
}

/// A thumbnail.
fn first_file(folder: &Path) -> std::path::PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if path.ends_with("m") => return path,
                false => {}
            }
        }
    }
    panic!("there are no media");
}

/// The road from the embedded engine to PostgreSQL.
#[test]
fn what_was_embedded_goes_on_in_a_database() {
    let folder = tempdir().unwrap();
    let (data, file, copy) = (folder.path().join("data"), folder.path().join("all.backup"), folder.path().join("copy"));
    inhabited(&data);
    succeed(&data, &["backup", "create", text(&file)]);
    let config = folder.path().join("kentong.toml");
    let url = testing_postgres::Instance::shared().fresh_url();
    fs::write(&config, format!("store = \"{url}\"\n")).unwrap();
    let restored = succeed(&copy, &["--config", text(&config), "backup", "restore", text(&file)]);
    assert!(restored.contains("people    2"), "{restored}");
    let shown = succeed(&copy, &["--config", text(&config), "admin", "user", "show", "+15550001"]);
    assert!(shown.contains("Ani") && shown.contains("127.0.0.1"), "{shown}");
    let other = folder.path().join("other");
    let refused = fail(&other, &["--config", text(&config), "backup", "restore", text(&file)]);
    assert!(refused.contains("not empty"), "{refused}");
    let back = folder.path().join("back.backup");
    let made = succeed(&copy, &["--config", text(&config), "backup", "create", text(&back)]);
    assert!(made.contains("postgres") && made.contains("people    2"), "{made}");
}

/// The disk of the data was not mounted when the timer came.
#[test]
fn of_an_empty_folder_no_backup_is_made() {
    let folder = tempdir().unwrap();
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    fs::create_dir_all(data.join("lost+found")).unwrap();
    fs::create_dir(&backups).unwrap();
    let refused = fail(&data, &["backup", "create", text(&backups), "--keep", "1"]);
    assert!(refused.contains("is empty") && refused.lines().count() == 1, "{refused}");
    assert_eq!((fs::read_dir(&backups).unwrap().count(), fs::read_dir(&data).unwrap().count()), (0, 1));
}

#[test]
fn damaged_and_foreign_files_are_refused_in_one_line() {
    let folder = tempdir().unwrap();
    let (data, file, copy) = (folder.path().join("data"), folder.path().join("all.backup"), folder.path().join("copy"));
    inhabited(&data);
    succeed(&data, &["backup", "create", text(&file)]);
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 8;
    fs::write(&file, &bytes).unwrap();
    let output = run(&data, &["backup", "verify", text(&file)]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("frame"), "{output:?}");
    let refused = fail(&copy, &["backup", "restore", text(&file)]);
    assert!(refused.contains("nothing was restored") && refused.lines().count() == 1, "{refused}");
    fs::write(&file, "something else altogether").unwrap();
    for order in ["verify", "restore"] {
        let refused = fail(&copy, &["backup", order, text(&file)]);
        assert!(refused.contains("no backup") && refused.lines().count() == 1, "{refused}");
    }
}

#[test]
fn a_half_restored_folder_is_no_data_folder() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("restoring"), "").unwrap();
    let refused = fail(folder.path(), &["serve", "--no-network"]);
    assert!(refused.contains("was not finished") && refused.lines().count() == 1, "{refused}");
}
