//! A group of which only a part reached the disk before the power went.
//!
//! The blocks of one fsync come to the disk in any order. Where a journal's blocks are written ahead, one that did not come is
//! zeros amid a group whose end is there. The engine drops a group without an end by itself; one with an end and a wrong
//! checksum it takes for damage, and does not open.
//!
//! So the end is taken out where zeros prove that it came too early: nobody was told of such a group, for that follows the fsync.
//! Anything else that is wrong stays as it is and refused. Should the group have been acknowledged after all, the high-water
//! mark tells.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::journal;

/// What a group ends with in fjall 3, after its tag and checksum.
const TRAILER: &[u8] = b"FJL\x03";
/// Bytes of a group's end: tag, checksum, trailer.
const END_BYTES: usize = 1 + 8 + TRAILER.len();
/// The least that a disk writes as a whole, in bytes.
const SECTOR: usize = 512;

/// A group's end that was taken out.
pub(crate) struct Torn {
    file: File,
    at: u64,
    end: [u8; END_BYTES],
}

impl Torn {
    /// Overwrites the end of the last group with zeros, if a part of that group never came to the disk.
    pub(crate) fn take_out(engine_folder: &Path) -> io::Result<Option<Self>> {
        let Some((_, path)) = journal::newest_in(engine_folder)? else { return Ok(None) };
        let content = fs::read(&path)?;
        let Some((at, end)) = end_of_torn(&content) else { return Ok(None) };
        let file = File::options().write(true).open(&path)?;
        file.write_all_at(&[0; END_BYTES], at as u64)?;
        tracing::warn!(
            journal = %path.display(),
            "the last group was on its way to the disk when the machine stopped; it was not acknowledged and is left out"
        );
        Ok(Some(Self { file, at: at as u64, end }))
    }

    /// As it was: there is more that is wrong.
    pub(crate) fn put_back(&self) {
        if let Err(error) = self.file.write_all_at(&self.end, self.at) {
            tracing::error!(%error, "the end of a journal could not be put back");
        }
    }
}

/// Where the end of the last group stands, and what it says, if there is a sector of zeros within that group.
fn end_of_torn(journal: &[u8]) -> Option<(usize, [u8; END_BYTES])> {
    let used = journal.iter().rposition(|byte| *byte != 0)? + 1;
    let at = used.checked_sub(END_BYTES)?;
    let end: [u8; END_BYTES] = journal[at..used].try_into().ok()?;
    if !end.ends_with(TRAILER) {
        return None;
    }
    let before =
        journal[..at].windows(TRAILER.len()).rposition(|bytes| bytes == TRAILER).map_or(0, |it| it + TRAILER.len());
    let mut sectors = journal[..at].chunks_exact(SECTOR).skip(before.div_ceil(SECTOR));
    sectors.any(|sector| sector.iter().all(|byte| *byte == 0)).then_some((at, end))
}
