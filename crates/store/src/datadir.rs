//! The data folder: one process at a time, and no older program on newer data.
//!
//! `lock` is locked while a [`DataDir`] lives (the system lets go of it when the process ends, however it ends); `format`
//! names the version of the folder's layout and of what is stored in it. What lies in the folder otherwise is its owner's
//! affair.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The format this program writes, and the newest it understands.
pub const FORMAT_VERSION: u32 = 1;

const LOCK_FILE: &str = "lock";
const FORMAT_FILE: &str = "format";
const STORE_FOLDER: &str = "store";
/// It is there while a backup is being restored into the folder.
const UNFINISHED_FILE: &str = "restoring";
/// What a file system puts into its root.
const FOREIGN_FOLDER: &str = "lost+found";
/// What the format file says before the number.
const FORMAT_PREFIX: &str = "kentong data folder, format ";
/// Most bytes read of the format and lock files.
const SMALL_FILE_MAX_BYTES: u64 = 256;
/// Only the owner may enter the folder or read its files: keys lie in it.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;

/// A data folder that this process holds; dropping it lets others in.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: Lock,
}

/// The locked file. Dropping it says so to the system: a child process that is just being started has the same open file
/// until its own program begins, and would keep the lock for that moment.
#[derive(Debug)]
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // What cannot be unlocked is unlocked when the last process closes it.
        let _ = self.0.unlock();
    }
}

/// Why the data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// The folder or a file in it cannot be used.
    #[error("cannot use {}: {source}", path.display())]
    Io {
        /// What was to be used.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process holds the folder.
    #[error("the data folder {} is in use by process {holder}", path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
        /// The number of the process, as far as known.
        holder: String,
    },
    /// The folder was written by a newer program.
    #[error("the data folder {} has format {found}, this program understands up to {known}: use a newer one", path.display())]
    TooNew {
        /// The folder.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format this program understands.
        known: u32,
    },
    /// The folder holds something else.
    #[error("{} is not empty and not a data folder (it has no file named {FORMAT_FILE})", path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
    },
    /// A backup was being restored into the folder, and that was not finished.
    #[error("a backup was being restored into {} and that was not finished: empty the folder and restore it again", path.display())]
    Unfinished {
        /// The folder.
        path: PathBuf,
    },
    /// Something is kept in a folder that should be empty.
    #[error("{} is not empty: a backup is restored into an empty folder, or one that is not there yet", path.display())]
    NotEmpty {
        /// The folder.
        path: PathBuf,
    },
    /// The format file does not say what it should.
    #[error("the file {} is damaged", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

impl DataDir {
    /// Creates the folder if needed, takes hold of it, and checks its format.
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        create_folder(path).map_err(at(path))?;
        let lock_path = path.join(LOCK_FILE);
        let is_unused = is_unused(path).map_err(at(path))?;
        if path.join(UNFINISHED_FILE).exists() {
            return Err(DataDirError::Unfinished { path: path.to_owned() });
        }
        if !is_unused && !path.join(FORMAT_FILE).exists() {
            return Err(DataDirError::Foreign { path: path.to_owned() });
        }
        let lock = take_lock(path, &lock_path)?;
        match read_format(path)? {
            None => write_format(path).map_err(at(path))?,
            Some(found) if found > FORMAT_VERSION => {
                return Err(DataDirError::TooNew { path: path.to_owned(), found, known: FORMAT_VERSION });
            }
            Some(_) => {}
        }
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the store lives in it.
    #[must_use]
    pub fn store_path(&self) -> PathBuf {
        self.path.join(STORE_FOLDER)
    }
}

/// An empty folder that is being filled from a backup. It is no data folder, and nobody opens it, until
/// [`Unfinished::finish`].
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
    lock: Lock,
}

impl Unfinished {
    /// Creates the folder if needed, takes hold of it, and marks it as unfinished.
    ///
    /// # Errors
    /// [`DataDirError::NotEmpty`], [`DataDirError::Unfinished`] when an earlier attempt left something,
    /// [`DataDirError::InUse`].
    pub fn begin(path: &Path) -> Result<Self, DataDirError> {
        create_folder(path).map_err(at(path))?;
        if path.join(UNFINISHED_FILE).exists() {
            return Err(DataDirError::Unfinished { path: path.to_owned() });
        }
        if !is_unused(path).map_err(at(path))? {
            return Err(DataDirError::NotEmpty { path: path.to_owned() });
        }
        let lock = take_lock(path, &path.join(LOCK_FILE))?;
        let marker = path.join(UNFINISHED_FILE);
        let mark = || {
            File::options().write(true).create_new(true).mode(FILE_MODE).open(&marker)?.sync_all()?;
            File::open(path)?.sync_all()
        };
        mark().map_err(at(&marker))?;
        Ok(Self { path: path.to_owned(), lock })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the store is to live in it.
    #[must_use]
    pub fn store_path(&self) -> PathBuf {
        self.path.join(STORE_FOLDER)
    }

    /// Everything is in it, durably: from now on it is a data folder.
    ///
    /// # Errors
    /// [`DataDirError::Io`]; it is then still unfinished.
    pub fn finish(self) -> Result<DataDir, DataDirError> {
        let marker = self.path.join(UNFINISHED_FILE);
        write_format(&self.path).map_err(at(&self.path))?;
        fs::remove_file(&marker).and_then(|()| File::open(&self.path)?.sync_all()).map_err(at(&marker))?;
        Ok(DataDir { path: self.path, _lock: self.lock })
    }

    /// Removes everything that was put into it.
    ///
    /// # Errors
    /// [`DataDirError::Io`]; it is then still unfinished.
    pub fn discard(self) -> Result<(), DataDirError> {
        let clear = || {
            for entry in fs::read_dir(&self.path)? {
                let entry = entry?;
                let name = entry.file_name();
                if name == FOREIGN_FOLDER || name == UNFINISHED_FILE {
                    continue;
                }
                if entry.file_type()?.is_dir() {
                    fs::remove_dir_all(entry.path())?
                } else {
                    fs::remove_file(entry.path())?
                }
            }
            fs::remove_file(self.path.join(UNFINISHED_FILE))
        };
        clear().map_err(at(&self.path))
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> DataDirError {
    move |source| DataDirError::Io { path: path.to_owned(), source }
}

fn create_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path)
}

/// Whether nothing was ever kept here. Leftovers of an interrupted first start do not count, nor does what a file system
/// puts into its root.
fn is_unused(path: &Path) -> io::Result<bool> {
    let harmless = [LOCK_FILE.to_owned(), temporary(FORMAT_FILE), FOREIGN_FOLDER.to_owned()];
    for entry in fs::read_dir(path)? {
        let name = entry?.file_name();
        if !harmless.iter().any(|harmless| name == harmless.as_str()) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn take_lock(folder: &Path, lock_path: &Path) -> Result<Lock, DataDirError> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false).mode(FILE_MODE);
    let mut lock = options.open(lock_path).map_err(at(lock_path))?;
    match lock.try_lock() {
        Ok(()) => {
            note_holder(&mut lock).map_err(at(lock_path))?;
            Ok(Lock(lock))
        }
        Err(TryLockError::WouldBlock) => {
            Err(DataDirError::InUse { path: folder.to_owned(), holder: holder_of(lock_path) })
        }
        Err(TryLockError::Error(source)) => Err(at(lock_path)(source)),
    }
}

/// Writes this process's number into the lock file, for whoever finds it locked.
fn note_holder(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.seek(SeekFrom::Start(0))?;
    writeln!(lock, "{}", std::process::id())
}

fn holder_of(lock_path: &Path) -> String {
    match read_small(lock_path) {
        Ok(text) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => "(unknown)".to_owned(),
    }
}

fn read_format(folder: &Path) -> Result<Option<u32>, DataDirError> {
    let path = folder.join(FORMAT_FILE);
    let text = match read_small(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(DataDirError::Damaged { path }),
        Err(source) => return Err(DataDirError::Io { path, source }),
    };
    let number = text.trim_end().strip_prefix(FORMAT_PREFIX).and_then(|number| number.parse().ok());
    number.filter(|number| *number > 0).map(Some).ok_or(DataDirError::Damaged { path })
}

/// Puts the format file in place whole or not at all, durably.
fn write_format(folder: &Path) -> io::Result<()> {
    let temporary = folder.join(temporary(FORMAT_FILE));
    let mut file = File::options().write(true).create(true).truncate(true).mode(FILE_MODE).open(&temporary)?;
    writeln!(file, "{FORMAT_PREFIX}{FORMAT_VERSION}")?;
    file.sync_all()?;
    fs::rename(&temporary, folder.join(FORMAT_FILE))?;
    File::open(folder)?.sync_all()
}

fn temporary(name: &str) -> String {
    format!("{name}.new")
}

fn read_small(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(SMALL_FILE_MAX_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a child process has it between its birth and the start of its program.
    #[test]
    fn the_lock_goes_with_its_owner_whoever_else_has_the_file_open() {
        let place = tempfile::tempdir().expect("a folder");
        let take = || take_lock(place.path(), &place.path().join(LOCK_FILE));
        let lock = take().expect("it is free");
        let inherited = lock.0.try_clone().expect("a second descriptor");
        assert!(matches!(take(), Err(DataDirError::InUse { .. })));
        drop(lock);
        take().expect("it is free again");
        drop(inherited);
    }
}
