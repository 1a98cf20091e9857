//! The data folder and the server's key: who may read them, and whether they are what they should be.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crypto::{PrivateKey, Zeroizing};

use super::Finding;
use super::limits::BACKUP_OLD_MS;
use crate::backup::last;
use crate::civil::Civil;
use crate::{clock, keys};

const FOLDER_MODE: u32 = 0o700;
const KEY_MODE: u32 = 0o600;
const MODE_MASK: u32 = 0o777;
const OTHERS: u32 = 0o077;
const LOST_KEY: &str = "restore it from a backup: without it no client connects";

/// Looks at folder and key; narrows who may read them if `fix`.
pub fn examine(folder: &Path, fix: bool) -> Vec<Finding> {
    vec![mode("data folder", folder, FOLDER_MODE, fix), key(folder, fix)]
}

fn mode(about: &str, path: &Path, wanted: u32, fix: bool) -> Finding {
    let mode = match path.metadata() {
        Ok(metadata) => metadata.permissions().mode() & MODE_MASK,
        Err(error) => return Finding::fault(about, format!("{}: {error}", path.display()), "see whose it is"),
    };
    let text = format!("{} has mode {mode:o}", path.display());
    if mode & OTHERS == 0 {
        return Finding::ok(about, text);
    }
    if !fix {
        return Finding::fault(
            about,
            format!("{text}: others may look into it"),
            "run `kentong doctor --fix`, and think about who did",
        );
    }
    match fs::set_permissions(path, Permissions::from_mode(wanted)) {
        Ok(()) => Finding::warning(
            about,
            format!("{text}, and now {wanted:o}"),
            "think about who could look into it until now",
        ),
        Err(error) => Finding::fault(about, format!("{text}, and cannot be changed: {error}"), "see whose it is"),
    }
}

fn key(folder: &Path, fix: bool) -> Finding {
    let path = folder.join(keys::PRIVATE_FILE);
    let pem = match fs::read_to_string(&path).map(Zeroizing::new) {
        Ok(pem) => pem,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return no_key(folder),
        Err(error) => return Finding::fault("key", format!("{}: {error}", path.display()), LOST_KEY),
    };
    match PrivateKey::from_pem(&pem) {
        Err(error) => Finding::fault("key", format!("{}: {error}", path.display()), LOST_KEY),
        Ok(key) => match mode("key", &path, KEY_MODE, fix) {
            finding if finding.advice.is_empty() => {
                Finding::ok("key", format!("{}, fingerprint {}", finding.text, keys::fingerprint(&key)))
            }
            finding => finding,
        },
    }
}

/// When the last backup was made. A folder that was never served from needs none.
pub fn backup(folder: &Path) -> Finding {
    const ADVICE: &str = "make one every day by `kentong backup create`: docs/backup.md has a timer for it";
    match last::read(folder) {
        None if !folder.join(keys::PRIVATE_FILE).exists() => Finding::ok("backup", "there is nothing to lose yet"),
        None => Finding::warning("backup", "none was ever made of this folder", ADVICE),
        Some(at_ms) => {
            let text = format!("the last one is of {} UTC", Civil::of(at_ms.div_euclid(1_000)));
            let is_old = clock::wall_ms() - at_ms > BACKUP_OLD_MS;
            if is_old { Finding::warning("backup", text, ADVICE) } else { Finding::ok("backup", text) }
        }
    }
}

/// A folder without a key was never served from, unless its public half is there.
fn no_key(folder: &Path) -> Finding {
    if folder.join(keys::PUBLIC_FILE).exists() {
        return Finding::fault("key", "is gone, and its public half is there", LOST_KEY);
    }
    Finding::ok("key", "is made at the first start")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    fn noted(folder: &Path, at_ms: i64) {
        let at = at_ms.to_string();
        let line = format!("{at} {:08x}\n", crc32c::crc32c(at.as_bytes()));
        fs::write(folder.join("last-backup"), line).unwrap();
    }

    #[test]
    fn a_folder_with_something_in_it_wants_backups() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(backup(folder.path()).level, Level::Ok, "it was never served from");
        fs::write(folder.path().join(keys::PRIVATE_FILE), "a key").unwrap();
        assert_eq!(backup(folder.path()).level, Level::Warning);
        noted(folder.path(), clock::wall_ms());
        assert_eq!(backup(folder.path()).level, Level::Ok);
        noted(folder.path(), clock::wall_ms() - BACKUP_OLD_MS - 1_000);
        assert_eq!(backup(folder.path()).level, Level::Warning);
    }
}
