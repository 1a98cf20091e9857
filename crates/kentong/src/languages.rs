//! Words of clients' interfaces that the operator added: one file a language in a folder, read at start.

use std::fs::{self, DirEntry};
use std::path::Path;
use std::time::UNIX_EPOCH;

use api::Languages;
use api::limits::{LANGUAGE_MAX_BYTES, LANGUAGES_MAX};

/// What ends the name of a file of words.
const EXTENSION: &str = "tsv";

/// The languages that came with this program and those of the folder, if there is one. A file that is wrong is logged and left
/// out: nobody is kept from writing to each other by a missing tab.
pub fn load(folder: &Path) -> Languages {
    let mut languages = Languages::built_in();
    let Ok(entries) = fs::read_dir(folder) else { return languages };
    let mut entries: Vec<DirEntry> = entries.flatten().take(LANGUAGES_MAX).collect();
    entries.sort_by_key(DirEntry::file_name);
    for entry in entries.iter().filter(|entry| entry.path().extension().is_some_and(|end| end == EXTENSION)) {
        if let Err(reason) = add(&mut languages, entry) {
            let file = entry.path();
            tracing::warn!(file = %file.display(), reason, "a file of words cannot be used");
        }
    }
    languages
}

fn add(languages: &mut Languages, entry: &DirEntry) -> Result<(), String> {
    let about = entry.metadata().map_err(|error| error.to_string())?;
    if about.len() > LANGUAGE_MAX_BYTES as u64 {
        return Err("it is too large".to_owned());
    }
    let text = fs::read_to_string(entry.path()).map_err(|error| error.to_string())?;
    // A changed file is a newer version unless it says which it is itself.
    let changed = about.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let version = changed.and_then(|since| i32::try_from(since.as_secs()).ok()).unwrap_or(1);
    let path = entry.path();
    let code = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    languages.add(&code, &text, version).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_adds_languages_and_a_wrong_file_keeps_nothing_from_starting() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("jv.tsv"), "# native: Basa Jawa\ncancel\tWurung\n").unwrap();
        fs::write(folder.path().join("su.tsv"), "no tab\n").unwrap();
        fs::write(folder.path().join("notes.txt"), "not words").unwrap();
        let languages = load(folder.path());
        let codes: Vec<_> = languages.iter().map(|language| language.code.clone()).collect();
        assert_eq!(codes, ["en", "id", "jv"]);
        assert!(languages.find("jv").unwrap().version > 1_700_000_000, "the time it was changed");
        assert_eq!(load(&folder.path().join("none")).iter().count(), 2);
    }
}
