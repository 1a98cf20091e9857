//! The few shapes of TL that the key exchange and the envelope need, read and written by hand.
//!
//! The API's types belong to a higher crate; the protocol's own messages are a dozen, fixed since 2013, and are read from
//! people who have proved nothing yet, so that every read here is bounded by what is there.

/// The bytes ended early, or a string was not in its canonical form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("truncated or malformed TL")]
pub struct Malformed;

/// The constructor of a boxed vector.
pub const VECTOR: u32 = 0x1cb5_c415;

/// The constructor that an object begins with; 0 when there is none.
#[must_use]
pub fn constructor_of(object: &[u8]) -> u32 {
    object.first_chunk().map_or(0, |head| u32::from_le_bytes(*head))
}

/// Reads from the front of a slice.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the first byte.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next `count` bytes.
    ///
    /// # Errors
    /// [`Malformed`] when fewer are left.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    /// The next `N` bytes as an array.
    ///
    /// # Errors
    /// [`Malformed`] when fewer are left.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(Malformed)?;
        self.rest = rest;
        Ok(*taken)
    }

    /// `int`.
    ///
    /// # Errors
    /// [`Malformed`] when fewer than 4 bytes are left.
    pub fn int(&mut self) -> Result<i32, Malformed> {
        self.array().map(i32::from_le_bytes)
    }

    /// `int` as the number of a constructor.
    ///
    /// # Errors
    /// [`Malformed`] when fewer than 4 bytes are left.
    pub fn constructor(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_le_bytes)
    }

    /// `#`: a count or a length in bytes.
    ///
    /// # Errors
    /// [`Malformed`] when fewer than 4 bytes are left.
    pub fn size(&mut self) -> Result<usize, Malformed> {
        self.constructor().map(|size| size as usize)
    }

    /// A boxed `Vector<long>` of at most `most`, as an iterator over the bytes: nothing is allocated.
    ///
    /// # Errors
    /// [`Malformed`] when it is no vector, longer than allowed, or longer than what is left.
    pub fn longs(&mut self, most: usize) -> Result<impl ExactSizeIterator<Item = i64> + use<'a>, Malformed> {
        let (constructor, count) = (self.constructor()?, self.size()?);
        if constructor != VECTOR || count > most {
            return Err(Malformed);
        }
        let (longs, _) = self.take(count * 8)?.as_chunks::<8>();
        Ok(longs.iter().map(|long| i64::from_le_bytes(*long)))
    }

    /// `long`.
    ///
    /// # Errors
    /// [`Malformed`] when fewer than 8 bytes are left.
    pub fn long(&mut self) -> Result<i64, Malformed> {
        self.array().map(i64::from_le_bytes)
    }

    /// `string` or `bytes`: page "mtproto/serialize", "Base types".
    ///
    /// # Errors
    /// [`Malformed`] when it is longer than what is left.
    pub fn string(&mut self) -> Result<&'a [u8], Malformed> {
        let [first] = self.array()?;
        let (header, length) = match first {
            0..254 => (1, usize::from(first)),
            254 => {
                let [a, b, c] = self.array()?;
                (4, usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16)
            }
            255 => return Err(Malformed),
        };
        let bytes = self.take(length)?;
        self.take((4 - (header + length) % 4) % 4)?;
        Ok(bytes)
    }

    /// Insists that everything has been read.
    ///
    /// # Errors
    /// [`Malformed`] when bytes are left.
    pub fn end(self) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed) }
    }
}

/// Appends to a vector.
#[derive(Debug, Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// Begins an object.
    #[must_use]
    pub fn object(constructor: u32) -> Self {
        Self { out: Vec::with_capacity(128) }.raw(&constructor.to_le_bytes())
    }

    /// Begins an object whose whole length in bytes is known.
    #[must_use]
    pub fn sized(constructor: u32, bytes: usize) -> Self {
        Self { out: Vec::with_capacity(bytes) }.raw(&constructor.to_le_bytes())
    }

    /// The constructor of an object within the object.
    #[must_use]
    pub fn constructor(self, constructor: u32) -> Self {
        self.raw(&constructor.to_le_bytes())
    }

    /// `#`: a count or a length in bytes, below 2^32.
    #[must_use]
    pub fn size(self, value: usize) -> Self {
        debug_assert!(u32::try_from(value).is_ok(), "counts and lengths are bounded far below 2^32");
        self.raw(&value.to_le_bytes()[..4])
    }

    /// `Vector<long>`.
    #[must_use]
    pub fn longs(self, values: &[i64]) -> Self {
        let begun = self.raw(&VECTOR.to_le_bytes()).size(values.len());
        values.iter().fold(begun, |writer, value| writer.long(*value))
    }

    /// Bytes as they are (`int128`, `int256`, or an object already written).
    #[must_use]
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.out.extend_from_slice(bytes);
        self
    }

    /// `int`.
    #[must_use]
    pub fn int(self, value: i32) -> Self {
        self.raw(&value.to_le_bytes())
    }

    /// `long`.
    #[must_use]
    pub fn long(self, value: i64) -> Self {
        self.raw(&value.to_le_bytes())
    }

    /// `string` or `bytes`, shorter than 2^24.
    #[must_use]
    pub fn string(mut self, bytes: &[u8]) -> Self {
        debug_assert!(bytes.len() < 1 << 24, "TL strings are shorter than 16 MiB");
        let start = self.out.len();
        match u8::try_from(bytes.len()) {
            Ok(short) if short < 254 => self.out.push(short),
            _ => {
                self.out.push(254);
                self.out.extend_from_slice(&bytes.len().to_le_bytes()[..3]);
            }
        }
        self.out.extend_from_slice(bytes);
        let length = self.out.len() - start;
        self.out.resize(start + length.next_multiple_of(4), 0);
        self
    }

    /// The bytes.
    #[must_use]
    pub fn done(self) -> Vec<u8> {
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_every_length_around_the_boundaries_come_back() {
        for length in [0, 1, 2, 3, 4, 5, 252, 253, 254, 255, 256, 257, 70_000] {
            let bytes = vec![7; length];
            let written = Writer::object(1).string(&bytes).int(-5).done();
            assert_eq!(written.len() % 4, 0, "{length}");
            let mut reader = Reader::new(&written);
            assert_eq!(reader.constructor(), Ok(1));
            assert_eq!(reader.string(), Ok(bytes.as_slice()));
            assert_eq!(reader.int(), Ok(-5));
            assert_eq!(reader.end(), Ok(()));
        }
    }

    #[test]
    fn a_string_longer_than_what_is_there_is_refused() {
        for bytes in [
            &b""[..],
            &[1],
            &[3, 0, 0],
            &[254],
            &[254, 255, 255, 255],
            &[254, 1, 0],
            &[1, 9, 0],
            &[255, 1, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0],
        ] {
            assert_eq!(Reader::new(bytes).string(), Err(Malformed), "{bytes:?}");
        }
    }

    #[test]
    fn every_read_stops_at_the_end() {
        let mut reader = Reader::new(&[1, 2, 3]);
        assert_eq!(reader.int(), Err(Malformed));
        assert_eq!(reader.long(), Err(Malformed));
        assert_eq!(reader.array::<4>(), Err(Malformed));
        assert_eq!(reader.take(4), Err(Malformed));
        assert_eq!(reader.end(), Err(Malformed));
        assert_eq!(reader.rest(), &[1, 2, 3], "a refused read takes nothing");
    }

    #[test]
    fn vectors_beyond_their_bound_or_their_message_are_refused_before_anything_is_taken() {
        let good = Writer::sized(VECTOR, 24).size(2).long(1).long(-1).done();
        assert_eq!(Reader::new(&good).longs(2).map(Iterator::collect::<Vec<_>>), Ok(vec![1, -1]));
        assert_eq!(Writer::object(1).longs(&[1, -1]).done()[4..], good);
        let too_many = Writer::object(VECTOR).raw(&[0xff; 4]).done();
        let cut = Writer::object(VECTOR).size(2).long(1).done();
        let other = Writer::object(1).size(0).done();
        for (bytes, most) in [(&too_many[..], 8192), (&cut, 8192), (&other, 8192), (&good, 1), (&[], 8192)] {
            assert!(Reader::new(bytes).longs(most).is_err(), "{bytes:?}");
        }
    }
}
