//! The high-water mark: the number of the last acknowledged group, kept outside the engine.
//!
//! The embedded engine's journal may lose its tail to one flipped bit and open without a word; a database may be restored
//! from an old backup, or be a standby that lagged. A store that comes back with a lower number than this file is therefore
//! refused. The file is written after every group and reaches the disk at
//! intervals, so after a power cut it may be behind the engine, never ahead of it. Two checksummed slots alternate: a
//! torn write spoils one of them at most. An engine that writes in several lanes, each with numbers of its own, has two
//! slots for each lane; whoever knows one lane only finds its slots first.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// Distance of the slots: they share no disk sector.
const SLOT_BYTES: u64 = 4096;
const SLOTS: u64 = 2;
const MAGIC: [u8; 8] = *b"KTG-HW-1";
/// Magic, number, checksum.
const RECORD_BYTES: usize = 20;

/// The open file.
#[derive(Debug)]
pub(crate) struct HighWater {
    file: File,
    /// Whether something was noted that is not on the disk: an idle store leaves the disk asleep.
    is_dirty: AtomicBool,
}

/// What the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// There is no file, or it never knew this lane.
    Missing,
    /// There are slots and none of them is intact.
    Damaged,
    /// This group was acknowledged.
    At(u64),
}

impl HighWater {
    fn of(file: File) -> Self {
        Self { file, is_dirty: AtomicBool::new(false) }
    }

    /// Opens the file at `path`, if there is one, and reads it.
    pub(crate) fn open(path: &Path) -> io::Result<(Option<Self>, Mark)> {
        let (file, marks) = Self::open_lanes(path, 1)?;
        Ok((file, marks.first().copied().unwrap_or(Mark::Missing)))
    }

    /// Opens the file at `path`, if there is one, and reads the marks of so many lanes.
    pub(crate) fn open_lanes(path: &Path, lanes: u64) -> io::Result<(Option<Self>, Vec<Mark>)> {
        let file = match File::options().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((None, (0..lanes).map(|_| Mark::Missing).collect()));
            }
            Err(error) => return Err(error),
        };
        let bytes = file.metadata()?.len();
        let marks = (0..lanes).map(|lane| mark_of(&file, lane, bytes)).collect();
        Ok((Some(Self::of(file)), marks))
    }

    /// Creates the file, or starts it anew, with this mark in every slot, durably.
    pub(crate) fn create(path: &Path, number: u64) -> io::Result<Self> {
        Self::create_lanes(path, &[number])
    }

    /// Creates the file, or starts it anew, with these marks of its lanes, durably.
    pub(crate) fn create_lanes(path: &Path, numbers: &[u64]) -> io::Result<Self> {
        let file = File::options().read(true).write(true).create(true).truncate(false).open(path)?;
        let marks = Self::of(file);
        for (lane, number) in (0..).zip(numbers) {
            marks.begin_lane(lane, *number)?;
        }
        marks.file.sync_all()?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(marks)
    }

    /// Puts this mark into every slot of the lane.
    pub(crate) fn begin_lane(&self, lane: u64, number: u64) -> io::Result<()> {
        for slot in slots_of(lane) {
            self.file.write_all_at(&record(number), slot * SLOT_BYTES)?;
        }
        self.is_dirty.store(true, Ordering::Release);
        Ok(())
    }

    /// Notes that the group with this number is durable.
    pub(crate) fn raise(&self, number: u64) -> io::Result<()> {
        self.raise_lane(0, number)
    }

    /// Notes that the group of this lane with this number is durable.
    pub(crate) fn raise_lane(&self, lane: u64, number: u64) -> io::Result<()> {
        self.file.write_all_at(&record(number), (lane * SLOTS + number % SLOTS) * SLOT_BYTES)?;
        self.is_dirty.store(true, Ordering::Release);
        Ok(())
    }

    /// Brings what was noted to the disk.
    pub(crate) fn sync(&self) -> io::Result<()> {
        if !self.is_dirty.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
        self.file.sync_data().inspect_err(|_| self.is_dirty.store(true, Ordering::Release))
    }
}

fn record(number: u64) -> [u8; RECORD_BYTES] {
    let mut bytes = [0; RECORD_BYTES];
    bytes[..8].copy_from_slice(&MAGIC);
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    let sum = crc32c::crc32c(&bytes[..16]);
    bytes[16..].copy_from_slice(&sum.to_le_bytes());
    bytes
}

fn slots_of(lane: u64) -> std::ops::Range<u64> {
    lane * SLOTS..(lane + 1) * SLOTS
}

/// The mark of this lane in a file of so many bytes.
fn mark_of(file: &File, lane: u64, bytes: u64) -> Mark {
    let is_known = lane == 0 || bytes > lane * SLOTS * SLOT_BYTES;
    let highest = slots_of(lane).filter_map(|slot| read_slot(file, slot)).max();
    highest.map_or(if is_known { Mark::Damaged } else { Mark::Missing }, Mark::At)
}

fn read_slot(file: &File, slot: u64) -> Option<u64> {
    let mut bytes = [0; RECORD_BYTES];
    file.read_exact_at(&mut bytes, slot * SLOT_BYTES).ok()?;
    let number = u64::from_le_bytes(bytes[8..16].try_into().ok()?);
    (record(number) == bytes).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_intact_slot_counts() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("high-water");
        assert_eq!(HighWater::open(&path).expect("no file is no error").1, Mark::Missing);
        let mark = HighWater::create(&path, 0).expect("creates");
        (1..=7).for_each(|number| mark.raise(number).expect("writes"));
        assert_eq!(HighWater::open(&path).expect("reads").1, Mark::At(7));
        spoil(&path, 7 % SLOTS);
        assert_eq!(HighWater::open(&path).expect("reads").1, Mark::At(6));
        spoil(&path, 6 % SLOTS);
        assert_eq!(HighWater::open(&path).expect("reads").1, Mark::Damaged);
    }

    #[test]
    fn lanes_have_marks_of_their_own() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("high-water");
        HighWater::create(&path, 3).expect("a file of one lane");
        assert_eq!(HighWater::open_lanes(&path, 2).expect("reads").1, [Mark::At(3), Mark::Missing]);
        let marks = HighWater::create_lanes(&path, &[3, 0, 9]).expect("more lanes");
        marks.raise_lane(1, 1).expect("writes");
        marks.raise_lane(2, 10).expect("writes");
        let read = |lanes| HighWater::open_lanes(&path, lanes).expect("reads").1;
        assert_eq!(read(4), [Mark::At(3), Mark::At(1), Mark::At(10), Mark::Missing]);
        assert_eq!(HighWater::open(&path).expect("reads").1, Mark::At(3), "for whoever knows one lane");
        spoil(&path, 5);
        spoil(&path, 4);
        assert_eq!(read(3), [Mark::At(3), Mark::At(1), Mark::Damaged]);
    }

    fn spoil(path: &Path, slot: u64) {
        let file = File::options().write(true).open(path).expect("opens");
        file.write_all_at(&[0xff], slot * SLOT_BYTES + 9).expect("writes");
    }
}
