//! Which files of the data folder belong into a backup: what the server cannot make again. What else somebody keeps there
//! (other backups, for instance) does not.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::content::FileHead;
use super::limits::{DEPTH_MAX, FILE_MAX_BYTES, FILES_MAX};

/// Files, and folders with everything in them: the server's key, the clock it must not go behind, certificates, words.
const KEPT: [&str; 5] = ["private.pem", "public.pem", "clock", "acme", "languages"];
/// Files that are being written end so.
const DRAFT_EXTENSION: &str = "new";
const FOLDER_MODE: u32 = 0o700;
const MODE_MASK: u32 = 0o777;

/// What there is, with what it holds.
pub fn collect(data: &Path) -> Result<Vec<(FileHead, PathBuf)>> {
    let mut found = Vec::new();
    for name in KEPT {
        walk(data, Path::new(name), DEPTH_MAX, &mut found)?;
    }
    Ok(found)
}

/// Links are not followed: what they lead to is not the data folder's.
fn walk(data: &Path, below: &Path, depth: usize, found: &mut Vec<(FileHead, PathBuf)>) -> Result<()> {
    let path = data.join(below);
    let about = match path.symlink_metadata() {
        Ok(about) => about,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("cannot look at {}", path.display())),
    };
    if about.is_dir() && depth > 0 {
        let listed = fs::read_dir(&path).with_context(|| format!("cannot look into {}", path.display()))?;
        for entry in listed {
            walk(data, &below.join(entry?.file_name()), depth - 1, found)?;
        }
        return Ok(());
    }
    if !about.is_file() || below.extension().is_some_and(|extension| extension == DRAFT_EXTENSION) {
        return Ok(());
    }
    if found.len() >= FILES_MAX || about.len() > FILE_MAX_BYTES {
        bail!("{} is too large, or one file too many, to be part of a backup", path.display());
    }
    let name = below.to_str().with_context(|| format!("{} has a name that is no text", path.display()))?;
    let head =
        FileHead::Data { path: name.to_owned(), mode: about.permissions().mode() & MODE_MASK, size: about.len() };
    found.push((head, path));
    Ok(())
}

/// Whether a backup may put a file there.
pub fn is_allowed(path: &str) -> bool {
    let path = Path::new(path);
    let is_plain = path.components().all(|component| matches!(component, Component::Normal(_)));
    let first = path.components().next().and_then(|first| first.as_os_str().to_str());
    is_plain && path.components().count() <= DEPTH_MAX + 1 && first.is_some_and(|first| KEPT.contains(&first))
}

/// Writes a file of the data folder, durably but for the name of its folder.
pub fn write(data: &Path, path: &str, mode: u32, content: &[u8]) -> Result<()> {
    let path = data.join(path);
    let write = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)?;
        }
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode & MODE_MASK).open(&path)?;
        file.set_permissions(fs::Permissions::from_mode(mode & MODE_MASK))?;
        file.write_all(content)?;
        file.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_belongs_to_the_server_is_taken_and_put_back() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (path, mode) in [("private.pem", 0o600), ("languages/id.json", 0o644), ("acme/account", 0o600)] {
            write(from.path(), path, mode, path.as_bytes()).unwrap();
        }
        fs::write(from.path().join("old.backup"), "no").unwrap();
        fs::write(from.path().join("acme/draft.new"), "no").unwrap();
        std::os::unix::fs::symlink("/etc/passwd", from.path().join("acme/link")).unwrap();
        let found = collect(from.path()).unwrap();
        let names: Vec<String> = found.iter().map(|(head, _)| head.name()).collect();
        assert_eq!(names, ["private.pem", "acme/account", "languages/id.json"]);
        for (head, path) in found {
            let FileHead::Data { path: name, mode, .. } = head else { panic!("a file of the data folder") };
            assert!(is_allowed(&name));
            write(to.path(), &name, mode, &fs::read(path).unwrap()).unwrap();
            assert_eq!(to.path().join(&name).metadata().unwrap().permissions().mode() & MODE_MASK, mode, "{name}");
        }
        for evil in ["../private.pem", "/etc/passwd", "acme/../../x", "store/fjall", "", "acme/a/b/c/d/e/f"] {
            assert!(!is_allowed(evil), "{evil}");
        }
    }
}
