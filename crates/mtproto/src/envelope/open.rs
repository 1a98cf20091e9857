//! Opening an encrypted message.

use bytes::{Buf, BytesMut};
use crypto::{equal, ige_decrypt};

use super::key::{AuthKey, Direction};
use super::{BLOCK_BYTES, INNER_BYTES, OUTER_BYTES};
use crate::limits::{PADDING_MAX_BYTES, PADDING_MIN_BYTES};
use crate::wire::Reader;

/// Why a message was not opened. All of them get the same answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The frame cannot hold a message (E1). Its length is public.
    #[error("a frame of {got} bytes cannot hold a message")]
    Length {
        /// Bytes of the frame.
        got: usize,
    },
    /// The frame names another key.
    #[error("the frame is under another key")]
    OtherKey,
    /// `msg_key` does not fit the plaintext (E3).
    #[error("the message key does not fit")]
    Forged,
    /// The message is genuine, but its length or padding breaks the rules (E4).
    #[error("the inner length or padding breaks the rules")]
    Inner,
}

/// A genuine message.
#[derive(Debug)]
pub struct Opened {
    /// The salt it was sent under.
    pub salt: i64,
    /// The session it belongs to; zero is not refused here.
    pub session_id: i64,
    /// Its id.
    pub msg_id: i64,
    /// Its place among the session's content.
    pub seq_no: i32,
    /// The TL inside, without padding.
    pub body: BytesMut,
    /// What a quick acknowledgement of it says (page "mtproto/mtproto-transports", "Quick ack").
    pub quick_ack: u32,
}

/// The key that a frame names; 0 is a plain message, `None` a frame too short to name one.
#[must_use]
pub fn auth_key_id(frame: &[u8]) -> Option<i64> {
    Reader::new(frame).long().ok()
}

/// Opens a frame in place.
///
/// # Errors
/// [`EnvelopeError`]; every one of them gets the same answer.
pub fn open(key: &AuthKey, direction: Direction, mut frame: BytesMut) -> Result<Opened, EnvelopeError> {
    check_length(frame.len())?;
    let mut outer = Reader::new(&frame);
    let (Ok(auth_key_id), Ok(msg_key)) = (outer.long(), outer.array::<16>()) else {
        return Err(EnvelopeError::Length { got: frame.len() });
    };
    if auth_key_id != key.id() {
        return Err(EnvelopeError::OtherKey);
    }
    frame.advance(OUTER_BYTES);
    let keys = key.message_keys(direction, &msg_key);
    ige_decrypt(&mut frame, &keys.key, &keys.iv);
    // E3, page "mtproto/security_guidelines": compared before any field is read.
    let msg_key_large = key.msg_key_large(direction, &frame);
    if !equal(&msg_key_large[8..24], &msg_key) {
        return Err(EnvelopeError::Forged);
    }
    read_fields(frame, &msg_key_large)
}

/// E1: both headers, and whole blocks behind the outer one.
fn check_length(got: usize) -> Result<(), EnvelopeError> {
    if got < OUTER_BYTES + INNER_BYTES || !(got - OUTER_BYTES).is_multiple_of(BLOCK_BYTES) {
        return Err(EnvelopeError::Length { got });
    }
    Ok(())
}

fn read_fields(mut plaintext: BytesMut, msg_key_large: &[u8; 32]) -> Result<Opened, EnvelopeError> {
    let salt = plaintext.get_i64_le();
    let session_id = plaintext.get_i64_le();
    let msg_id = plaintext.get_i64_le();
    let seq_no = plaintext.get_i32_le();
    let length = checked_length(plaintext.get_i32_le(), plaintext.len())?;
    plaintext.truncate(length);
    let quick_ack = quick_ack_token(msg_key_large);
    Ok(Opened { salt, session_id, msg_id, seq_no, body: plaintext, quick_ack })
}

/// E4, page "mtproto/description": the length is not negative, divides by four, lies within the message and leaves 12 to
/// 1024 bytes of padding.
fn checked_length(length: i32, available: usize) -> Result<usize, EnvelopeError> {
    let length = usize::try_from(length).map_err(|_| EnvelopeError::Inner)?;
    let padding = available.checked_sub(length).ok_or(EnvelopeError::Inner)?;
    let is_allowed = length.is_multiple_of(4) && (PADDING_MIN_BYTES..=PADDING_MAX_BYTES).contains(&padding);
    if is_allowed { Ok(length) } else { Err(EnvelopeError::Inner) }
}

/// The first 32 bits of the hash that `msg_key` is cut from, with the bit that tells it from a length.
fn quick_ack_token(msg_key_large: &[u8; 32]) -> u32 {
    let [a, b, c, d, ..] = *msg_key_large;
    u32::from_le_bytes([a, b, c, d]) | 1 << 31
}
