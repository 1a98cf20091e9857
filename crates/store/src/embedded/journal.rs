//! The engine's journal as the file system sees it: room in it is written ahead, and old files are let go of elsewhere.
//!
//! The engine makes each journal a long file without blocks. A write into it then makes the file system find blocks, mark
//! them as written and note both on the disk, all within the commit's own fsync; marking may wait for a kernel thread that
//! other work keeps from its processor. Where zeros lie already, a commit is one write and one flush.
//!
//! The engine removes journals while it holds locks that commits wait for, and giving back the blocks of one can take the
//! file system a tenth of a second. As long as it is open here, that is put off.
//!
//! Nothing here changes what the engine reads: zeros go where a hole reads as zeros, never beyond the end of a file (after
//! a restart the engine appends to the last journal, whose end is where its records end), and the one thread that has the
//! engine write journals is the one that writes zeros.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use rustix::fs::SeekFrom;

use crate::limits;

/// How the engine's journals end, after their number.
const EXTENSION: &str = "jnl";

/// Written at a time where there were no blocks.
static ZEROS: [u8; 64 * 1024] = [0; 64 * 1024];

/// Journals that are open here, oldest first; at most [`limits::JOURNALS_KEPT_MAX`].
pub(crate) type Kept = Mutex<Vec<Arc<File>>>;

/// The committer's side: call [`Journals::wrote`] after each durable group.
pub(crate) struct Journals {
    folder: PathBuf,
    newest: Option<Newest>,
    /// Bytes written since the folder was looked at.
    unseen_bytes: u64,
    kept: Arc<Kept>,
}

/// The journal that the engine writes to.
struct Newest {
    number: u64,
    /// Gone once the engine has removed it.
    file: Weak<File>,
    /// Where zeros end that were written ahead.
    end_of_zeros: u64,
    /// About how many of them are left.
    left_bytes: u64,
}

impl Journals {
    pub(crate) fn new(engine_folder: PathBuf, kept: Arc<Kept>) -> Self {
        Self { folder: engine_folder, newest: None, unseen_bytes: limits::JOURNAL_LOOK_BYTES, kept }
    }

    /// The engine wrote about so many bytes, and they are durable. What cannot be written ahead is slower and no less safe.
    pub(crate) fn wrote(&mut self, bytes: u64) {
        self.unseen_bytes += bytes;
        if let Some(newest) = &mut self.newest {
            newest.left_bytes = newest.left_bytes.saturating_sub(bytes);
        }
        if self.unseen_bytes >= limits::JOURNAL_LOOK_BYTES {
            self.unseen_bytes = 0;
            if let Err(error) = self.look() {
                tracing::debug!(%error, "no room could be written ahead in the engine's journal");
            }
        }
    }

    fn look(&mut self) -> io::Result<()> {
        let Some((number, path)) = newest_in(&self.folder)? else { return Ok(()) };
        if self.newest.as_ref().is_none_or(|newest| newest.number != number) {
            let file = Arc::new(File::options().read(true).write(true).open(path)?);
            self.newest = Some(Newest { number, file: Arc::downgrade(&file), end_of_zeros: 0, left_bytes: 0 });
            keep(&self.kept, file);
        }
        self.newest.as_mut().map_or(Ok(()), Newest::write_ahead)
    }
}

impl Newest {
    /// Writes zeros where the file has no blocks yet, once few of those written before are left.
    fn write_ahead(&mut self) -> io::Result<()> {
        if self.left_bytes >= limits::JOURNAL_LOOK_BYTES {
            return Ok(());
        }
        let Some(file) = self.file.upgrade() else { return Ok(()) };
        let length = file.metadata()?.len();
        let hole = rustix::fs::seek(&file, SeekFrom::Hole(self.end_of_zeros.min(length)))?;
        let end = length.min(hole + limits::JOURNAL_AHEAD_BYTES);
        let mut at = hole;
        while at < end {
            let piece = ZEROS.len().min(usize::try_from(end - at).unwrap_or(usize::MAX));
            file.write_all_at(&ZEROS[..piece], at)?;
            at += piece as u64;
        }
        self.end_of_zeros = at;
        self.left_bytes += at - hole;
        Ok(())
    }
}

fn keep(kept: &Kept, file: Arc<File>) {
    let mut kept = kept.lock();
    let excess = (kept.len() + 1).saturating_sub(limits::JOURNALS_KEPT_MAX);
    kept.drain(..excess);
    kept.push(file);
}

/// Closes those that the engine has removed; on the thread that calls it the file system gives back their blocks.
pub(crate) fn close_removed(kept: &Kept) {
    let is_removed = |file: &mut Arc<File>| file.metadata().map_or(true, |metadata| metadata.nlink() == 0);
    let removed: Vec<Arc<File>> = kept.lock().extract_if(.., is_removed).collect();
    drop(removed);
}

/// The journal that the engine writes to, by the number in its name.
pub(crate) fn newest_in(folder: &Path) -> io::Result<Option<(u64, PathBuf)>> {
    let mut newest = None;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        newest = newest.max(number_of(&path).map(|number| (number, path)));
    }
    Ok(newest)
}

fn number_of(path: &Path) -> Option<u64> {
    let is_journal = path.extension().is_some_and(|extension| extension == EXTENSION);
    is_journal.then(|| path.file_stem()?.to_str()?.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    fn journals(folder: &Path) -> Journals {
        Journals::new(folder.to_owned(), Arc::default())
    }

    /// A journal with some records at its beginning.
    fn journal(folder: &Path, number: u64, length: u64) -> PathBuf {
        let path = folder.join(format!("{number}.jnl"));
        let file = File::create(&path).expect("creates");
        file.write_all_at(&[7; 5_000], 0).expect("writes");
        file.set_len(length).expect("makes it longer");
        file.sync_all().expect("syncs");
        path
    }

    fn first_hole(path: &Path) -> u64 {
        rustix::fs::seek(File::open(path).expect("opens"), SeekFrom::Hole(0)).expect("looks")
    }

    #[test]
    fn zeros_go_where_there_are_no_blocks() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = journal(folder.path(), 9, 16 * MIB);
        let mut journals = journals(folder.path());
        journals.wrote(5_000);
        assert_eq!(first_hole(&path), 8_192 + limits::JOURNAL_AHEAD_BYTES);
        let content = fs::read(&path).expect("reads");
        assert!(content[..5_000].iter().all(|byte| *byte == 7) && content[5_000..].iter().all(|byte| *byte == 0));

        journals.wrote(limits::JOURNAL_AHEAD_BYTES - limits::JOURNAL_LOOK_BYTES + 1);
        assert_eq!(first_hole(&path), 8_192 + 2 * limits::JOURNAL_AHEAD_BYTES, "more when few are left");
        (0..100).for_each(|_| journals.wrote(MIB));
        assert_eq!(first_hole(&path), 16 * MIB, "and no further than the file goes");
    }

    /// As after a restart, when the engine appends: anything behind the last record would be taken for the end.
    #[test]
    fn a_journal_that_is_appended_to_stays_as_it_is() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = journal(folder.path(), 9, 5_000);
        let mut journals = journals(folder.path());
        for length in (5_000..).step_by(5_000).take(20) {
            journals.wrote(limits::JOURNAL_LOOK_BYTES);
            assert_eq!(fs::metadata(&path).expect("is there").len(), length);
            let file = File::options().write(true).open(&path).expect("opens");
            file.write_all_at(&[7; 5_000], length).expect("appends");
        }
    }

    #[test]
    fn a_journal_is_kept_open_until_the_engine_has_removed_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut journals = journals(folder.path());
        let old = journal(folder.path(), 9, MIB);
        journals.wrote(1);
        let new = journal(folder.path(), 10, MIB);
        journals.wrote(limits::JOURNAL_LOOK_BYTES);
        let kept = Arc::clone(&journals.kept);
        close_removed(&kept);
        assert_eq!(kept.lock().len(), 2, "both are still there");
        fs::remove_file(&old).expect("removes");
        close_removed(&kept);
        assert_eq!(kept.lock().len(), 1);
        assert_eq!(first_hole(&new), MIB, "the new one is written ahead");
        fs::remove_file(&new).expect("removes");
        close_removed(&kept);
        assert!(kept.lock().is_empty(), "also the newest, though nothing was written since");
        journals.wrote(MIB);
    }

    #[test]
    fn so_many_journals_are_kept_open_at_most() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut journals = journals(folder.path());
        for number in 1..=2 * limits::JOURNALS_KEPT_MAX as u64 {
            journal(folder.path(), number, MIB);
            journals.wrote(limits::JOURNAL_LOOK_BYTES);
        }
        assert_eq!(journals.kept.lock().len(), limits::JOURNALS_KEPT_MAX);
    }
}
