//! Checksums of objects: a sealed object is its data, and behind it a table of one CRC32C for each block of data.
//!
//! `data ‖ sum of block 0 ‖ sum of block 1 …`, sums little-endian; an empty object has one empty block. A sum covers the
//! number of its block and the length of all data, so that a block in another place and a shortened object are noticed
//! too. Data comes first, so that a program which knows no seals reads the same bytes. What names an object also says
//! whether it is sealed and how long its data is: nothing here guesses. The name is not covered, for objects are copied
//! without being read; so what is not noticed is a whole object in the place of another of the same length.

use std::ops::Range;

use bytes::{BufMut, Bytes, BytesMut};

use crate::limits::SEAL_BLOCK_BYTES;

const SUM_BYTES: u64 = 4;

/// How long a sealed object is whose data is `data_bytes` long.
#[must_use]
pub fn sealed_len(data_bytes: u64) -> u64 {
    data_bytes + SUM_BYTES * blocks(data_bytes)
}

/// How long the data of a sealed object of this length is; `None` when no sealed object is so long.
#[must_use]
pub fn data_len(sealed_bytes: u64) -> Option<u64> {
    let blocks = sealed_bytes.div_ceil(SEAL_BLOCK_BYTES + SUM_BYTES).max(1);
    let data_bytes = sealed_bytes.checked_sub(SUM_BYTES * blocks)?;
    (sealed_len(data_bytes) == sealed_bytes).then_some(data_bytes)
}

/// The sealed form of `data`.
pub(crate) fn seal(data: &[u8]) -> Bytes {
    let data_bytes = data.len() as u64;
    let mut sealed = BytesMut::with_capacity(data.len() + (SUM_BYTES * blocks(data_bytes)) as usize);
    sealed.put_slice(data);
    for block in 0..blocks(data_bytes) {
        let within = bytes_of(block, data_bytes);
        sealed.put_u32_le(sum(block, data_bytes, &data[within.start as usize..within.end as usize]));
    }
    sealed.freeze()
}

/// What must be read to answer for a range of a sealed object: whole blocks, and their sums.
pub(crate) struct Plan {
    data_bytes: u64,
    blocks: Range<u64>,
    wanted: Range<u64>,
}

impl Plan {
    /// For the bytes `wanted` of data that is `data_bytes` long; `None` when it is not that long.
    pub(crate) fn new(data_bytes: u64, wanted: Range<u64>) -> Option<Self> {
        if wanted.start > wanted.end || wanted.end > data_bytes {
            return None;
        }
        let blocks = wanted.start / SEAL_BLOCK_BYTES..wanted.end.div_ceil(SEAL_BLOCK_BYTES).max(1);
        Some(Self { data_bytes, blocks, wanted })
    }

    /// Where the blocks lie.
    pub(crate) fn data(&self) -> Range<u64> {
        let last = bytes_of(self.blocks.end - 1, self.data_bytes);
        bytes_of(self.blocks.start, self.data_bytes).start..last.end
    }

    /// Where their sums lie.
    pub(crate) fn sums(&self) -> Range<u64> {
        self.data_bytes + SUM_BYTES * self.blocks.start..self.data_bytes + SUM_BYTES * self.blocks.end
    }

    /// The bytes that were wanted, or the first block that is not what was written.
    pub(crate) fn judge(&self, data: &Bytes, sums: &[u8]) -> Result<Bytes, u64> {
        let first = self.data().start;
        for (block, stored) in self.blocks.clone().zip(sums.chunks_exact(SUM_BYTES as usize)) {
            let within = bytes_of(block, self.data_bytes);
            let bytes = &data[(within.start - first) as usize..(within.end - first) as usize];
            if sum(block, self.data_bytes, bytes).to_le_bytes() != stored {
                return Err(block);
            }
        }
        Ok(data.slice((self.wanted.start - first) as usize..(self.wanted.end - first) as usize))
    }
}

fn blocks(data_bytes: u64) -> u64 {
    data_bytes.div_ceil(SEAL_BLOCK_BYTES).max(1)
}

fn bytes_of(block: u64, data_bytes: u64) -> Range<u64> {
    let start = (block * SEAL_BLOCK_BYTES).min(data_bytes);
    start..(start + SEAL_BLOCK_BYTES).min(data_bytes)
}

fn sum(block: u64, data_bytes: u64, bytes: &[u8]) -> u32 {
    let place = crc32c::crc32c_append(crc32c::crc32c(&block.to_le_bytes()), &data_bytes.to_le_bytes());
    crc32c::crc32c_append(place, bytes)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// What a reader of `wanted` gets from these bytes on the disk.
    fn read(stored: &Bytes, data_bytes: u64, wanted: Range<u64>) -> Option<Bytes> {
        let plan = Plan::new(data_bytes, wanted)?;
        let (data, sums) = (plan.data(), plan.sums());
        if sums.end > stored.len() as u64 {
            return None;
        }
        let slice = |range: Range<u64>| stored.slice(range.start as usize..range.end as usize);
        plan.judge(&slice(data), &slice(sums)).ok()
    }

    #[test]
    fn lengths_are_told_from_each_other() {
        for around in [0, 1, 4, SEAL_BLOCK_BYTES, 2 * SEAL_BLOCK_BYTES, 32 * SEAL_BLOCK_BYTES] {
            for data_bytes in around.saturating_sub(5)..around + 6 {
                assert_eq!(data_len(sealed_len(data_bytes)), Some(data_bytes));
            }
        }
        let none = (0..2 * SEAL_BLOCK_BYTES).filter(|length| data_len(*length).is_none());
        assert_eq!(
            none.collect::<Vec<_>>(),
            [0, 1, 2, 3].into_iter().chain(SEAL_BLOCK_BYTES + 5..SEAL_BLOCK_BYTES + 9).collect::<Vec<_>>()
        );
    }

    #[test]
    fn every_flipped_bit_is_noticed_by_whoever_reads_there() {
        let data = vec![7; 100];
        let sealed = seal(&data);
        assert_eq!(sealed.len() as u64, sealed_len(100));
        for bit in 0..sealed.len() * 8 {
            let mut flipped = sealed.to_vec();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(read(&flipped.into(), 100, 10..20), None, "bit {bit}");
        }
        assert_eq!(read(&seal(&[]), 0, 0..0).as_deref(), Some(&[][..]));
    }

    #[test]
    fn a_block_is_good_in_its_place_only() {
        let one = [vec![1; SEAL_BLOCK_BYTES as usize], vec![2; SEAL_BLOCK_BYTES as usize]].concat();
        let sealed = seal(&one).to_vec();
        let block = SEAL_BLOCK_BYTES as usize;
        let mut swapped = [&sealed[block..2 * block], &sealed[..block]].concat();
        swapped.extend([&sealed[2 * block + 4..], &sealed[2 * block..2 * block + 4]].concat());
        assert_eq!(read(&swapped.into(), one.len() as u64, 0..4), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn what_was_sealed_is_read(data in vec(any::<u8>(), 0..40_000), from in 0..40_000_u64, more in 0..40_000_u64) {
            let length = data.len() as u64;
            let from = from.min(length);
            let wanted = from..(from + more).min(length);
            let expected = data[wanted.start as usize..wanted.end as usize].to_vec();
            prop_assert_eq!(read(&seal(&data), length, wanted), Some(expected.into()));
        }
    }
}
