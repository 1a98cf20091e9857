//! Every bound of the media bytes, with its unit.

/// Folders right under the root, one for each value of a byte; on-disk format.
pub const SHELVES: u16 = 256;
/// Objects one listing returns, in objects: a folder holds the parts of one upload at most.
pub const LIST_MAX_OBJECTS: usize = 16_384;
/// Nothing is written while fewer bytes are free: several times what makes the store of messages read-only, so that files
/// never take the room that messages need.
pub const FLOOR_MAX_BYTES: u64 = 1024 * 1024 * 1024;
/// On a small disk the floor is this share of it (1/n).
pub const FLOOR_DISK_FRACTION: u64 = 10;
/// Bytes read by one call, in bytes: the greatest answer of a download.
pub const READ_MAX_BYTES: u64 = 16 * 1024 * 1024;
/// Longest name of an object within its folder, in bytes.
pub const NAME_MAX_BYTES: usize = 32;
/// Data that shares one checksum, in bytes; on-disk format. A reader of one byte reads so many.
pub const SEAL_BLOCK_BYTES: u64 = 16 * 1024;
