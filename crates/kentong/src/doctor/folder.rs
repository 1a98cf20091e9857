//! The data folder and the server's key: who may read them, and whether they are what they should be.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crypto::{PrivateKey, Zeroizing};

use super::Finding;
use crate::keys;

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

/// A folder without a key was never served from, unless its public half is there.
fn no_key(folder: &Path) -> Finding {
    if folder.join(keys::PUBLIC_FILE).exists() {
        return Finding::fault("key", "is gone, and its public half is there", LOST_KEY);
    }
    Finding::ok("key", "is made at the first start")
}
