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
fn a_key_gets_the_lines_of_the_built_in_one() {
    let desk = Desk::new();
    let key = foreign_key();
    let (first, rest) = key.split_at("-----BEGIN RSA PUBLIC KEY-----\n".len() + 32);
    let program = desk.program(&[&format!("{first}\n{rest}\n"), IPV4]);
    desk.adopt(&program, &desk.path("copy"), "10.0.0.7").unwrap();
    let copy = String::from_utf8(std::fs::read(desk.path("copy")).unwrap()).unwrap();
    let own = desk.key();
    let (first, rest) = own.split_at(first.len());
    assert!(copy.contains(&format!("\0{first}\n{rest}\n\0")), "{copy}");
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

/// What a compiler makes of the addresses that TDLib has: sixteen characters from a string or pieces, then pieces.
fn code(pieces: &[&[u8]]) -> Vec<u8> {
    let long = |bytes: &&[u8]| {
        if bytes.len() == 8 { [b"\x48\xb9", *bytes].concat() } else { [b"\xc7\x45\xc1", *bytes].concat() }
    };
    let mut code = b"\x7fELF\0".to_vec();
    for piece in pieces {
        code.extend(long(piece));
        // A mov to memory.
        code.extend(b"\x49\x89\x4f\x08");
    }
    code.push(0);
    code
}

const IPV4_PIECES: [&[u8]; 13] = [
    b"149.",
    b".154",
    b".175.10\0",
    b".167.40\0",
    b".175.117",
    b".175.50\0",
    b".167.51\0",
    b"\x1a95.161.",
    b"76.100\0\0",
    b".175.100",
    b".167.91\0",
    b".171.5\0\0",
    b"\x1c149.154",
];
const IPV6_PIECES: [&[u8]; 7] = [b"*2001:b2", b"8:f23d:f", b"8:f23f:f", b"(2001:67", b"c:4e8:f0", b"1:b2", b"2001"];
const IPV6_ENDS: [&[u8]; 7] =
    [b"001::e\0\0", b"02::e\0\0\0", b"003::e\0\0", b"001::a\0\0", b"02::a\0\0\0", b"04::a\0\0\0", b"005::a\0\0"];
/// What 003::a is made of 001::a with: lea rcx, [r12+0x20000].
const ADDS: &[u8] = b"\x49\x8d\x8c\x24\x00\x00\x02\x00";

impl Desk {
    fn program_of(&self, code: &[u8], strings: &[&str]) -> PathBuf {
        let path = self.program(&[&[&foreign_key()[..]], strings].concat());
        let whole = [code, &std::fs::read(&path).unwrap()].concat();
        std::fs::write(&path, whole).unwrap();
        path
    }
}

fn has(file: &Path, bytes: &[u8]) -> bool {
    std::fs::read(file).unwrap().windows(bytes.len()).any(|part| part == bytes)
}

#[test]
fn addresses_in_pieces_in_the_code_are_replaced_piece_by_piece() {
    let desk = Desk::new();
    let whole = [&code(&[&IPV4_PIECES[..], &IPV6_PIECES, &IPV6_ENDS].concat())[..], ADDS].concat();
    let program = desk.program_of(&whole, &[]);
    let told = desk.adopt(&program, &desk.path("copy"), "10.77.0.1").unwrap();
    assert!(told.contains("9 IPv4 replaced by 10.77.0.1") && told.contains("27 pieces"), "{told}");
    let copy = desk.path("copy");
    for new in
        [&b"\xc110.7\x49"[..], b"\xc177.0", b"\xb9.1\0\0\0\0\0\0\x49", b"\x1c10.77.0", b"*::ffff:", b"\xb9a4d:1\0\0\0"]
    {
        assert!(has(&copy, new), "{new:?}");
    }
    for old in [&b"149."[..], b".154", b".17", b"95.1", b"2001", b"::a", b"::e", b":f2"] {
        assert!(has(&program, old) && !has(&copy, old), "{old:?}");
    }
    let again = desk.adopt(&copy, &desk.path("twice"), "10.77.0.1").unwrap_err();
    assert!(again.contains("adopted already") && again.contains("--key-only"), "{again}");
}

#[test]
fn an_ipv6_address_without_room_leads_nowhere_and_says_so() {
    let desk = Desk::new();
    // What is added changes the last character but four; the text of this server's would end behind it.
    let ends: Vec<_> = IPV6_ENDS.into_iter().filter(|end| !end.starts_with(b"04")).collect();
    let lea = b"\x49\x81\xc5\x00\x02\x00\x00";
    let whole = [&code(&[&IPV4_PIECES[..], &IPV6_PIECES, &ends].concat())[..], ADDS, lea].concat();
    let told = desk.adopt(&desk.program_of(&whole, &[]), &desk.path("copy"), "203.0.113.7").unwrap();
    assert!(told.contains("8 IPv6 replaced by ::\n") && told.contains("lead nowhere"), "{told}");
}

#[test]
fn pieces_that_are_not_all_understood_are_refused() {
    let desk = Desk::new();
    let all = [&IPV4_PIECES[..], &IPV6_PIECES, &IPV6_ENDS].concat();
    let lacking: Vec<_> = all.iter().copied().filter(|piece| !piece.starts_with(b".167.91")).collect();
    let odd = [&code(&all)[..], ADDS, b"\x68.154"].concat();
    for (code, why) in [(&code(&lacking)[..], "149.154.167.91 in its code have room"), (&odd[..], "not known (.154)")] {
        let program = desk.program_of(code, &[]);
        let refusal = desk.adopt(&program, &desk.path("copy"), "10.77.0.1").unwrap_err();
        assert!(refusal.contains(why) && refusal.contains("--key-only") && refusal.lines().count() == 1, "{refusal}");
        assert!(!desk.path("copy").exists());
        let (from, to) = (program.to_str().unwrap().to_owned(), desk.path("copy"));
        let done =
            run(&desk.path("data"), &["adopt", "--key-only", "--address", "10.77.0.1", &from, to.to_str().unwrap()]);
        let told = String::from_utf8(done.stdout).unwrap();
        assert!(done.status.success() && told.contains("lead these to 10.77.0.1: 149.154.175.10 "), "{told}");
        assert!(has(&to, desk.key().as_bytes()) && has(&to, b".175.117"));
        std::fs::remove_file(to).unwrap();
    }
}

#[test]
fn the_end_of_a_string_that_is_a_piece_in_the_code_is_replaced_too() {
    let desk = Desk::new();
    let v6 = ["2001:b28:f23d:f001::e", "2001:67c:4e8:f002::e", "2001:b28:f23d:f003::e", "2001:b28:f23d:f001::a"];
    let more = ["2001:67c:4e8:f002::a", "2001:b28:f23d:f003::a", "2001:67c:4e8:f004::a", "2001:b28:f23f:f005::a"];
    let ends: [&[u8]; 8] = [b":f001::e", b"2::e", b":f003::e", b":f001::a", b"2::a", b":f003::a", b"4::a", b":f005::a"];
    let program = desk.program_of(&code(&[&IPV4_PIECES[..], &ends].concat()), &[&v6[..], &more].concat());
    desk.adopt(&program, &desk.path("copy"), "203.0.113.7").unwrap();
    assert!(has(&desk.path("copy"), b"\0::ffff:cb00:7107\0\0\0\0\0\0"));
    assert!(has(&desk.path("copy"), b"\xb9107\0\0\0\0\0\x49") && !has(&desk.path("copy"), b"::a"));
}
