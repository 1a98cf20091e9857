//! Writing a backup: aside, under another name, with a lock on it; synced, and renamed only when it is whole.

use std::fs::{File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::format::{self, Head, Kind, Packing};
use super::limits::{FLOOR_DISK_FRACTION, FLOOR_MAX_BYTES, FRAME_MAX_BYTES, SPACE_LOOK_BYTES};

/// What is added to the name while a backup is not whole.
pub const DRAFT_SUFFIX: &str = ".partial";
/// It holds every key and secret of the server.
const FILE_MODE: u32 = 0o600;
const BUFFER_BYTES: usize = 1024 * 1024;
/// Payloads below this are not worth packing.
const PACK_MIN_BYTES: usize = 64;
/// Records pack well, media do not: not much is tried with these.
const RECORDS_LEVEL: i32 = 3;
const BYTES_LEVEL: i32 = 1;

/// A backup being written. Dropped before [`Writer::finish`], it leaves nothing.
pub struct Writer {
    target: PathBuf,
    draft: PathBuf,
    file: BufWriter<File>,
    sum: Sha256,
    frames: u32,
    written: u64,
    looked_at: u64,
    is_whole: bool,
}

impl Writer {
    /// Begins the backup that is to be at `target`, where nothing may be yet.
    pub fn create(target: &Path) -> Result<Self> {
        let draft = with_suffix(target);
        if target.symlink_metadata().is_ok() {
            bail!("{} is there already: a backup replaces nothing", target.display());
        }
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(false).mode(FILE_MODE);
        let file = options.open(&draft).with_context(|| format!("cannot write {}", draft.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!("{} is being written by somebody else", draft.display()),
            Err(TryLockError::Error(error)) => return Err(error).context("the draft cannot be locked"),
        }
        file.set_len(0)?;
        file.set_permissions(std::fs::Permissions::from_mode(FILE_MODE))?;
        let mut writer = Self {
            target: target.to_owned(),
            draft,
            file: BufWriter::with_capacity(BUFFER_BYTES, file),
            sum: Sha256::new(),
            frames: 0,
            written: 0,
            looked_at: 0,
            is_whole: false,
        };
        writer.check_room()?;
        writer.put(&format::prelude())?;
        Ok(writer)
    }

    /// Where it is while it is not whole.
    pub fn draft(&self) -> &Path {
        &self.draft
    }

    /// Bytes so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Adds a frame.
    pub fn frame(&mut self, kind: Kind, payload: &[u8]) -> Result<()> {
        if payload.len() > FRAME_MAX_BYTES {
            bail!("a frame of {} bytes", payload.len());
        }
        let packed = pack(kind, payload)?;
        let (packing, stored) = match &packed {
            Some(packed) => (Packing::Zstd, packed.as_slice()),
            None => (Packing::Plain, payload),
        };
        let head = Head {
            kind,
            packing,
            number: self.frames,
            stored_bytes: stored.len() as u32,
            plain_bytes: payload.len() as u32,
            payload_sum: crc32c::crc32c(stored),
        };
        self.frames = self.frames.checked_add(1).context("more frames than a backup may have")?;
        self.put(&head.to_bytes())?;
        self.put(stored)?;
        if self.written - self.looked_at >= SPACE_LOOK_BYTES {
            self.check_room()?;
        }
        Ok(())
    }

    /// Brings what was added so far to where readers find it.
    pub fn flush(&mut self) -> Result<()> {
        self.file.flush().with_context(|| format!("cannot write {}", self.draft.display()))
    }

    /// Ends the backup: from now on it is whole, durably. Gives its size in bytes.
    pub fn finish(mut self) -> Result<u64> {
        let sum = self.sum.clone().finalize();
        self.put(&sum)?;
        self.put(&format::END_MAGIC)?;
        self.flush()?;
        self.place().with_context(|| format!("cannot put {} in place", self.target.display()))?;
        Ok(self.written)
    }

    fn place(&mut self) -> io::Result<()> {
        self.file.get_ref().sync_all()?;
        // Unlike a rename, a link does not replace what somebody else put there meanwhile.
        match std::fs::hard_link(&self.draft, &self.target) {
            Ok(()) => std::fs::remove_file(&self.draft)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
            Err(_) => std::fs::rename(&self.draft, &self.target)?,
        }
        self.is_whole = true;
        File::open(folder_of(&self.target))?.sync_all()
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        self.sum.update(bytes);
        self.file.write_all(bytes).with_context(|| format!("cannot write {}", self.draft.display()))?;
        self.written += bytes.len() as u64;
        Ok(())
    }

    fn check_room(&mut self) -> Result<()> {
        self.looked_at = self.written;
        let folder = folder_of(&self.target);
        let disk = rustix::fs::statvfs(folder).with_context(|| format!("cannot look at {}", folder.display()))?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        let floor = FLOOR_MAX_BYTES.min(disk.f_blocks.saturating_mul(disk.f_frsize) / FLOOR_DISK_FRACTION);
        if free < floor {
            const MIB: u64 = 1024 * 1024;
            bail!(
                "{} MiB are free in {}, and {} MiB are left for other things: make room, or write the backup elsewhere",
                free / MIB,
                folder.display(),
                floor / MIB
            );
        }
        Ok(())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.is_whole
            && let Err(error) = std::fs::remove_file(&self.draft)
        {
            tracing::warn!(%error, draft = %self.draft.display(), "the unfinished backup could not be removed");
        }
    }
}

/// The payload packed, if that is worth it.
fn pack(kind: Kind, payload: &[u8]) -> Result<Option<Vec<u8>>> {
    if payload.len() < PACK_MIN_BYTES {
        return Ok(None);
    }
    let level = if kind == Kind::Bytes { BYTES_LEVEL } else { RECORDS_LEVEL };
    let packed = zstd::bulk::compress(payload, level).context("cannot pack a frame")?;
    Ok(Some(packed).filter(|packed| packed.len() < payload.len()))
}

/// The name of the draft of this backup.
pub fn with_suffix(target: &Path) -> PathBuf {
    let mut name = target.as_os_str().to_owned();
    name.push(DRAFT_SUFFIX);
    PathBuf::from(name)
}

/// The folder a file is in.
pub fn folder_of(target: &Path) -> &Path {
    target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
