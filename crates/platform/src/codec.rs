//! How records are written: one byte of format version, then CBOR arrays with numbered fields.
//!
//! A reader skips trailing fields that it does not know and reads missing optional ones as `None`, so that one release
//! back and one forward read each other's records. The checksum is the store's. The codec knows no record's meaning.

use std::convert::Infallible;

use bytes::Bytes;
use smallvec::SmallVec;

use crate::PlatformError;

/// A value that is stored as one record.
pub trait Stored: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()> {
    /// What an error message calls it.
    const WHAT: &'static str;
    /// Format version; raised only when the shape changes in a way that numbered fields cannot carry.
    const VERSION: u8 = 1;
}

/// Most records are no longer than this, in bytes.
const DRAFT_BYTES: usize = 512;

/// Where a record is put together: on the stack, so that it is allocated once and as long as it is.
struct Draft(SmallVec<[u8; DRAFT_BYTES]>);

impl minicbor::encode::Write for Draft {
    type Error = Infallible;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        match bytes {
            // Most of what a record consists of: small numbers and what is absent.
            [byte] => self.0.push(*byte),
            _ => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }
}

/// The bytes of a record.
#[must_use]
pub fn encode<T: Stored>(value: &T) -> Bytes {
    let mut draft = Draft(SmallVec::new());
    draft.0.push(T::VERSION);
    minicbor::encode(value, &mut draft).expect("writing to memory cannot fail");
    Bytes::copy_from_slice(&draft.0)
}

/// The value of a record.
///
/// # Errors
/// [`PlatformError::Damaged`] when the bytes are not a record of this kind and version.
pub fn decode<T: Stored>(bytes: &[u8]) -> Result<T, PlatformError> {
    let (&version, body) = bytes.split_first().ok_or_else(|| damaged::<T>("empty"))?;
    if version != T::VERSION {
        return Err(damaged::<T>(format!("format version {version}, this program reads {}", T::VERSION)));
    }
    minicbor::decode(body).map_err(|error| damaged::<T>(error.to_string()))
}

/// The value of a record that may be absent.
///
/// # Errors
/// As [`decode`].
pub fn decode_record<T: Stored>(record: Option<&store::Record>) -> Result<Option<T>, PlatformError> {
    record.map(|record| decode(&record.value)).transpose()
}

fn damaged<T: Stored>(detail: impl Into<String>) -> PlatformError {
    PlatformError::Damaged { what: T::WHAT, detail: detail.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, minicbor::Encode, minicbor::Decode)]
    struct Older {
        #[n(0)]
        name: String,
    }
    #[derive(Debug, PartialEq, minicbor::Encode, minicbor::Decode)]
    struct Newer {
        #[n(0)]
        name: String,
        #[n(1)]
        note: Option<String>,
    }
    impl Stored for Older {
        const WHAT: &'static str = "older";
    }
    impl Stored for Newer {
        const WHAT: &'static str = "newer";
    }

    #[test]
    fn one_release_reads_the_other() {
        let newer = Newer { name: "drum".into(), note: Some("wood".into()) };
        assert_eq!(decode::<Older>(&encode(&newer)).unwrap(), Older { name: "drum".into() });
        let older = Older { name: "drum".into() };
        assert_eq!(decode::<Newer>(&encode(&older)).unwrap(), Newer { name: "drum".into(), note: None });
    }

    #[test]
    fn damage_is_an_error_not_a_panic() {
        assert!(matches!(decode::<Older>(&[]), Err(PlatformError::Damaged { .. })));
        assert!(matches!(decode::<Older>(&[9, 0x80]), Err(PlatformError::Damaged { .. })));
        assert!(matches!(decode::<Older>(&[1, 0xff, 0xff]), Err(PlatformError::Damaged { .. })));
    }
}
