//! Which parts an upload has, and whether they fit together.
//!
//! The rules of "Uploading and Downloading Files": all parts have one size, which is a multiple of 1 KB and of which
//! 512 KB are a multiple; only the last may be shorter, and of any size. Parts come in any order and may come again; so
//! which one is the last is known only from how many were announced, or once all have come.

use crate::Refusal;
use crate::limits::media::{PART_CHARGE_MIN_BYTES, PART_MAX_BYTES, PART_STEP_BYTES};

/// Which parts there are and how long they are, in little room.
#[derive(Clone, Debug, Default)]
pub(in crate::media) struct Shape {
    /// The size of all parts but the highest, in bytes, once one is known.
    regular: Option<u32>,
    /// The part with the highest number so far, and its size in bytes.
    highest: Option<(u32, u32)>,
    /// One bit for each part that is on the disk.
    present: Vec<u64>,
}

/// Whether all parts of a file may have this size.
fn is_regular(size: u32) -> bool {
    size > 0 && size.is_multiple_of(PART_STEP_BYTES) && PART_MAX_BYTES.is_multiple_of(size)
}

impl Shape {
    /// Fits a part in, or says why it does not; the part counts as present only after [`Shape::arrived`].
    pub fn admit(&mut self, part: u32, size: u32, total: Option<u32>) -> Result<(), Refusal> {
        let is_inner = total.is_some_and(|total| part + 1 < total) || self.highest.is_some_and(|(high, _)| part < high);
        if is_inner {
            return self.admit_inner(part, size);
        }
        let regular = match self.highest {
            Some((high, high_size)) if high < part => Some(self.regular_with(high_size)?),
            _ => self.regular,
        };
        if regular.is_some_and(|regular| size > regular) {
            return Err(Refusal::FilePartSizeChanged);
        }
        if self.highest.is_some_and(|(high, old)| high == part && old != size) {
            self.leaves(part);
        }
        (self.regular, self.highest) = (regular, Some((part, size)));
        Ok(())
    }

    /// A part that is not the last one.
    fn admit_inner(&mut self, part: u32, size: u32) -> Result<(), Refusal> {
        let mut regular = self.regular_with(size)?;
        let (high, high_size) = self.highest.unwrap_or((part, size));
        if high < part {
            regular = self.regular_with(high_size)?;
        }
        if high_size > regular || (high < part && size != regular) {
            return Err(Refusal::FilePartSizeChanged);
        }
        if high == part && high_size != size {
            self.leaves(part);
        }
        self.regular = Some(regular);
        self.highest = Some(if high <= part { (part, size) } else { (high, high_size) });
        Ok(())
    }

    /// The regular size, given that a part which is not the last has this one.
    fn regular_with(&self, size: u32) -> Result<u32, Refusal> {
        if self.regular.is_some_and(|regular| regular != size) {
            return Err(Refusal::FilePartSizeChanged);
        }
        if is_regular(size) { Ok(size) } else { Err(Refusal::FilePartSizeInvalid) }
    }

    /// Where the last part ends, as far as is known, in bytes.
    pub fn span_bytes(&self) -> u64 {
        self.highest.map_or(0, |(high, size)| {
            u64::from(high) * u64::from(self.regular.unwrap_or(PART_STEP_BYTES)) + u64::from(size)
        })
    }

    /// The part is on the disk.
    pub fn arrived(&mut self, part: u32) {
        let (word, bit) = (part as usize / 64, part % 64);
        if self.present.len() <= word {
            self.present.resize(word + 1, 0);
        }
        self.present[word] |= 1 << bit;
    }

    /// The part is to be replaced by one of another size: until that is on the disk nobody knows which is.
    fn leaves(&mut self, part: u32) {
        if let Some(word) = self.present.get_mut(part as usize / 64) {
            *word &= !(1 << (part % 64));
        }
    }

    /// Whether the part is on the disk.
    pub fn has(&self, part: u32) -> bool {
        self.present.get(part as usize / 64).is_some_and(|word| word & (1 << (part % 64)) != 0)
    }

    /// What all parts that are there count against the room of their owner, in bytes.
    pub fn charge_bytes(&self) -> u64 {
        let parts: u64 = self.present.iter().map(|word| u64::from(word.count_ones())).sum();
        let Some((high, size)) = self.highest else { return 0 };
        let tail = u64::from(self.has(high));
        (parts - tail) * charge_bytes(self.regular.unwrap_or(0)) + tail * charge_bytes(size)
    }

    /// The size of the regular parts and of the whole, if exactly the parts 0 to `count - 1` are there.
    pub fn whole(&self, count: u32) -> Result<(u32, u64), Refusal> {
        if let Some(missing) = (0..count).find(|part| !self.has(*part)) {
            return Err(Refusal::FilePartMissing(missing));
        }
        match self.highest {
            Some((high, size)) if high + 1 == count => {
                let regular = self.regular.unwrap_or(size);
                Ok((regular, u64::from(high) * u64::from(regular) + u64::from(size)))
            }
            _ => Err(Refusal::FilePartsInvalid),
        }
    }

    /// As the folder says: numbers and sizes of what is there.
    pub fn of_parts(mut parts: Vec<(u32, u32)>) -> Self {
        parts.sort_unstable();
        let regular = if parts.len() > 1 { parts.first().map(|(_, size)| *size) } else { None };
        let mut shape = Self { regular, highest: parts.last().copied(), present: Vec::new() };
        parts.iter().for_each(|(part, _)| shape.arrived(*part));
        shape
    }
}

/// What a part of this size counts against the room of its owner, in bytes.
pub(super) fn charge_bytes(size: u32) -> u64 {
    u64::from(size).max(PART_CHARGE_MIN_BYTES)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KIB: u32 = 1024;

    fn admitted(parts: &[(u32, u32)], total: Option<u32>) -> Result<Shape, Refusal> {
        let mut shape = Shape::default();
        for (part, size) in parts {
            shape.admit(*part, *size, total)?;
            shape.arrived(*part);
        }
        Ok(shape)
    }

    #[test]
    fn the_last_part_may_come_first() {
        let shape = admitted(&[(2, 7), (0, 128 * KIB), (1, 128 * KIB)], None).unwrap();
        assert_eq!(shape.whole(3), Ok((128 * KIB, 256 * 1024 + 7)));
        assert_eq!(shape.whole(2), Err(Refusal::FilePartsInvalid));
        assert_eq!(shape.whole(4), Err(Refusal::FilePartMissing(3)));
    }

    #[test]
    fn one_part_may_have_any_size() {
        assert_eq!(admitted(&[(0, 1)], None).unwrap().whole(1), Ok((1, 1)));
        assert_eq!(admitted(&[(0, 1)], Some(1)).unwrap().whole(1), Ok((1, 1)));
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        assert_eq!(admitted(&[(0, 100)], Some(2)).unwrap_err(), Refusal::FilePartSizeInvalid);
        assert_eq!(admitted(&[(0, 100), (1, 100)], None).unwrap_err(), Refusal::FilePartSizeInvalid);
        assert_eq!(admitted(&[(0, 3 * KIB), (1, KIB)], None).unwrap_err(), Refusal::FilePartSizeInvalid);
        assert_eq!(admitted(&[(0, 2 * KIB), (1, 4 * KIB)], None).unwrap_err(), Refusal::FilePartSizeChanged);
        assert_eq!(admitted(&[(0, 2 * KIB), (1, KIB), (2, KIB)], None).unwrap_err(), Refusal::FilePartSizeChanged);
        assert_eq!(admitted(&[(5, 4 * KIB), (0, 2 * KIB)], None).unwrap_err(), Refusal::FilePartSizeChanged);
        assert_eq!(admitted(&[(1, 2 * KIB), (0, 4 * KIB)], Some(9)).unwrap_err(), Refusal::FilePartSizeChanged);
    }

    #[test]
    fn a_part_may_come_again() {
        let shape = admitted(&[(0, KIB), (1, 5), (1, 9), (0, KIB)], Some(2)).unwrap();
        assert_eq!(shape.whole(2), Ok((KIB, 1024 + 9)));
        assert_eq!(shape.charge_bytes(), 2 * PART_CHARGE_MIN_BYTES);
    }

    /// If the write fails, the old bytes are there, or the new ones: it has to be sent again.
    #[test]
    fn a_part_that_changes_its_size_is_missing_until_it_is_written() {
        for total in [None, Some(1)] {
            let mut shape = admitted(&[(0, 9)], total).unwrap();
            shape.admit(0, 9, total).unwrap();
            assert_eq!(shape.whole(1), Ok((9, 9)));
            shape.admit(0, 5, total).unwrap();
            assert_eq!(shape.whole(1), Err(Refusal::FilePartMissing(0)));
            shape.arrived(0);
            assert_eq!(shape.whole(1), Ok((5, 5)));
        }
    }

    proptest! {
        /// In whatever order the parts of a file come, they are taken, and the folder tells the same of them.
        #[test]
        fn any_order_gives_the_file(
            order in Just((0_u32..9).collect::<Vec<_>>()).prop_shuffle(),
            tail in 1_u32..=4096,
            is_announced in any::<bool>(),
        ) {
            let size = |part: u32| if part == 8 { tail } else { 4096 };
            let parts: Vec<_> = order.iter().map(|part| (*part, size(*part))).collect();
            let shape = admitted(&parts, is_announced.then_some(9)).unwrap();
            prop_assert_eq!(shape.whole(9), Ok((4096, 8 * 4096 + u64::from(tail))));
            prop_assert_eq!(Shape::of_parts(parts).whole(9), shape.whole(9));
        }
    }
}
