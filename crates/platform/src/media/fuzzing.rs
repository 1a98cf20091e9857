//! What the fuzz target `media` calls.

use super::described::Described;
use super::file_reference as reference;
use super::medium::MediumRecord;
use super::timers::Timer;
use super::uploads::{UploadRecord, shape};
use crate::fuzzing::again;
use crate::limits::media::{PART_MAX_BYTES, PARTS_MAX};

/// So many of 256 parts get written.
const WRITTEN_OF_256: u8 = 200;

/// Any bytes as a reference.
pub(crate) fn file_reference(input: &[u8]) {
    if let Ok((end, mac)) = reference::read(input) {
        assert_eq!(reference::write(end, mac), input, "a reference has one form");
    }
}

/// Any bytes as what is stored.
pub(crate) fn records(input: &[u8]) {
    again::<UploadRecord>(input);
    again::<MediumRecord>(input);
    again::<Described>(input);
    if let Some(timer) = Timer::from_suffix(input) {
        assert_eq!(timer.to_suffix(), input, "a timer has one form");
    }
}

/// Any bytes as parts, four bytes each: number, size and whether it gets written. What the folder would say of those that
/// were is what is remembered.
pub(crate) fn parts(input: &[u8]) {
    let Some((&first, rest)) = input.split_first() else { return };
    let total = (first > 0).then_some(u32::from(first));
    let mut shape = shape::Shape::default();
    let mut folder = std::collections::BTreeMap::new();
    for part in rest.chunks_exact(4) {
        let number = u32::from(part[0]) % total.unwrap_or(PARTS_MAX);
        let size = (u32::from(part[1]) << (part[2] % 16)).clamp(1, PART_MAX_BYTES);
        let mut next = shape.clone();
        if next.admit(number, size, total).is_err() {
            continue;
        }
        shape = next;
        if part[3] < WRITTEN_OF_256 {
            shape.arrived(number);
            folder.insert(number, size);
        }
    }
    let count = total.unwrap_or(folder.len() as u32);
    if let Ok((_, size)) = shape.whole(count) {
        assert_eq!(size, folder.values().map(|size| u64::from(*size)).sum::<u64>(), "it is as long as its parts");
        assert_eq!(shape::Shape::of_parts(folder.into_iter().collect()).whole(count), shape.whole(count));
    }
}
