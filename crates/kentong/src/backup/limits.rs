//! Bounds of backups.

use std::time::Duration;

/// Most bytes of one frame before it is packed: a chunk of records with what stands before each of them.
pub const FRAME_MAX_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of a file in one frame.
pub const PIECE_BYTES: u64 = 1024 * 1024;
/// Bytes written between two looks at the free space.
pub const SPACE_LOOK_BYTES: u64 = 32 * 1024 * 1024;
/// No backup is written that would leave fewer bytes free: messages come first.
pub const FLOOR_MAX_BYTES: u64 = 512 * 1024 * 1024;
/// On a small disk the floor is this share of it (1/n).
pub const FLOOR_DISK_FRACTION: u64 = 10;
/// Time between two words about how far it is.
pub const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);
/// Things named one by one in a report; of the others only the number is told.
pub const NAMED_MAX: usize = 50;
/// Batches of a restore on their way to the disk.
pub const COMMITS_IN_FLIGHT_MAX: usize = 8;
/// Largest file of the data folder that goes into a backup, in bytes: keys, certificates and words are far smaller.
pub const FILE_MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Most files of the data folder in a backup.
pub const FILES_MAX: usize = 10_000;
/// Folders below one another that are looked into for files.
pub const DEPTH_MAX: usize = 4;
/// Objects of a restore on their way to the disk.
pub const OBJECTS_IN_FLIGHT_MAX: usize = 16;
