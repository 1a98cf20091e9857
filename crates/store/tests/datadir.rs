//! The data folder: who gets in.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use store::datadir::FORMAT_VERSION;
use store::{DataDir, DataDirError, Unfinished};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn a_new_folder_is_made_for_its_owner_only() {
    let parent = folder();
    let path = parent.path().join("deep/data");
    let data = DataDir::open(&path).expect("a new folder");
    assert_eq!(data.path(), path);
    assert!(data.store_path().starts_with(&path));
    let mode = fs::metadata(&path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn a_second_process_is_kept_out_until_the_first_is_gone() {
    let folder = folder();
    let first = DataDir::open(folder.path()).expect("an empty folder");
    let refused = DataDir::open(folder.path()).expect_err("it is in use");
    assert!(matches!(&refused, DataDirError::InUse { holder, .. } if *holder == std::process::id().to_string()));
    assert!(!refused.to_string().contains('\n'), "one line: {refused}");
    drop(first);
    DataDir::open(folder.path()).expect("it is free again");
}

#[test]
fn a_newer_format_is_refused() {
    let folder = folder();
    drop(DataDir::open(folder.path()).expect("an empty folder"));
    let newer = FORMAT_VERSION + 1;
    fs::write(folder.path().join("format"), format!("kentong data folder, format {newer}\n")).expect("writes");
    let refused = DataDir::open(folder.path()).expect_err("from the future");
    assert!(matches!(refused, DataDirError::TooNew { found, known: FORMAT_VERSION, .. } if found == newer));
}

#[test]
fn a_damaged_format_is_refused() {
    let folder = folder();
    drop(DataDir::open(folder.path()).expect("an empty folder"));
    for text in ["", "kentong data folder, format ", "kentong data folder, format 0", "format 1", "\u{0}\u{0}"] {
        fs::write(folder.path().join("format"), text).expect("writes");
        assert!(matches!(DataDir::open(folder.path()), Err(DataDirError::Damaged { .. })), "{text:?}");
    }
    fs::write(folder.path().join("format"), [0xff, 0xfe]).expect("writes");
    assert!(matches!(DataDir::open(folder.path()), Err(DataDirError::Damaged { .. })));
}

#[test]
fn somebody_elses_folder_is_left_alone() {
    let folder = folder();
    fs::write(folder.path().join("thesis.odt"), "years of work").expect("writes");
    assert!(matches!(DataDir::open(folder.path()), Err(DataDirError::Foreign { .. })));
    assert_eq!(fs::read_dir(folder.path()).expect("lists").count(), 1, "nothing was added");
}

#[test]
fn an_interrupted_first_start_is_no_obstacle() {
    let folder = folder();
    fs::write(folder.path().join("lock"), "").expect("writes");
    fs::write(folder.path().join("format.new"), "kent").expect("writes");
    DataDir::open(folder.path()).expect("nothing was kept here yet");
}

#[test]
fn a_file_in_its_place_is_an_error() {
    let folder = folder();
    let path = folder.path().join("data");
    fs::write(&path, "not a folder").expect("writes");
    assert!(matches!(DataDir::open(&path), Err(DataDirError::Io { .. })));
}

#[test]
fn a_folder_being_filled_is_no_data_folder_until_it_is_finished() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path();
    let unfinished = Unfinished::begin(path).expect("the folder is empty");
    std::fs::write(path.join("private.pem"), "x").expect("writes");
    assert!(matches!(DataDir::open(path), Err(DataDirError::Unfinished { .. })), "while it is held");
    drop(unfinished);
    assert!(matches!(DataDir::open(path), Err(DataDirError::Unfinished { .. })), "after a crash");
    let refused = Unfinished::begin(path).expect_err("something is left").to_string();
    assert!(refused.contains("empty the folder"), "{refused}");
    for name in ["private.pem", "restoring"] {
        std::fs::remove_file(path.join(name)).expect("removes");
    }
    Unfinished::begin(path).expect("emptied").discard().expect("discards");
    Unfinished::begin(path).expect("nothing is left").finish().expect("finishes");
    assert!(matches!(Unfinished::begin(path), Err(DataDirError::NotEmpty { .. })));
    DataDir::open(path).expect("it is a data folder");
}
