//! The few shapes that everything on the wire is made of, read and written without building values.

use crate::schema::{FALSE_ID, VECTOR_ID};

/// The bytes end before the value does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bytes end at {at} before the value does")]
pub struct Short {
    /// Where they end.
    pub at: usize,
}

/// A little-endian number at a place.
pub(crate) fn u32_at(input: &[u8], at: usize) -> Result<u32, Short> {
    let bytes = input.get(at..).and_then(|rest| rest.first_chunk::<4>());
    bytes.map(|bytes| u32::from_le_bytes(*bytes)).ok_or(Short { at: input.len() })
}

/// Where a value of `length` bytes at a place ends.
pub(crate) fn skip_fixed(input: &[u8], at: usize, length: usize) -> Result<usize, Short> {
    let end = at.checked_add(length).filter(|end| *end <= input.len());
    end.ok_or(Short { at: input.len() })
}

/// The place and length of the content of a string, and where its padding ends.
///
/// `string`: one length byte below 254, or 254 and three length bytes; padded to a multiple of 4 (TL, "Bare types").
pub(crate) fn string_at(input: &[u8], at: usize) -> Result<(usize, usize, usize), Short> {
    let head = u32_at(input, at).map_err(|_| Short { at: input.len() })?;
    let (header, length) = match head & 0xff {
        254 => (4, (head >> 8) as usize),
        length => (1, length as usize),
    };
    let end = at + (header + length).next_multiple_of(4);
    if end > input.len() { Err(Short { at: input.len() }) } else { Ok((at + header, length, end)) }
}

pub(crate) fn put_u32(out: &mut Vec<u8>, value: u32) {
    out.extend_from_slice(&value.to_le_bytes());
}

/// An empty boxed vector.
pub(crate) fn put_empty_vector(out: &mut Vec<u8>) {
    put_u32(out, VECTOR_ID);
    put_u32(out, 0);
}

pub(crate) fn put_false(out: &mut Vec<u8>) {
    put_u32(out, FALSE_ID);
}
