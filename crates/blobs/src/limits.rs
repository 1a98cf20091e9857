//! Every bound of the media bytes, with its unit.

/// Folders right under the root, one for each value of a byte; on-disk format.
pub const SHELVES: u16 = 256;
/// Objects one listing returns, in objects: a folder holds the parts of one upload at most.
pub const LIST_MAX_OBJECTS: usize = 16_384;
/// Bytes read by one call, in bytes: the greatest answer of a download.
pub const READ_MAX_BYTES: u64 = 16 * 1024 * 1024;
/// Longest name of an object within its folder, in bytes.
pub const NAME_MAX_BYTES: usize = 32;
