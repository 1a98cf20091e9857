//! `gzip_packed`: queries that come compressed. TDLib compresses as zlib, others as gzip; the first bytes tell.

use std::io::Read;

use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder, ZlibDecoder};

/// The constructor of `gzip_packed`.
pub const GZIP_PACKED_ID: u32 = 0x3072_cfa1;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What a packed object can be refused for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GzipError {
    /// Neither gzip nor zlib, or broken off.
    #[error("packed data is damaged")]
    Damaged,
    /// It would inflate beyond the bound.
    #[error("packed data inflates beyond {max_bytes} bytes")]
    TooLarge {
        /// The bound that was hit.
        max_bytes: usize,
    },
}

/// Inflates to at most `max_bytes`.
pub fn unpack(packed: &[u8], max_bytes: usize) -> Result<Vec<u8>, GzipError> {
    if packed.starts_with(&GZIP_MAGIC) {
        read_bounded(GzDecoder::new(packed), max_bytes)
    } else {
        read_bounded(ZlibDecoder::new(packed), max_bytes)
    }
}

/// Packs as gzip, for large results.
#[must_use]
pub fn pack(plain: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let read = GzEncoder::new(plain, Compression::fast()).read_to_end(&mut packed);
    debug_assert!(read.is_ok(), "memory can always be read");
    packed
}

fn read_bounded(decoder: impl Read, max_bytes: usize) -> Result<Vec<u8>, GzipError> {
    let mut inflated = Vec::new();
    let one_more = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(one_more).read_to_end(&mut inflated).map_err(|_| GzipError::Damaged)?;
    if inflated.len() > max_bytes { Err(GzipError::TooLarge { max_bytes }) } else { Ok(inflated) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::ZlibEncoder;

    use super::*;

    #[test]
    fn inflates_gzip_and_zlib() {
        assert_eq!(unpack(&pack(b"kentong"), 100), Ok(b"kentong".to_vec()));
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(b"kentong").expect("writing to memory");
        assert_eq!(unpack(&zlib.finish().expect("memory"), 100), Ok(b"kentong".to_vec()));
    }

    #[test]
    fn stops_at_the_bound() {
        assert_eq!(unpack(&pack(&vec![0; 1_000_000]), 1000), Err(GzipError::TooLarge { max_bytes: 1000 }));
    }

    #[test]
    fn refuses_damage() {
        assert_eq!(unpack(b"neither", 100), Err(GzipError::Damaged));
        assert_eq!(unpack(&[], 100), Err(GzipError::Damaged));
    }
}
