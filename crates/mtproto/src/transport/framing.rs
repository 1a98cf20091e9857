//! The four ways to mark where a frame begins and ends: reading and writing their headers.

use super::codec::Role;
use crate::limits::{FRAME_MAX_BYTES, FRAME_MIN_BYTES, FRAME_PADDING_MAX_BYTES};

/// Why a connection's bytes are no frames. The connection closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Too short, too long, or not a multiple of four where that is asked for (T2).
    #[error("a frame of {got} bytes")]
    Length {
        /// Bytes announced.
        got: usize,
    },
    /// The full transport counts its frames; this one is out of order.
    #[error("frame number {got}, expected {expected}")]
    Sequence {
        /// The number found.
        got: u32,
        /// The number due.
        expected: u32,
    },
    /// The full transport's checksum does not fit.
    #[error("checksum {got:#010x}, expected {expected:#010x}")]
    Checksum {
        /// The checksum found.
        got: u32,
        /// The checksum computed.
        expected: u32,
    },
}

/// How frames are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Framing {
    /// One length byte in units of four, or 0x7f and three of them.
    Abridged,
    /// Four length bytes.
    Intermediate,
    /// Four length bytes; up to 15 random bytes behind each message.
    Padded,
    /// Four length bytes, a frame number, the payload, a CRC-32.
    Full,
}

/// A frame's header, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Announced {
    pub(super) header_bytes: usize,
    pub(super) payload_bytes: usize,
    pub(super) trailer_bytes: usize,
    /// Whether the sender wants a quick acknowledgement.
    pub(super) quick_ack: bool,
}

/// What stands at the front of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Head {
    /// Not enough bytes to tell.
    Incomplete,
    /// A frame.
    Frame(Announced),
    /// The token of a quick acknowledgement in its four bytes; only clients get these.
    QuickAck(u32),
}

/// The top bit of a length asks for a quick acknowledgement.
const QUICK_ACK_BIT: u32 = 1 << 31;
const ABRIDGED_QUICK_ACK_BIT: u8 = 0x80;
const ABRIDGED_LONG: u8 = 0x7f;
/// The full transport's length counts itself, the number and the checksum.
const FULL_HEADER_BYTES: usize = 8;
const FULL_TRAILER_BYTES: usize = 4;
/// What a client may get: an error code.
const CLIENT_MIN_BYTES: usize = 4;

impl Framing {
    /// The four equal bytes that announce a framing inside an obfuscated header.
    #[must_use]
    pub fn from_tag(tag: [u8; 4]) -> Option<Self> {
        match tag {
            [0xef, 0xef, 0xef, 0xef] => Some(Self::Abridged),
            [0xee, 0xee, 0xee, 0xee] => Some(Self::Intermediate),
            [0xdd, 0xdd, 0xdd, 0xdd] => Some(Self::Padded),
            _ => None,
        }
    }

    /// The reverse of [`Framing::from_tag`]; the full transport has no tag.
    #[must_use]
    pub fn tag(self) -> Option<[u8; 4]> {
        match self {
            Self::Abridged => Some([0xef; 4]),
            Self::Intermediate => Some([0xee; 4]),
            Self::Padded => Some([0xdd; 4]),
            Self::Full => None,
        }
    }

    /// Reads the header at the front of a buffer.
    pub(super) fn head(self, role: Role, buffer: &[u8]) -> Result<Head, TransportError> {
        let head = match self {
            Self::Abridged => abridged_head(role, buffer),
            Self::Intermediate | Self::Padded => intermediate_head(role, buffer),
            Self::Full => full_head(buffer)?,
        };
        if let Head::Frame(announced) = head {
            self.check(role, announced.payload_bytes)?;
        }
        Ok(head)
    }

    /// T2. A frame that announces too much is refused before any of it is awaited.
    fn check(self, role: Role, payload_bytes: usize) -> Result<(), TransportError> {
        let least = match role {
            Role::Server => FRAME_MIN_BYTES,
            Role::Client => CLIENT_MIN_BYTES,
        };
        let most = FRAME_MAX_BYTES + if self == Self::Padded { FRAME_PADDING_MAX_BYTES } else { 0 };
        let is_aligned = self == Self::Padded || payload_bytes.is_multiple_of(4);
        if is_aligned && (least..=most).contains(&payload_bytes) {
            Ok(())
        } else {
            Err(TransportError::Length { got: payload_bytes })
        }
    }

    /// Appends the header of a frame whose payload, padding included, has this many bytes.
    pub(super) fn put_header(self, payload_bytes: usize, quick_ack: bool, number: u32, out: &mut bytes::BytesMut) {
        let length = u32::try_from(payload_bytes).expect("frames are bounded");
        match self {
            Self::Abridged => put_abridged(length / 4, quick_ack, out),
            Self::Intermediate | Self::Padded => {
                let bit = if quick_ack { QUICK_ACK_BIT } else { 0 };
                out.extend_from_slice(&(length | bit).to_le_bytes());
            }
            Self::Full => {
                let whole = u32::try_from(payload_bytes + FULL_HEADER_BYTES + FULL_TRAILER_BYTES);
                out.extend_from_slice(&whole.expect("frames are bounded").to_le_bytes());
                out.extend_from_slice(&number.to_le_bytes());
            }
        }
    }

    /// The four bytes of a quick acknowledgement; the full transport has none. The abridged one sends them backwards, so
    /// that the marked bit comes first.
    pub(super) fn quick_ack(self, token: u32) -> Option<[u8; 4]> {
        match self {
            Self::Abridged => Some((token | QUICK_ACK_BIT).to_be_bytes()),
            Self::Intermediate | Self::Padded => Some((token | QUICK_ACK_BIT).to_le_bytes()),
            Self::Full => None,
        }
    }
}

fn put_abridged(units: u32, quick_ack: bool, out: &mut bytes::BytesMut) {
    let bit = if quick_ack { ABRIDGED_QUICK_ACK_BIT } else { 0 };
    match u8::try_from(units) {
        Ok(short) if short < ABRIDGED_LONG => out.extend_from_slice(&[short | bit]),
        _ => {
            let [a, b, c, _] = units.to_le_bytes();
            out.extend_from_slice(&[ABRIDGED_LONG | bit, a, b, c]);
        }
    }
}

fn abridged_head(role: Role, buffer: &[u8]) -> Head {
    let Some(first) = buffer.first() else { return Head::Incomplete };
    let marked = first & ABRIDGED_QUICK_ACK_BIT != 0;
    if marked && role == Role::Client {
        return buffer.first_chunk().map_or(Head::Incomplete, |token| Head::QuickAck(u32::from_be_bytes(*token)));
    }
    let units = first & !ABRIDGED_QUICK_ACK_BIT;
    if units < ABRIDGED_LONG {
        return frame(1, usize::from(units) * 4, marked);
    }
    match *buffer {
        [_, a, b, c, ..] => {
            let units = usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16;
            frame(4, units * 4, marked)
        }
        _ => Head::Incomplete,
    }
}

fn intermediate_head(role: Role, buffer: &[u8]) -> Head {
    let Some(word) = buffer.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)) else { return Head::Incomplete };
    let marked = word & QUICK_ACK_BIT != 0;
    if marked && role == Role::Client {
        return Head::QuickAck(word);
    }
    frame(4, (word & !QUICK_ACK_BIT) as usize, marked)
}

fn full_head(buffer: &[u8]) -> Result<Head, TransportError> {
    let Some(word) = buffer.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)) else {
        return Ok(Head::Incomplete);
    };
    let got = word as usize;
    let payload_bytes =
        got.checked_sub(FULL_HEADER_BYTES + FULL_TRAILER_BYTES).ok_or(TransportError::Length { got })?;
    Ok(Head::Frame(Announced {
        header_bytes: FULL_HEADER_BYTES,
        payload_bytes,
        trailer_bytes: FULL_TRAILER_BYTES,
        quick_ack: false,
    }))
}

fn frame(header_bytes: usize, payload_bytes: usize, quick_ack: bool) -> Head {
    Head::Frame(Announced { header_bytes, payload_bytes, trailer_bytes: 0, quick_ack })
}
