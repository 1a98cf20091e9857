//! Where a backup goes, what it is called, and which old ones may go.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use platform::product::BINARY;

use super::writer::{DRAFT_SUFFIX, folder_of};
use crate::civil::Civil;

/// How the name of a backup ends that got its name from its time.
const SUFFIX: &str = ".backup";

/// The file meant by `target`: one named after this time, if it is a folder.
pub fn file(target: &Path, now_ms: i64) -> PathBuf {
    if target.is_dir() { target.join(name(now_ms)) } else { target.to_owned() }
}

/// `kentong-20261122T234501Z.backup`: names sort as their times.
fn name(now_ms: i64) -> String {
    format!("{BINARY}-{}{SUFFIX}", stamp(now_ms))
}

/// A moment as part of a name: `20261122T234501Z`.
pub fn stamp(now_ms: i64) -> String {
    let Civil { year, month, day, hour, minute, second } = Civil::of(now_ms.div_euclid(1_000));
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// Whether a name is one of [`name`]'s.
fn is_name(name: &str) -> bool {
    let time = name.strip_prefix(BINARY).and_then(|rest| rest.strip_prefix('-')?.strip_suffix(SUFFIX));
    let Some(time) = time else { return false };
    let shape = |(at, byte): (usize, u8)| match at {
        8 => byte == b'T',
        15 => byte == b'Z',
        _ => byte.is_ascii_digit(),
    };
    time.len() == 16 && time.bytes().enumerate().all(shape)
}

/// Removes all but the newest `keep` backups with names of their time beside `newest`, which is whole, and what interrupted
/// ones left. Gives the names of those removed.
pub fn prune(newest: &Path, keep: usize) -> Result<Vec<PathBuf>> {
    let folder = folder_of(newest);
    let listed = fs::read_dir(folder).with_context(|| format!("cannot look into {}", folder.display()))?;
    let mut names: Vec<String> = listed.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort_unstable();
    let whole =
        names.iter().filter(|name| is_name(name) && newest.file_name().is_some_and(|newest| newest != name.as_str()));
    let excess = whole.clone().count().saturating_sub(keep.saturating_sub(1));
    let drafts = names.iter().filter(|name| name.strip_suffix(DRAFT_SUFFIX).is_some_and(is_name));
    let nobodys = drafts.filter(|name| is_nobodys(&folder.join(name)));
    let mut removed = Vec::new();
    for name in whole.take(excess).chain(nobodys) {
        let path = folder.join(name);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        removed.push(path);
    }
    Ok(removed)
}

/// Whether nobody is writing this draft.
fn is_nobodys(draft: &Path) -> bool {
    File::open(draft).is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_and_nothing_else_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let times = [1_000_000_000_000, 1_000_000_001_000, 1_700_000_000_000, 1_800_000_000_000];
        for time in times {
            fs::write(file(folder.path(), time), "").unwrap();
        }
        for other in ["kentong-x.backup", "notes", "kentong-20010909T014640Z.backup.partial"] {
            fs::write(at(other), "").unwrap();
        }
        let busy = at("kentong-20010909T014641Z.backup.partial");
        fs::write(&busy, "").unwrap();
        let writing = File::open(&busy).unwrap();
        writing.try_lock().unwrap();
        let removed = prune(&file(folder.path(), times[3]), 2).unwrap();
        assert_eq!(removed.len(), 3, "{removed:?}");
        let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        left.sort();
        let mut expected = vec![
            at("kentong-x.backup"),
            at("notes"),
            busy,
            file(folder.path(), times[2]),
            file(folder.path(), times[3]),
        ];
        expected.sort();
        assert_eq!(left, expected);
    }
}
