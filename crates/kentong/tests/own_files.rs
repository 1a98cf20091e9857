//! Rot in the files that a server keeps beside its store, seen through the real binary: whatever bit flips, whatever is cut
//! or goes, it refuses to start in one line that names the place, or it starts as who it was, at the time it is.
//! `damage.rs` does the same to records and media; what ACME keeps is harmed in `crates/tls`.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use common::{Server, kentong, succeed};

/// Bits flipped in each file, spread over it.
const FLIPS: usize = 6;
/// Places at which each file is cut off.
const CUTS: usize = 2;
/// The clock that a server goes by is this near to the machine's, in milliseconds.
const NEAR_MS: i128 = 600_000;

/// A server that started, or the line in which it refused.
enum Start {
    Up(Child, String),
    Refused(String),
}

fn start(data: &Path) -> Start {
    let mut command = kentong();
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut last = String::new();
    for line in BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok) {
        if let Some(rest) = line.split("ready address=").nth(1) {
            return Start::Up(child, rest.split(' ').next().unwrap().to_owned());
        }
        last = line;
    }
    assert_eq!(child.wait().unwrap().code(), Some(1), "{last}");
    Start::Refused(last)
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A folder that a server has used, been backed up from, and used again.
struct Whole {
    place: tempfile::TempDir,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Whole {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("data");
        Server::start(&data).stop();
        succeed(&data, &["backup", "create", place.path().join("all.backup").to_str().unwrap()]);
        Server::start(&data).stop();
        let own = fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        let files = own.map(|path| (path.clone(), fs::read(&path).unwrap())).collect();
        Self { place, files }
    }

    fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    /// Harms one file, looks what becomes of it, and puts everything back.
    fn round(&self, file: &Path, harmed: Option<&[u8]>) -> &'static str {
        match harmed {
            Some(bytes) => fs::write(file, bytes).unwrap(),
            None => fs::remove_file(file).unwrap(),
        }
        let name = file.file_name().unwrap().to_str().unwrap();
        let verdict = match start(&self.data()) {
            Start::Up(child, address) => {
                self.judge(name, &address);
                end(child);
                "started"
            }
            Start::Refused(line) => {
                let is_named = line.starts_with("kentong: ") && line.contains(self.data().to_str().unwrap());
                assert!(is_named, "{name}: {line}");
                "refused"
            }
        };
        let _ = fs::remove_file(self.data().join("admin.sock"));
        for (path, bytes) in &self.files {
            fs::write(path, bytes).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        verdict
    }

    /// It is who it was, and lives today.
    fn judge(&self, name: &str, address: &str) {
        let data = self.data();
        let public = fs::read(data.join("public.pem")).unwrap();
        assert!(self.files[&data.join("public.pem")] == public, "{name}: it is another server now");
        let health = succeed(&data, &["health", "--address", address]);
        assert!(health.contains("ready"), "{name}: {health}");
        let clock = fs::read_to_string(data.join("clock")).unwrap_or_default();
        let told: i128 = clock.split(' ').next().and_then(|time| time.parse().ok()).unwrap_or_default();
        let modified = fs::metadata(data.join("private.pem")).unwrap().modified().unwrap();
        let before = i128::try_from(modified.duration_since(std::time::UNIX_EPOCH).unwrap().as_millis()).unwrap();
        assert!(name == "clock" || (told - before).abs() < NEAR_MS, "{name}: the clock went to {clock}");
    }
}

#[test]
fn no_rot_in_its_own_files_is_silent() {
    let whole = Whole::new();
    let names: Vec<_> = whole.files.keys().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    for expected in ["clock", "format", "last-backup", "listen", "lock", "private.pem", "public.pem"] {
        assert!(names.contains(&expected), "{expected} is not among {names:?}");
    }
    let mut seen: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (file, bytes) in &whole.files {
        let verdicts = seen.entry(file.file_name().unwrap().to_str().unwrap()).or_default();
        for flip in 0..FLIPS {
            let bit = flip * 7 + bytes.len() * 8 * flip / FLIPS;
            let mut harmed = bytes.clone();
            if let Some(byte) = harmed.get_mut(bit / 8) {
                *byte ^= 1 << (bit % 8);
                verdicts.push(whole.round(file, Some(&harmed)));
            }
        }
        for cut in 0..CUTS {
            verdicts.push(whole.round(file, Some(&bytes[..bytes.len() * cut / CUTS])));
        }
        verdicts.push(whole.round(file, None));
    }
    eprintln!("{seen:#?}");
    for always in ["format", "private.pem"] {
        let started = seen[always].iter().filter(|verdict| **verdict == "started").count();
        assert_eq!(started, 0, "{always}: {:?}", seen[always]);
    }
    for never in ["clock", "last-backup", "listen", "lock", "public.pem"] {
        let refused = seen[never].iter().filter(|verdict| **verdict == "refused").count();
        assert_eq!(refused, 0, "{never}: {:?}", seen[never]);
    }
}
