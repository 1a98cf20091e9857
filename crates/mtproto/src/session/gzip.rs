//! `gzip_packed`, in and out, with bounds on size and ratio. Never recursive: what comes out is not unpacked again.

use super::limits::{
    GZIP_RESULT_MIN_BYTES, GZIP_RESULT_PAYS_PERCENT, INFLATED_ANY_RATIO_BYTES, INFLATED_MAX_BYTES, INFLATED_MAX_RATIO,
};
use super::schema::{self, GZIP_PACKED};
use crate::wire::{Malformed, Reader, constructor_of};
use bytes::Bytes;
use flate2::read::{GzDecoder, ZlibDecoder};
use std::io::{Read, Write};

/// Why a packed object was refused.
#[derive(Debug, thiserror::Error)]
pub enum GzipError {
    /// Not the shape of `gzip_packed`.
    #[error("not a packed object: {0}")]
    Wire(#[from] Malformed),
    /// Inflates to more than it may.
    #[error("inflates to more than {most} bytes")]
    TooLong {
        /// The bound that was reached, in bytes.
        most: usize,
    },
    /// The frame has inflated to as much as it may.
    #[error("no room left for what the frame inflates to")]
    NoRoom,
    /// A packed object inside a packed object.
    #[error("packed twice")]
    Nested,
    /// Neither gzip nor zlib, or damaged.
    #[error("damaged packed data")]
    Damaged(#[source] std::io::Error),
}

/// Unpacks a `gzip_packed` body, taking its length from what the frame may still inflate to. TDLib sends zlib (`78 9c`)
/// where the name says gzip; both are taken.
pub fn unpack(body: &[u8], room: &mut usize) -> Result<Vec<u8>, GzipError> {
    let mut reader = Reader::new(body);
    if reader.constructor()? != GZIP_PACKED {
        return Err(Malformed.into());
    }
    let packed = reader.string()?;
    let bound = most_inflated(packed.len());
    let most = bound.min(*room);
    let mut inflated = Vec::new();
    let limit = most as u64 + 1;
    let outcome = if packed.starts_with(&[0x1f, 0x8b]) {
        GzDecoder::new(packed).take(limit).read_to_end(&mut inflated)
    } else {
        ZlibDecoder::new(packed).take(limit).read_to_end(&mut inflated)
    };
    outcome.map_err(GzipError::Damaged)?;
    if inflated.len() > most {
        return Err(if most < bound { GzipError::NoRoom } else { GzipError::TooLong { most } });
    }
    *room -= inflated.len();
    if constructor_of(&inflated) == GZIP_PACKED {
        return Err(GzipError::Nested);
    }
    Ok(inflated)
}

/// The size and the ratio bound as one number.
fn most_inflated(packed: usize) -> usize {
    packed.saturating_mul(INFLATED_MAX_RATIO).clamp(INFLATED_ANY_RATIO_BYTES, INFLATED_MAX_BYTES)
}

/// The `rpc_result` of a request: packed when it is long and packing pays. Costs CPU; not to be called under a lock.
#[must_use]
pub fn rpc_result(req_msg_id: i64, result: &[u8]) -> Bytes {
    if result.len() >= GZIP_RESULT_MIN_BYTES
        && let Some(packed) = pack(result)
        && packed.len() <= result.len() / 100 * GZIP_RESULT_PAYS_PERCENT
    {
        return schema::rpc_result_packed(req_msg_id, &packed);
    }
    schema::rpc_result(req_msg_id, result)
}

fn pack(plain: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::with_capacity(plain.len() / 4), flate2::Compression::fast());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Writer;

    fn unpack(body: &[u8]) -> Result<Vec<u8>, GzipError> {
        super::unpack(body, &mut { INFLATED_MAX_BYTES })
    }

    fn packed(data: &[u8]) -> Vec<u8> {
        Writer::object(GZIP_PACKED).string(data).done()
    }

    fn zlib(plain: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(plain).expect("a vector takes all");
        encoder.finish().expect("a vector takes all")
    }

    #[test]
    fn both_gzip_and_zlib_are_taken() {
        let plain = b"abcdefgh".repeat(100);
        assert_eq!(unpack(&packed(&pack(&plain).expect("packs"))).expect("gzip"), plain);
        assert_eq!(zlib(&plain)[..2], [0x78, 0xda]);
        assert_eq!(unpack(&packed(&zlib(&plain))).expect("zlib"), plain);
    }

    #[test]
    fn bombs_nesting_and_damage_are_refused() {
        let bomb = zlib(&vec![0; INFLATED_MAX_BYTES + 1]);
        assert!(matches!(unpack(&packed(&bomb)), Err(GzipError::TooLong { .. })));
        let steep = zlib(&vec![0; INFLATED_ANY_RATIO_BYTES + 1]);
        assert!(steep.len() * INFLATED_MAX_RATIO < INFLATED_ANY_RATIO_BYTES);
        assert!(matches!(unpack(&packed(&steep)), Err(GzipError::TooLong { .. })));
        assert!(matches!(unpack(&packed(&zlib(&packed(&zlib(b"x"))))), Err(GzipError::Nested)));
        let mut damaged = zlib(&[7; 100]);
        damaged.truncate(damaged.len() - 2);
        assert!(matches!(unpack(&packed(&damaged)), Err(GzipError::Damaged(_))));
        assert!(matches!(unpack(&packed(b"no such thing")), Err(GzipError::Damaged(_))));
        assert!(matches!(unpack(&packed(&[])), Err(GzipError::Damaged(_))));
        assert!(matches!(unpack(&[1, 2, 3]), Err(GzipError::Wire(_))));
    }

    /// A part of a file with nothing but zeros: packed a thousand to one, and no bomb.
    #[test]
    fn the_emptiest_part_of_a_file_is_taken() {
        let part = vec![0; 512 * 1024 + 64];
        assert_eq!(unpack(&packed(&zlib(&part))).expect("a part"), part);
    }

    #[test]
    fn results_are_packed_only_when_it_pays() {
        let dull = vec![0; GZIP_RESULT_MIN_BYTES];
        let result = rpc_result(5, &dull);
        assert!(result.len() < 200);
        assert_eq!(unpack(&result[12..]).expect("unpacks"), dull);
        assert_eq!(rpc_result(5, &dull[1..]).len(), 12 + GZIP_RESULT_MIN_BYTES - 1);
        let noise: Vec<u8> = (0..GZIP_RESULT_MIN_BYTES)
            .scan(1u64, |state, _| {
                *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                Some((*state >> 56) as u8)
            })
            .collect();
        assert_eq!(rpc_result(5, &noise).len(), 12 + noise.len());
    }
}
