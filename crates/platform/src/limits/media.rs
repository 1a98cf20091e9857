//! Bounds of uploads and media, with their units.

/// Largest part of an upload, in bytes.
pub const PART_MAX_BYTES: u32 = 512 * 1024;
/// Every part but the last has a multiple of so many bytes, and [`PART_MAX_BYTES`] is a multiple of it.
pub const PART_STEP_BYTES: u32 = 1024;
/// Parts of one upload: with the largest ones 4,000 MiB.
pub const PARTS_MAX: u32 = 8_000;
/// Largest file that is uploaded with `upload.saveFilePart`, in bytes.
pub const SMALL_MAX_BYTES: u64 = 10 * 1024 * 1024;
/// What a part counts at least against the room a person has, in bytes: every part is a file on the disk.
pub const PART_CHARGE_MIN_BYTES: u64 = 32 * 1024;
/// Uploads under way (and used ones not yet removed) of one person, in uploads.
pub const UPLOADS_MAX: usize = 200;
/// How long an upload that was read or adopted stays usable, in seconds, unless room is needed earlier.
pub const USED_UPLOAD_SECONDS: i64 = 3_600;
/// People whose uploads are remembered between two calls, in people.
pub const DESKS_MAX: usize = 1_000;
/// Seconds in the FLOOD_WAIT of somebody who has too much under way.
pub const UPLOADS_FULL_WAIT_SECONDS: u32 = 300;
/// How often an upload's sign of life is written: once in this share (1/n) of its lifetime.
pub const UPLOAD_TOUCH_FRACTION: i64 = 4;
/// Files of one medium: the original and its sizes.
pub const FILES_PER_MEDIUM_MAX: usize = 12;
/// Longest media type, in bytes.
pub const MIME_MAX_BYTES: usize = 255;
/// Records of media kept in memory, in media.
pub const MEDIUM_CACHE_ITEMS: usize = 10_000;
/// Bytes answered by one call of a download.
pub const CHUNK_MAX_BYTES: u32 = 1024 * 1024;
/// The width of a bucket of timers, in seconds; on-disk format.
pub const TIMER_BUCKET_SECONDS: i64 = 600;
/// Buckets looked at by one round of collection, in buckets: after a year off, a few rounds.
pub const BUCKETS_PER_ROUND: u32 = 10_000;
/// When something could not be removed, it is tried again after so many seconds.
pub const COLLECT_RETRY_SECONDS: i64 = 3_600;
/// File references end at a multiple of this, in seconds, so that they stay the same for a while.
pub const REFERENCE_STEP_SECONDS: i64 = 3_600;
/// Longest title or performer of music, emoji of a sticker, codec of a video, in characters.
pub const ATTRIBUTE_TEXT_MAX_CHARS: usize = 128;
/// Longest name of a file, in characters.
pub const FILE_NAME_MAX_CHARS: usize = 255;
/// Longest waveform of a voice note, in bytes: a hundred samples of five bits.
pub const WAVEFORM_MAX_BYTES: usize = 63;
/// Things said of one document that are looked at, in things.
pub const ATTRIBUTES_MAX: usize = 16;
/// Longer side of a WebP picture that is a sticker, in pixels.
pub const STICKER_SIDE: i32 = 512;
/// Largest thumbnail that a client may send for a document, in bytes; it is made anew.
pub const THUMB_UPLOAD_MAX_BYTES: u64 = 1024 * 1024;
