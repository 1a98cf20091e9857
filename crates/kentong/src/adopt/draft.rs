//! The copy while it is made: beside its final name, which it gets when it is whole. The original is only ever read.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Bits of a mode that a copy keeps: what makes a program run as somebody else is given to a file, not to its copies.
const COPIED_MODE: u32 = 0o777;

/// A copy under a name of its own, removed unless it is kept.
pub struct Draft {
    file: File,
    path: PathBuf,
    kept: bool,
}

impl Draft {
    /// Copies the input.
    pub fn copy(input: &Path, output: &Path) -> Result<Self> {
        refuse_same(input, output)?;
        let mut original = File::open(input).with_context(|| format!("cannot read {}", input.display()))?;
        let path = beside(output);
        let create = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path);
        let file = create.with_context(|| format!("cannot write {}", path.display()))?;
        let mut draft = Self { file, path, kept: false };
        let mode = original.metadata()?.permissions().mode() & COPIED_MODE;
        io::copy(&mut original, &mut draft.file).with_context(|| format!("cannot copy {}", input.display()))?;
        draft.file.set_permissions(Permissions::from_mode(mode))?;
        Ok(draft)
    }

    /// To read it from its beginning.
    pub fn reader(&mut self) -> io::Result<&mut File> {
        io::Seek::rewind(&mut self.file)?;
        Ok(&mut self.file)
    }

    /// Writes over a part of it.
    pub fn replace(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, offset)
    }

    /// Gives it its final name, once it is on disk.
    pub fn keep(mut self, output: &Path) -> Result<()> {
        self.file.sync_all()?;
        fs::rename(&self.path, output).with_context(|| format!("cannot write {}", output.display()))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.kept {
            // Nothing more can be done about a draft that stays.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn beside(output: &Path) -> PathBuf {
    let mut name = output.file_name().map(OsString::from).unwrap_or_default();
    name.push(format!(".draft-{}", std::process::id()));
    output.with_file_name(name)
}

/// The original is never touched, whatever name it goes by.
fn refuse_same(input: &Path, output: &Path) -> Result<()> {
    let from = fs::metadata(input).with_context(|| format!("cannot read {}", input.display()))?;
    if !from.is_file() {
        bail!("{} is not a file", input.display());
    }
    match fs::metadata(output) {
        Ok(to) if (to.dev(), to.ino()) == (from.dev(), from.ino()) => {
            bail!("{} and {} are one file: the original is never touched", input.display(), output.display())
        }
        Ok(to) if !to.is_file() => bail!("{} is there and is not a file", output.display()),
        _ => Ok(()),
    }
}
