//! The shell around every stored value: `format (1) ‖ record version (varint) ‖ payload ‖ crc32c (4, little-endian)`.
//!
//! The checksum covers the key too, so that a record that turns up under another key is as damaged as one with a flipped
//! bit. It is verified on every read; damaged bytes are never served. What the payload means is the caller's affair.

use bytes::Bytes;
use smallvec::SmallVec;

use crate::{Record, StoreError};

/// The only envelope format there is; a reader that meets another refuses the record.
const FORMAT: u8 = 1;
/// Bytes of the checksum at the end.
const CHECKSUM_BYTES: usize = 4;
/// A 64-bit number takes at most this many bytes as a varint.
const VARINT_MAX_BYTES: usize = 10;

/// Most sealed records are no longer than this, in bytes.
const DRAFT_BYTES: usize = 512;

/// The stored form of `record` under `key`.
pub(crate) fn seal(key: &[u8], record: &Record) -> Bytes {
    seal_as(key, record, Bytes::copy_from_slice)
}

/// The same as what `take` makes of it: it is put together on the stack, so that an engine allocates it once, in its own way.
pub(crate) fn seal_as<T>(key: &[u8], record: &Record, take: impl FnOnce(&[u8]) -> T) -> T {
    let mut sealed = SmallVec::<[u8; DRAFT_BYTES]>::new();
    sealed.reserve_exact(1 + VARINT_MAX_BYTES + record.value.len() + CHECKSUM_BYTES);
    sealed.push(FORMAT);
    put_varint(&mut sealed, record.version);
    sealed.extend_from_slice(&record.value);
    let sum = checksum(key, &sealed);
    sealed.extend_from_slice(&sum.to_le_bytes());
    take(&sealed)
}

/// How the stored form of every record of this version begins, and of no other.
pub(crate) fn head(version: u64) -> Vec<u8> {
    let mut head = SmallVec::<[u8; 1 + VARINT_MAX_BYTES]>::new();
    head.push(FORMAT);
    put_varint(&mut head, version);
    head.into_vec()
}

/// The record in `sealed`, if these are the bytes that were written under `key`.
pub(crate) fn open(key: &[u8], sealed: Bytes) -> Result<Record, StoreError> {
    let body_bytes = sealed.len().checked_sub(CHECKSUM_BYTES).ok_or_else(|| damaged(key, "shorter than a checksum"))?;
    let (body, stored) = sealed.split_at(body_bytes);
    if checksum(key, body).to_le_bytes() != stored {
        return Err(damaged(key, "the checksum differs"));
    }
    let (&format, rest) = body.split_first().ok_or_else(|| damaged(key, "empty"))?;
    if format != FORMAT {
        return Err(damaged(key, "an unknown format"));
    }
    let (version, varint_bytes) = take_varint(rest).ok_or_else(|| damaged(key, "a malformed version"))?;
    Ok(Record { version, value: sealed.slice(1 + varint_bytes..body_bytes) })
}

fn checksum(key: &[u8], body: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(key), body)
}

fn damaged(key: &[u8], what: &str) -> StoreError {
    metrics::STORE_DAMAGED.inc();
    let mut name = String::with_capacity(key.len() * 2);
    for byte in key {
        name.push_str(&format!("{byte:02x}"));
    }
    StoreError::Damaged(format!("{what} (key {name})"))
}

fn put_varint<A: smallvec::Array<Item = u8>>(into: &mut SmallVec<A>, mut number: u64) {
    while number >= 0x80 {
        into.push((number as u8) | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

fn take_varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut number = 0_u64;
    for (index, &byte) in bytes.iter().take(VARINT_MAX_BYTES).enumerate() {
        number |= u64::from(byte & 0x7f).checked_shl(7 * index as u32)?;
        if byte < 0x80 {
            return Some((number, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn record(version: u64) -> Record {
        Record { version, value: Bytes::from_static(b"kentongan") }
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_again(key in vec(any::<u8>(), 0..64), version: u64, value in vec(any::<u8>(), 0..512)) {
            let record = Record { version, value: value.into() };
            let sealed = seal(&key, &record);
            let overhead = head(version).len() + CHECKSUM_BYTES;
            prop_assert_eq!(sealed.len(), overhead + record.value.len());
            prop_assert_eq!(open(&key, sealed).expect("sealed just now"), record);
        }

        #[test]
        fn heads_tell_versions_apart(version: u64, other: u64, value in vec(any::<u8>(), 0..16)) {
            let sealed = seal(b"key", &Record { version, value: value.into() });
            prop_assert!(sealed.starts_with(&head(version)));
            prop_assert_eq!(sealed.starts_with(&head(other)), version == other);
        }

        #[test]
        fn any_bytes_are_an_error_or_a_record(key in vec(any::<u8>(), 0..8), bytes in vec(any::<u8>(), 0..64)) {
            let _ = open(&key, bytes.into());
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let sealed = seal(b"key", &record(7));
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(open(b"key", flipped.into()), Err(StoreError::Damaged(_))), "bit {bit}");
        }
    }

    #[test]
    fn every_shortened_record_is_noticed() {
        let sealed = seal(b"key", &record(7));
        for length in 0..sealed.len() {
            assert!(open(b"key", sealed.slice(..length)).is_err(), "length {length}");
        }
    }

    #[test]
    fn a_record_under_another_key_is_damaged() {
        assert!(open(b"other", seal(b"key", &record(7))).is_err());
    }
}
