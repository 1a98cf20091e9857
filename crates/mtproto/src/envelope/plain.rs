//! Plain messages: `auth_key_id` 0, an id, a length, the body. Only the key exchange uses them.

use super::open::EnvelopeError;
use crate::limits::PLAIN_MAX_BYTES;
use crate::wire::Reader;

/// A plain message. Its id means nothing: some clients send 0 and none depends on a check of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plain<'a> {
    /// The id it was sent under.
    pub msg_id: i64,
    /// The TL inside.
    pub body: &'a [u8],
}

/// Reads a plain message; the length must say exactly what is there.
///
/// # Errors
/// [`EnvelopeError::Length`] or [`EnvelopeError::OtherKey`].
pub fn parse_plain(frame: &[u8]) -> Result<Plain<'_>, EnvelopeError> {
    let wrong_length = EnvelopeError::Length { got: frame.len() };
    if frame.len() > PLAIN_MAX_BYTES {
        return Err(wrong_length);
    }
    let mut reader = Reader::new(frame);
    let auth_key_id = reader.long().map_err(|_| wrong_length)?;
    if auth_key_id != 0 {
        return Err(EnvelopeError::OtherKey);
    }
    let msg_id = reader.long().map_err(|_| wrong_length)?;
    let length = reader.int().map_err(|_| wrong_length)?;
    let body = reader.rest();
    if usize::try_from(length) != Ok(body.len()) || !body.len().is_multiple_of(4) {
        return Err(wrong_length);
    }
    Ok(Plain { msg_id, body })
}

/// Appends a plain message. The id of an answer is 1 modulo 4, as of any other (E16).
pub fn write_plain(msg_id: i64, body: &[u8], out: &mut impl bytes::BufMut) {
    out.put_i64_le(0);
    out.put_i64_le(msg_id);
    out.put_i32_le(i32::try_from(body.len()).expect("plain messages are short"));
    out.put_slice(body);
}
