//! `adopt`, on programs made up here. What real ones make of their copies is for `tests/clients`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use common::{Server, run};
use tempfile::{TempDir, tempdir};

const IPV4: &str = "149.154.171.5";
const IPV6: &str = "2001:67c:4e8:f002::a";

/// A data folder with a key, and a place for programs.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        Server::start(&folder.path().join("data")).stop();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn key(&self) -> String {
        std::fs::read_to_string(self.path("data/public.pem")).unwrap().trim_end().to_owned()
    }

    fn program(&self, parts: &[&str]) -> PathBuf {
        let path = self.path("program");
        std::fs::write(&path, ["\u{7f}ELF", &parts.join("\0"), ""].join("\0")).unwrap();
        path
    }

    fn adopt(&self, input: &Path, output: &Path, address: &str) -> Result<String, String> {
        let (input, output) = (input.to_str().unwrap(), output.to_str().unwrap());
        let done = run(&self.path("data"), &["adopt", "--address", address, input, output]);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        if done.status.success() { Ok(text(done.stdout)) } else { Err(text(done.stderr)) }
    }
}

/// Another server's key: what a program was built with.
fn foreign_key() -> String {
    crypto::PrivateKey::generate().unwrap().public().to_pem().unwrap().trim_end().to_owned()
}

#[test]
fn keys_and_addresses_become_this_servers_and_nothing_else_moves() {
    let desk = Desk::new();
    let (main, test) = (foreign_key(), foreign_key());
    let rest = ["10.0.0.0", "Lost promise", "see https://149.154.171.5/"];
    let program = desk.program(&[&main, rest[0], IPV4, rest[1], IPV6, rest[2], &test]);
    let before = std::fs::read(&program).unwrap();
    let told = desk.adopt(&program, &desk.path("copy"), "10.0.0.7").unwrap();
    assert!(told.contains("keys       2 replaced") && told.contains("443"), "{told}");
    assert!(told.contains("1 IPv4 replaced by 10.0.0.7") && told.contains("1 IPv6 replaced by ::ffff:a00:7"), "{told}");

    let mut expected = String::from_utf8(before.clone()).unwrap();
    expected = expected.replace(&main, &desk.key()).replace(&test, &desk.key());
    expected = expected.replace("\x00149.154.171.5\0", "\x0010.0.0.7\0\0\0\0\0\0");
    expected = expected.replace(IPV6, "::ffff:a00:7\0\0\0\0\0\0\0\0");
    assert_eq!(String::from_utf8(std::fs::read(desk.path("copy")).unwrap()).unwrap(), expected);
    assert_eq!(std::fs::read(&program).unwrap(), before, "the original is as it was");
    let again = desk.adopt(&desk.path("copy"), &desk.path("twice"), "10.0.0.7").unwrap_err();
    assert!(again.contains("adopted already"), "{again}");
}

#[test]
fn a_key_with_other_line_breaks_is_filled_up() {
    let desk = Desk::new();
    let key = foreign_key();
    let (first, rest) = key.split_at("-----BEGIN RSA PUBLIC KEY-----\n".len() + 32);
    let program = desk.program(&[&format!("{first}\n{rest}\n"), IPV4]);
    desk.adopt(&program, &desk.path("copy"), "10.0.0.7").unwrap();
    let copy = String::from_utf8(std::fs::read(desk.path("copy")).unwrap()).unwrap();
    assert!(copy.contains(&format!("\0{}\n\n\0", desk.key())), "{copy}");
}

#[test]
fn every_key_a_server_makes_has_the_length_programs_have_room_for() {
    for _ in 0..8 {
        assert_eq!(foreign_key().len(), 425);
    }
}

#[test]
fn an_address_that_does_not_fit_is_refused_and_nothing_is_written() {
    let desk = Desk::new();
    let program = desk.program(&[&foreign_key(), IPV4, "149.154.175.100"]);
    let refusal = desk.adopt(&program, &desk.path("copy"), "192.168.100.2").map(|_| ()).err();
    assert_eq!(refusal, None, "thirteen characters fit");
    std::fs::remove_file(desk.path("copy")).unwrap();
    let refusal = desk.adopt(&program, &desk.path("copy"), "192.168.100.200").unwrap_err();
    assert!(refusal.contains("has 15 characters") && refusal.contains("at most 13"), "{refusal}");
    assert_eq!(refusal.lines().count(), 1, "{refusal}");
    assert!(desk.adopt(&program, &desk.path("copy"), "0.0.0.0").is_err());
    let mut left: Vec<_> = desk.folder.path().read_dir().unwrap().map(|it| it.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["data", "program"]);
}

#[test]
fn what_is_no_such_program_is_refused_in_one_line() {
    let desk = Desk::new();
    let small = "-----BEGIN RSA PUBLIC KEY-----\nMIGJ\n-----END RSA PUBLIC KEY-----";
    let torn = foreign_key().replace("-----END", "----_END");
    for (parts, missing) in [
        (&["nothing", IPV4][..], "no built-in public key"),
        (&[small, IPV4], "no built-in public key"),
        (&[&torn, IPV4], "no built-in public key"),
        (&[&foreign_key(), "10.0.0.1"], "Telegram's addresses"),
    ] {
        let refusal = desk.adopt(&desk.program(parts), &desk.path("copy"), "10.0.0.7").unwrap_err();
        assert!(refusal.contains(missing) && refusal.lines().count() == 1, "{refusal}");
        assert!(!desk.path("copy").exists());
    }
    let nothing = desk.adopt(&desk.path("absent"), &desk.path("copy"), "10.0.0.7").unwrap_err();
    assert!(nothing.contains("cannot read"), "{nothing}");
}

#[test]
fn the_original_is_refused_as_output_under_any_name() {
    let desk = Desk::new();
    let program = desk.program(&[&foreign_key(), IPV4]);
    let before = std::fs::read(&program).unwrap();
    std::os::unix::fs::symlink(&program, desk.path("symbolic")).unwrap();
    std::fs::hard_link(&program, desk.path("hard")).unwrap();
    for output in ["program", "symbolic", "hard", "data/../program"] {
        let refusal = desk.adopt(&program, &desk.path(output), "10.0.0.7").unwrap_err();
        assert!(refusal.contains("one file"), "{output}: {refusal}");
    }
    assert_eq!(std::fs::read(&program).unwrap(), before);
}

#[test]
fn the_copy_has_the_mode_of_the_original() {
    let desk = Desk::new();
    let program = desk.program(&[&foreign_key(), IPV4]);
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o4751)).unwrap();
    desk.adopt(&program, &desk.path("copy"), "10.0.0.7").unwrap();
    let mode = std::fs::metadata(desk.path("copy")).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o751, "but runs as nobody else");
}
