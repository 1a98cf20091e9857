//! Reading and writing the few dozen constructors of the service layer by hand: every length is compared with what is
//! there before anything is allocated.

/// Why bytes are not what the schema says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The message ends before the value does.
    #[error("{needed} bytes needed, {left} left")]
    Truncated {
        /// Bytes the value needs.
        needed: usize,
        /// Bytes that are there.
        left: usize,
    },
    /// A vector or string is longer than its bound.
    #[error("{got} elements, at most {most} allowed")]
    TooMany {
        /// What the message says.
        got: usize,
        /// The bound.
        most: usize,
    },
    /// Another constructor than the one expected.
    #[error("constructor {got:#010x} where {expected:#010x} was expected")]
    Constructor {
        /// What the message says.
        got: u32,
        /// What the schema says.
        expected: u32,
    },
    /// Bytes are left over after the last field.
    #[error("{left} bytes left over")]
    Trailing {
        /// How many.
        left: usize,
    },
}

/// The constructor of a bare `vector` of a known type in boxed form.
pub const VECTOR: u32 = 0x1cb5_c415;

/// A place in a message.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the beginning of the bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Bytes not read yet.
    #[must_use]
    pub const fn left(&self) -> usize {
        self.rest.len()
    }

    /// The next bytes as they are.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], WireError> {
        let Some((head, rest)) = self.rest.split_at_checked(count) else {
            return Err(WireError::Truncated { needed: count, left: self.rest.len() });
        };
        self.rest = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let Some((head, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(WireError::Truncated { needed: N, left: self.rest.len() });
        };
        self.rest = rest;
        Ok(*head)
    }

    /// `#` or a constructor.
    pub fn u32(&mut self) -> Result<u32, WireError> {
        self.array().map(u32::from_le_bytes)
    }

    /// `int`.
    pub fn i32(&mut self) -> Result<i32, WireError> {
        self.array().map(i32::from_le_bytes)
    }

    /// `long`.
    pub fn i64(&mut self) -> Result<i64, WireError> {
        self.array().map(i64::from_le_bytes)
    }

    /// `bytes`: one length byte, or 254 and three; padded to a multiple of four.
    pub fn bytes(&mut self) -> Result<&'a [u8], WireError> {
        let [first] = self.array()?;
        let (length, header) = match first {
            254 => {
                let [a, b, c] = self.array()?;
                (u32::from_le_bytes([a, b, c, 0]) as usize, 4)
            }
            255 => return Err(WireError::TooMany { got: 255, most: 254 }),
            short => (usize::from(short), 1),
        };
        let value = self.take(length)?;
        self.take((4 - (header + length) % 4) % 4)?;
        Ok(value)
    }

    /// A boxed `Vector<long>` of bounded length, as an iterator over the bytes: nothing is allocated.
    pub fn longs(&mut self, most: usize) -> Result<impl ExactSizeIterator<Item = i64> + use<'a>, WireError> {
        self.constructor(VECTOR)?;
        let count = self.u32()? as usize;
        if count > most {
            return Err(WireError::TooMany { got: count, most });
        }
        let (longs, _) = self.take(count * 8)?.as_chunks::<8>();
        Ok(longs.iter().map(|long| i64::from_le_bytes(*long)))
    }

    /// Reads a constructor that must be this one.
    pub fn constructor(&mut self, expected: u32) -> Result<(), WireError> {
        let got = self.u32()?;
        if got == expected { Ok(()) } else { Err(WireError::Constructor { got, expected }) }
    }

    /// The message must end here.
    pub const fn end(&self) -> Result<(), WireError> {
        if self.rest.is_empty() { Ok(()) } else { Err(WireError::Trailing { left: self.rest.len() }) }
    }
}

/// Builds a message body.
#[derive(Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// Begins with a constructor; `capacity` is the whole length in bytes, if known.
    #[must_use]
    pub fn new(constructor: u32, capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity.max(4)) }.u32(constructor)
    }

    /// `#` or a constructor.
    #[must_use]
    pub fn u32(mut self, value: u32) -> Self {
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// `int`.
    #[must_use]
    pub fn i32(mut self, value: i32) -> Self {
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// `long`.
    #[must_use]
    pub fn i64(mut self, value: i64) -> Self {
        self.bytes.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Bytes as they are.
    #[must_use]
    pub fn raw(mut self, value: &[u8]) -> Self {
        self.bytes.extend_from_slice(value);
        self
    }

    /// `bytes` with length and padding.
    #[must_use]
    pub fn bytes(mut self, value: &[u8]) -> Self {
        debug_assert!(value.len() < 1 << 24, "a TL string has a length of three bytes");
        let length = u32::try_from(value.len()).unwrap_or(u32::MAX).to_le_bytes();
        let header = match u8::try_from(value.len()) {
            Ok(short) if short < 254 => vec![short],
            _ => vec![254, length[0], length[1], length[2]],
        };
        self.bytes.extend_from_slice(&header);
        self.bytes.extend_from_slice(value);
        let padding = (4 - (header.len() + value.len()) % 4) % 4;
        self.bytes.extend_from_slice(&[0; 3][..padding]);
        self
    }

    /// `Vector<long>`.
    #[must_use]
    pub fn longs(self, values: &[i64]) -> Self {
        let count = u32::try_from(values.len()).unwrap_or(u32::MAX);
        values.iter().fold(self.u32(VECTOR).u32(count), |writer, value| writer.i64(*value))
    }

    /// The finished body.
    #[must_use]
    pub fn finish(self) -> bytes::Bytes {
        self.bytes.into()
    }
}

/// The constructor a body begins with; 0 when there is none.
#[must_use]
pub fn constructor_of(body: &[u8]) -> u32 {
    body.first_chunk::<4>().map_or(0, |head| u32::from_le_bytes(*head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back_as_they_were_written() {
        for length in [0usize, 1, 2, 3, 4, 252, 253, 254, 255, 256, 70_000] {
            let value = vec![7u8; length];
            let body = Writer::new(1, 0).bytes(&value).finish();
            assert_eq!(body.len() % 4, 0);
            let mut reader = Reader::new(&body);
            assert_eq!(reader.u32(), Ok(1));
            assert_eq!(reader.bytes(), Ok(&value[..]));
            assert_eq!(reader.end(), Ok(()));
        }
    }

    #[test]
    fn lengths_beyond_the_message_are_refused_before_anything_is_taken() {
        for bad in [&[5u8, 1, 2][..], &[254, 255, 255, 255], &[254, 1], &[255, 0, 0, 0], &[]] {
            assert!(Reader::new(bad).bytes().is_err(), "{bad:?}");
        }
        let long = Writer::new(VECTOR, 0).u32(u32::MAX).finish();
        assert_eq!(
            Reader::new(&long).longs(8192).err(),
            Some(WireError::TooMany { got: u32::MAX as usize, most: 8192 })
        );
        let short = Writer::new(VECTOR, 0).u32(2).i64(1).finish();
        assert_eq!(Reader::new(&short).longs(8192).err(), Some(WireError::Truncated { needed: 16, left: 8 }));
        assert!(matches!(Reader::new(&[1, 0, 0, 0]).longs(1).err(), Some(WireError::Constructor { .. })));
    }
}
