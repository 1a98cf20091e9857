//! What a backup looks like, byte by byte; docs/backup.md says the same in words.
//!
//! ```text
//! prelude   magic (8) ‖ format (u32) ‖ crc32c of both (u32)
//! frame *   kind (u8) ‖ packing (u8) ‖ 0 (u16) ‖ number (u32) ‖ stored bytes (u32) ‖ plain bytes (u32)
//!             ‖ crc32c of the stored payload (u32) ‖ crc32c of this head so far (u32) ‖ payload
//! trailer   SHA-256 of everything before it (32) ‖ magic (8), and then the file ends
//! ```
//!
//! Numbers are little-endian. Frames count from 0 without a gap; the first is [`Kind::Header`], the last [`Kind::End`]. The
//! head has a checksum of its own, so that a damaged payload can be stepped over and what comes behind it be looked at.

use super::limits::FRAME_MAX_BYTES;

/// The format this program writes, and the newest it reads.
pub const FORMAT: u32 = 1;
/// How a backup begins. The line break notices a copy that took it for text.
pub const MAGIC: [u8; 8] = *b"KTGBAK\r\n";
/// How it ends.
pub const END_MAGIC: [u8; 8] = *b"KTGEND\r\n";
/// Bytes of the prelude.
pub const PRELUDE_BYTES: usize = 16;
/// Bytes of a frame's head.
pub const HEAD_BYTES: usize = 24;
/// Bytes of the trailer.
pub const TRAILER_BYTES: usize = 40;

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What this is a backup of.
    Header = 1,
    /// Records, in the order of their keys.
    Records = 2,
    /// A file begins: one of the data folder, or an object of media.
    File = 3,
    /// The next bytes of that file.
    Bytes = 4,
    /// Something that should be here and could not be read when the backup was made.
    Gap = 5,
    /// How much there is of everything.
    End = 6,
}

/// How a payload is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packing {
    /// As it is.
    Plain = 0,
    /// By zstd.
    Zstd = 1,
}

/// The head of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// What it holds.
    pub kind: Kind,
    /// How.
    pub packing: Packing,
    /// The how-manieth it is.
    pub number: u32,
    /// Bytes of the payload in the file.
    pub stored_bytes: u32,
    /// Bytes of the payload when it is unpacked.
    pub plain_bytes: u32,
    /// Checksum of the payload as it is stored.
    pub payload_sum: u32,
}

/// The first bytes of a backup of this format.
pub fn prelude() -> [u8; PRELUDE_BYTES] {
    let mut bytes = [0; PRELUDE_BYTES];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..12].copy_from_slice(&FORMAT.to_le_bytes());
    let sum = crc32c::crc32c(&bytes[..12]);
    bytes[12..].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// The format that a prelude names; what is wrong with it otherwise.
pub fn format_of(prelude: &[u8; PRELUDE_BYTES]) -> Result<u32, &'static str> {
    if prelude[..8] != MAGIC {
        return Err("this is no backup, or its first bytes are damaged");
    }
    if crc32c::crc32c(&prelude[..12]) != number(&prelude[12..]) {
        return Err("its first bytes are damaged");
    }
    Ok(number(&prelude[8..]))
}

impl Head {
    /// As it is written.
    pub fn to_bytes(self) -> [u8; HEAD_BYTES] {
        let mut bytes = [0; HEAD_BYTES];
        bytes[0] = self.kind as u8;
        bytes[1] = self.packing as u8;
        let numbers = [self.number, self.stored_bytes, self.plain_bytes, self.payload_sum];
        for (place, number) in bytes[4..20].chunks_exact_mut(4).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        let sum = crc32c::crc32c(&bytes[..20]);
        bytes[20..].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// The head in these bytes; what is wrong with them otherwise.
    pub fn of_bytes(bytes: &[u8; HEAD_BYTES]) -> Result<Self, &'static str> {
        if crc32c::crc32c(&bytes[..20]) != number(&bytes[20..]) {
            return Err("its head is damaged");
        }
        let head = Self {
            kind: Kind::of_byte(bytes[0]).ok_or("it is of an unknown kind")?,
            packing: Packing::of_byte(bytes[1]).ok_or("it is packed in an unknown way")?,
            number: number(&bytes[4..]),
            stored_bytes: number(&bytes[8..]),
            plain_bytes: number(&bytes[12..]),
            payload_sum: number(&bytes[16..]),
        };
        let is_small = head.stored_bytes as usize <= FRAME_MAX_BYTES && head.plain_bytes as usize <= FRAME_MAX_BYTES;
        if is_small { Ok(head) } else { Err("it is larger than any frame may be") }
    }
}

impl Kind {
    fn of_byte(byte: u8) -> Option<Self> {
        [Self::Header, Self::Records, Self::File, Self::Bytes, Self::Gap, Self::End]
            .into_iter()
            .find(|kind| *kind as u8 == byte)
    }
}

impl Packing {
    fn of_byte(byte: u8) -> Option<Self> {
        [Self::Plain, Self::Zstd].into_iter().find(|packing| *packing as u8 == byte)
    }
}

fn number(bytes: &[u8]) -> u32 {
    bytes.first_chunk::<4>().map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_preludes_notice_every_flipped_bit() {
        let head = Head {
            kind: Kind::Bytes,
            packing: Packing::Zstd,
            number: 7,
            stored_bytes: 1_000,
            plain_bytes: 4_000,
            payload_sum: 0xdead_beef,
        };
        assert_eq!(Head::of_bytes(&head.to_bytes()), Ok(head));
        for bit in 0..HEAD_BYTES * 8 {
            let mut bytes = head.to_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(Head::of_bytes(&bytes).is_err(), "bit {bit}");
        }
        assert_eq!(format_of(&prelude()), Ok(FORMAT));
        for bit in 0..PRELUDE_BYTES * 8 {
            let mut bytes = prelude();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(format_of(&bytes).is_err(), "bit {bit}");
        }
    }
}
