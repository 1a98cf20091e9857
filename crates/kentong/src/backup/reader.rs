//! Reading a backup frame by frame. Every byte is covered by a checksum before anything is made of it, and nothing that is
//! cut off is taken for the end.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use super::format::{self, FORMAT, HEAD_BYTES, Head, Kind, PRELUDE_BYTES, Packing, TRAILER_BYTES};

const BUFFER_BYTES: usize = 1024 * 1024;

/// A backup being read.
pub struct Reader<R> {
    input: R,
    sum: Sha256,
    at: u64,
    frames: u32,
    is_over: bool,
}

/// A frame.
#[derive(Debug)]
pub struct Frame {
    /// What it holds.
    pub kind: Kind,
    /// The how-manieth it is.
    pub number: u32,
    /// Where it begins in the file.
    pub at: u64,
    /// Unpacked.
    pub payload: Vec<u8>,
}

/// What a look at the next frame gave.
#[derive(Debug)]
pub enum Next {
    /// An intact frame.
    Frame(Frame),
    /// The trailer was right: there is nothing more.
    Over,
    /// Something is damaged; what comes behind can be looked at.
    Damaged(String),
    /// Something is damaged so that nothing behind it can be looked at.
    Lost(String),
}

impl Reader<BufReader<File>> {
    /// Opens the backup at `path`; one of a newer format is refused.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        if file.metadata().is_ok_and(|about| about.is_dir()) {
            bail!("{} is a folder: name a backup in it", path.display());
        }
        Self::new(BufReader::with_capacity(BUFFER_BYTES, file)).with_context(|| path.display().to_string())
    }
}

impl<R: Read> Reader<R> {
    /// Reads the prelude.
    pub fn new(input: R) -> Result<Self> {
        let mut reader = Self { input, sum: Sha256::new(), at: 0, frames: 0, is_over: false };
        let mut prelude = [0; PRELUDE_BYTES];
        if reader.fill(&mut prelude)? < PRELUDE_BYTES {
            bail!("this is no backup: it has {} bytes", reader.at);
        }
        match format::format_of(&prelude) {
            Ok(FORMAT) => Ok(reader),
            Ok(found) if found > FORMAT => {
                bail!("it has backup format {found}, this program reads up to {FORMAT}: use a newer one")
            }
            Ok(found) => bail!("it has backup format {found}, which there never was"),
            Err(what) => bail!("{what}"),
        }
    }

    /// Bytes read so far.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The next frame.
    ///
    /// # Errors
    /// Trouble of the disk, which says nothing of the backup.
    pub fn next(&mut self) -> Result<Next> {
        if self.is_over {
            return self.trailer();
        }
        let (at, number) = (self.at, self.frames);
        let lost =
            |what: &str| Ok(Next::Lost(format!("frame {number} at byte {at}: {what}; nothing behind it can be read")));
        let mut bytes = [0; HEAD_BYTES];
        if self.fill(&mut bytes)? < HEAD_BYTES {
            return lost("the file ends here, and it should not");
        }
        let head = match Head::of_bytes(&bytes) {
            Ok(head) if head.number == number => head,
            Ok(head) => return lost(&format!("it says that it is frame {}", head.number)),
            Err(what) => return lost(what),
        };
        self.frames += 1;
        let mut stored = vec![0; head.stored_bytes as usize];
        if self.fill(&mut stored)? < stored.len() {
            return lost("the file ends within it");
        }
        self.is_over = head.kind == Kind::End;
        match unpack(head, stored) {
            Ok(payload) => Ok(Next::Frame(Frame { kind: head.kind, number, at, payload })),
            Err(what) => Ok(Next::Damaged(format!("frame {number} at byte {at}: {what}"))),
        }
    }

    fn trailer(&mut self) -> Result<Next> {
        let at = self.at;
        let sum = self.sum.clone().finalize();
        let mut trailer = [0; TRAILER_BYTES];
        if self.fill(&mut trailer)? < TRAILER_BYTES {
            return Ok(Next::Lost(format!("trailer at byte {at}: the file ends within it")));
        }
        if trailer[..32] != sum[..] || trailer[32..] != format::END_MAGIC {
            return Ok(Next::Lost(format!("trailer at byte {at}: the checksum over the whole differs")));
        }
        if self.fill(&mut [0])? > 0 {
            return Ok(Next::Lost(format!("something follows the trailer, at byte {}", at + TRAILER_BYTES as u64)));
        }
        Ok(Next::Over)
    }

    /// Reads until `buffer` is full or the file ends.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.input.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(bytes) => filled += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error).with_context(|| format!("cannot read on at byte {}", self.at)),
            }
        }
        self.sum.update(&buffer[..filled]);
        self.at += filled as u64;
        Ok(filled)
    }
}

fn unpack(head: Head, stored: Vec<u8>) -> Result<Vec<u8>, &'static str> {
    if crc32c::crc32c(&stored) != head.payload_sum {
        return Err("its checksum differs");
    }
    let payload = match head.packing {
        Packing::Plain => stored,
        Packing::Zstd => {
            zstd::bulk::decompress(&stored, head.plain_bytes as usize).map_err(|_| "it cannot be unpacked")?
        }
    };
    if payload.len() == head.plain_bytes as usize { Ok(payload) } else { Err("it has another length than it says") }
}
