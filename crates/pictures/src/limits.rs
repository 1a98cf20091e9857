//! The bounds of this crate, each with its unit.

use std::time::Duration;

/// Largest file that is looked into, in bytes (`photo` uploads of the API are held to the same).
pub const PICTURE_MAX_BYTES: usize = 10 * 1024 * 1024;
/// Most pixels that are decoded, in pixels; judged from the header.
pub const PICTURE_MAX_PIXELS: u64 = 25_000_000;
/// Most bytes that decoding may ask for: the pixels above at four bytes each, and what a decoder needs beside them.
pub const PICTURE_MAX_ALLOCATION_BYTES: u64 = 128 * 1024 * 1024;
/// Pixels times passes over them: progressive JPEGs may have any number of passes.
pub const PICTURE_MAX_WORK: u64 = 400_000_000;
/// Pictures with more pixels than this are decoded one at a time and scaled without copies, so that memory stays bounded,
/// in pixels.
pub const LARGE_PICTURE_PIXELS: u64 = 4_000_000;
/// Width and height of a photo together, in pixels.
pub const PHOTO_SIDES_MAX: u32 = 10_000;
/// The longer side of a photo may be so many times the shorter one.
pub const PHOTO_RATIO_MAX: u32 = 20;
/// What the pictures in memory may weigh together, from before they are read until they are done, in KiB.
pub const ROOM_KIB: u32 = 64 * 1024;
/// What one of them weighs at least, in KiB: so many also bound their number.
pub const ROOM_MIN_KIB: u32 = 1024;
/// Longest wait for room.
pub const ROOM_WAIT: Duration = Duration::from_secs(10);
/// Longest wait for a result, its turn included.
pub const RESULT_WAIT: Duration = Duration::from_secs(20);
/// Time after which a thread with nothing to do ends: an idle server keeps none.
pub const THREAD_IDLE: Duration = Duration::from_secs(10);
/// Sizes made of one picture, in sizes.
pub const TARGETS_MAX: usize = 8;
/// Longer side of a stripped thumbnail, in pixels.
pub const STRIPPED_SIDE: u32 = 40;
/// Longest stripped thumbnail, in bytes: it is part of every message record.
pub const STRIPPED_MAX_BYTES: usize = 2_048;
