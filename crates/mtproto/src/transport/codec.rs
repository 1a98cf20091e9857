//! Cutting frames out of a buffer and writing them into one.

use bytes::{Buf, BytesMut};
use crypto::{Entropy, random_array};

use super::framing::{Announced, Framing, Head, TransportError};
use super::obfuscation::Obfuscation;
use crate::limits::FRAME_PADDING_MAX_BYTES;

/// The most that a framing puts around a payload, padding aside.
const FULL_OVERHEAD_BYTES: usize = 12;
const ERROR_BYTES: usize = 4;
const ENCRYPTED_HEADER_BYTES: usize = 24;
const PLAIN_HEADER_BYTES: usize = 20;
const BLOCK_BYTES: usize = 16;

/// Which end of the connection this is. The ends differ in what a marked length means and in how short a frame may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Server,
    Client,
}

/// What a buffer held.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame {
    /// A message, still in its envelope.
    Payload {
        /// The message without what the padded transport added.
        bytes: BytesMut,
        /// Whether the sender wants a quick acknowledgement of it.
        quick_ack: bool,
    },
    /// A quick acknowledgement; only clients get these.
    QuickAck(u32),
}

/// A frame being written: between [`Codec::start_frame`] and [`Codec::finish_frame`].
#[derive(Debug)]
#[must_use = "a frame that is started must be finished"]
pub struct FrameStart {
    at: usize,
    payload_end: usize,
    padding_bytes: usize,
}

/// The state of one connection's transport.
#[derive(Debug)]
pub struct Codec {
    role: Role,
    framing: Framing,
    /// Boxed: most connections of libraries have none, and its key schedules take half a kilobyte.
    obfuscation: Option<Box<Obfuscation>>,
    /// Bytes at the front of the caller's buffer that are already in clear.
    clear_bytes: usize,
    received_frames: u32,
    sent_frames: u32,
}

impl Codec {
    pub(crate) fn new(role: Role, framing: Framing, obfuscation: Option<Obfuscation>) -> Self {
        let obfuscation = obfuscation.map(Box::new);
        Self { role, framing, obfuscation, clear_bytes: 0, received_frames: 0, sent_frames: 0 }
    }

    /// The client's end of a connection.
    pub(crate) fn client(framing: Framing, obfuscation: Option<Obfuscation>) -> Self {
        Self::new(Role::Client, framing, obfuscation)
    }

    /// How frames are marked.
    #[must_use]
    pub fn framing(&self) -> Framing {
        self.framing
    }

    /// Whether the stream is obfuscated.
    #[must_use]
    pub fn is_obfuscated(&self) -> bool {
        self.obfuscation.is_some()
    }

    /// Cuts the next frame off the front of the buffer; `None` when it is not whole yet. The buffer must be the same from
    /// call to call, with new bytes appended and nothing else done to it.
    ///
    /// # Errors
    /// [`TransportError`]: the connection is to be closed.
    pub fn decode(&mut self, buffer: &mut BytesMut) -> Result<Option<Frame>, TransportError> {
        self.clear(buffer);
        match self.framing.head(self.role, buffer)? {
            Head::Incomplete => Ok(None),
            Head::QuickAck(token) => {
                self.consume(buffer, 4);
                Ok(Some(Frame::QuickAck(token)))
            }
            Head::Frame(announced) => self.cut(announced, buffer),
        }
    }

    fn clear(&mut self, buffer: &mut BytesMut) {
        if let Some(obfuscation) = &mut self.obfuscation {
            obfuscation.decrypt(&mut buffer[self.clear_bytes..]);
            self.clear_bytes = buffer.len();
        }
    }

    fn consume(&mut self, buffer: &mut BytesMut, count: usize) -> BytesMut {
        self.clear_bytes = self.clear_bytes.saturating_sub(count);
        buffer.split_to(count)
    }

    fn cut(&mut self, announced: Announced, buffer: &mut BytesMut) -> Result<Option<Frame>, TransportError> {
        let Announced { header_bytes, payload_bytes, trailer_bytes, quick_ack } = announced;
        let whole_bytes = header_bytes + payload_bytes + trailer_bytes;
        if buffer.len() < whole_bytes {
            return Ok(None);
        }
        if self.framing == Framing::Full {
            self.check_full(&buffer[..whole_bytes])?;
        }
        let mut bytes = self.consume(buffer, whole_bytes);
        bytes.advance(header_bytes);
        bytes.truncate(payload_bytes);
        if self.framing == Framing::Padded {
            cut_padding(&mut bytes);
        }
        Ok(Some(Frame::Payload { bytes, quick_ack }))
    }

    /// T2, full transport: frames are numbered from 0 and end with the CRC-32 of all that came before.
    fn check_full(&mut self, whole: &[u8]) -> Result<(), TransportError> {
        let got = word_at(whole, 4);
        let expected = self.received_frames;
        if got != expected {
            return Err(TransportError::Sequence { got, expected });
        }
        let (covered, checksum) = whole.split_at(whole.len() - 4);
        let (got, expected) = (word_at(checksum, 0), crc32fast::hash(covered));
        if got != expected {
            return Err(TransportError::Checksum { got, expected });
        }
        self.received_frames = self.received_frames.wrapping_add(1);
        Ok(())
    }

    /// Begins a frame whose payload will have exactly this many bytes, which the caller appends before finishing it.
    pub fn start_frame(&mut self, payload_bytes: usize, entropy: &mut dyn Entropy, out: &mut BytesMut) -> FrameStart {
        self.start_marked(payload_bytes, false, entropy, out)
    }

    /// The client's way to ask for a quick acknowledgement of a message.
    pub fn encode_marked(&mut self, payload: &[u8], entropy: &mut dyn Entropy, out: &mut BytesMut) {
        let start = self.start_marked(payload.len(), true, entropy, out);
        out.extend_from_slice(payload);
        self.finish_frame(start, entropy, out);
    }

    fn start_marked(
        &mut self,
        payload_bytes: usize,
        quick_ack: bool,
        entropy: &mut dyn Entropy,
        out: &mut BytesMut,
    ) -> FrameStart {
        debug_assert!(payload_bytes.is_multiple_of(4), "messages are made of words");
        let padding_bytes = self.draw_padding(payload_bytes, entropy);
        out.reserve(FULL_OVERHEAD_BYTES + payload_bytes + padding_bytes);
        let at = out.len();
        self.framing.put_header(payload_bytes + padding_bytes, quick_ack, self.sent_frames, out);
        FrameStart { at, payload_end: out.len() + payload_bytes, padding_bytes }
    }

    /// Finishes a frame after its payload was appended.
    ///
    /// # Panics
    /// When the payload has another length than was announced.
    pub fn finish_frame(&mut self, start: FrameStart, entropy: &mut dyn Entropy, out: &mut BytesMut) {
        assert_eq!(out.len(), start.payload_end, "a frame holds what its header announces");
        out.resize(start.payload_end + start.padding_bytes, 0);
        entropy.fill(&mut out[start.payload_end..]);
        if self.framing == Framing::Full {
            let checksum = crc32fast::hash(&out[start.at..]);
            out.extend_from_slice(&checksum.to_le_bytes());
            self.sent_frames = self.sent_frames.wrapping_add(1);
        }
        self.obfuscate(start.at, out);
    }

    /// Appends a whole frame with this payload.
    pub fn encode(&mut self, payload: &[u8], entropy: &mut dyn Entropy, out: &mut BytesMut) {
        let start = self.start_frame(payload.len(), entropy, out);
        out.extend_from_slice(payload);
        self.finish_frame(start, entropy, out);
    }

    /// Appends a transport error, such as [`super::ERROR_KEY_NOT_FOUND`]: its code alone in a frame, without padding.
    pub fn encode_error(&mut self, code: i32, out: &mut BytesMut) {
        self.encode(&code.to_le_bytes(), &mut NoEntropy, out);
    }

    /// Appends a quick acknowledgement. `false` when this transport has none.
    pub fn encode_quick_ack(&mut self, token: u32, out: &mut BytesMut) -> bool {
        let Some(bytes) = self.framing.quick_ack(token) else { return false };
        let at = out.len();
        out.extend_from_slice(&bytes);
        self.obfuscate(at, out);
        true
    }

    /// Padding goes behind messages, not behind error codes, which clients tell by their length.
    fn draw_padding(&self, payload_bytes: usize, entropy: &mut dyn Entropy) -> usize {
        if self.framing != Framing::Padded || payload_bytes <= ERROR_BYTES {
            return 0;
        }
        let [draw] = random_array(entropy);
        usize::from(draw) % (FRAME_PADDING_MAX_BYTES + 1)
    }

    fn obfuscate(&mut self, from: usize, out: &mut BytesMut) {
        if let Some(obfuscation) = &mut self.obfuscation {
            obfuscation.encrypt(&mut out[from..]);
        }
    }
}

/// For frames that need no randomness.
struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&mut self, buffer: &mut [u8]) {
        assert!(buffer.is_empty(), "an error frame has no padding");
    }
}

fn word_at(bytes: &[u8], at: usize) -> u32 {
    let word = bytes[at..].first_chunk().expect("callers have checked the length");
    u32::from_le_bytes(*word)
}

/// Cuts what the padded transport added. An encrypted message is whole blocks behind 24 bytes, and at most 15 bytes were
/// added; a plain one says its length. What fits neither is left for the envelope to refuse.
fn cut_padding(payload: &mut BytesMut) {
    let Some(key_id) = payload.first_chunk::<8>() else { return };
    if *key_id != [0; 8] {
        let blocks = payload.len().saturating_sub(ENCRYPTED_HEADER_BYTES) / BLOCK_BYTES;
        payload.truncate(ENCRYPTED_HEADER_BYTES + blocks * BLOCK_BYTES);
    } else if payload.len() >= PLAIN_HEADER_BYTES {
        let announced = word_at(payload, PLAIN_HEADER_BYTES - 4) as usize;
        payload.truncate(PLAIN_HEADER_BYTES.saturating_add(announced));
    }
}
