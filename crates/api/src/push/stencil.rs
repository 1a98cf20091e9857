//! Bytes in which a few numbers stand open, so that what two hundred people are told alike is made once.
//!
//! Where the numbers stand is not worked out but seen: the same thing is written twice with numbers that differ in every
//! byte, and the places where the two differ are the holes. Whatever differs otherwise makes no stencil.

use bytes::Bytes;

use crate::limits::STENCIL_PEOPLE_MAX;

/// What each copy has of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbers {
    /// The message's number.
    pub(super) msg_id: i32,
    /// The mailbox's pts after it.
    pub(super) pts: i32,
    /// The date of the container.
    pub(super) date: i32,
    /// The number of the message that is answered; 0 if none is.
    pub(super) answered: i32,
    /// Under which the reader calls those who are named, in the order in which they are named.
    pub(super) access_hashes: [i64; STENCIL_PEOPLE_MAX],
}

/// A place where one of these numbers stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hole {
    MsgId,
    Pts,
    Date,
    Answered,
    AccessHash(usize),
}

/// Two sets of numbers that differ in every byte, and from each other.
pub(super) const MARKS: [Numbers; 2] = [marks(0), marks(0x4040_4040_4040_4040)];

const fn marks(turn: i64) -> Numbers {
    let turn_of_half = turn as i32;
    let mut access_hashes = [0; STENCIL_PEOPLE_MAX];
    let mut place = 0;
    while place < STENCIL_PEOPLE_MAX {
        access_hashes[place] = (0x1b1a_1918_1716_1500 | place as i64) ^ turn;
        place += 1;
    }
    Numbers {
        msg_id: 0x2122_2321 ^ turn_of_half,
        pts: 0x2223_2422 ^ turn_of_half,
        date: 0x2324_2523 ^ turn_of_half,
        answered: 0x2425_2624 ^ turn_of_half,
        access_hashes,
    }
}

impl Numbers {
    /// The bytes that stand in a hole.
    fn write(&self, hole: Hole, write: impl FnOnce(&[u8])) {
        match hole {
            Hole::MsgId => write(&self.msg_id.to_le_bytes()),
            Hole::Pts => write(&self.pts.to_le_bytes()),
            Hole::Date => write(&self.date.to_le_bytes()),
            Hole::Answered => write(&self.answered.to_le_bytes()),
            Hole::AccessHash(place) => write(&self.access_hashes[place].to_le_bytes()),
        }
    }

    fn stands_at(&self, hole: Hole, bytes: &[u8]) -> bool {
        let mut stands = false;
        self.write(hole, |number| stands = bytes.starts_with(number));
        stands
    }
}

impl Hole {
    fn all() -> impl Iterator<Item = Self> {
        let numbers = [Self::MsgId, Self::Pts, Self::Date, Self::Answered];
        numbers.into_iter().chain((0..STENCIL_PEOPLE_MAX).map(Self::AccessHash))
    }

    const fn bytes(self) -> usize {
        match self {
            Self::AccessHash(_) => size_of::<i64>(),
            _ => size_of::<i32>(),
        }
    }
}

/// Bytes with holes.
#[derive(Debug)]
pub(super) struct Stencil {
    bytes: Vec<u8>,
    holes: Vec<(usize, Hole)>,
}

impl Stencil {
    /// From the same thing written with both sets of [`MARKS`]; `None` if it differs in anything else.
    pub(super) fn cut(twins: [&[u8]; 2]) -> Option<Self> {
        let [one, other] = twins;
        if one.len() != other.len() {
            return None;
        }
        let (mut holes, mut at) = (Vec::new(), 0);
        while let Some(same) = one[at..].iter().zip(&other[at..]).position(|(one, other)| one != other) {
            at += same;
            let is_it = |hole: &Hole| MARKS[0].stands_at(*hole, &one[at..]) && MARKS[1].stands_at(*hole, &other[at..]);
            let hole = Hole::all().find(is_it)?;
            holes.push((at, hole));
            at += hole.bytes();
        }
        Some(Self { bytes: one.to_vec(), holes })
    }

    /// With these numbers in the holes.
    pub(super) fn fill(&self, numbers: &Numbers) -> Bytes {
        let mut bytes = self.bytes.clone();
        for (at, hole) in &self.holes {
            numbers.write(*hole, |number| bytes[*at..*at + number.len()].copy_from_slice(number));
        }
        bytes.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(numbers: &Numbers, word: &str) -> Vec<u8> {
        let Numbers { msg_id, pts, date, answered, access_hashes } = *numbers;
        let mut bytes = word.as_bytes().to_vec();
        bytes.extend_from_slice(&msg_id.to_le_bytes());
        bytes.extend_from_slice(&pts.to_le_bytes());
        bytes.extend_from_slice(word.as_bytes());
        access_hashes.iter().rev().for_each(|hash| bytes.extend_from_slice(&hash.to_le_bytes()));
        bytes.extend_from_slice(&answered.to_le_bytes());
        bytes.extend_from_slice(&date.to_le_bytes());
        bytes
    }

    #[test]
    fn marks_differ_in_every_byte_and_from_each_other() {
        for hole in Hole::all() {
            let [mut one, mut other] = [Vec::new(), Vec::new()];
            MARKS[0].write(hole, |bytes| one = bytes.to_vec());
            MARKS[1].write(hole, |bytes| other = bytes.to_vec());
            assert_eq!(one.len(), hole.bytes());
            assert!(one.iter().zip(&other).all(|(one, other)| one != other), "{hole:?}");
            let same = Hole::all().filter(|another| MARKS[0].stands_at(*another, &one)).count();
            assert_eq!(same, 1, "{hole:?}");
        }
    }

    #[test]
    fn what_is_filled_in_equals_what_is_written() {
        let twins = MARKS.map(|numbers| written(&numbers, "the drum"));
        let stencil = Stencil::cut([&twins[0], &twins[1]]).expect("nothing but numbers differs");
        for turn in 1..50 {
            let mut numbers = Numbers { msg_id: turn, pts: turn * 7, date: -turn, answered: 0, access_hashes: [0; _] };
            numbers.access_hashes.iter_mut().for_each(|hash| *hash = i64::from(turn) << 33);
            assert_eq!(stencil.fill(&numbers), written(&numbers, "the drum"));
        }
    }

    #[test]
    fn whatever_else_differs_makes_no_stencil() {
        let [one, other] = [written(&MARKS[0], "the drum"), written(&MARKS[1], "the dram")];
        assert!(Stencil::cut([&one, &other]).is_none());
        assert!(Stencil::cut([&one, &one[1..]]).is_none());
    }
}
