//! The bounds of one session, each with its unit.

/// Most messages of one container (description page: 1020; a little slack for clients that count otherwise).
pub const CONTAINER_MAX_MESSAGES: usize = 1024;
/// Most messages this side puts into one container.
pub const CONTAINER_OUT_MAX_MESSAGES: usize = 512;
/// Bytes after which an outgoing container takes no further message.
pub const CONTAINER_OUT_TARGET_BYTES: usize = 64 * 1024;
/// Most identifiers in `msgs_ack`, `msgs_state_req`, `msg_resend_req` and their kin (service messages page).
pub const IDS_MAX: usize = 8192;
/// Client msg_ids remembered per session; whatever is older than all of them is answered with code 20.
pub const SEEN_MAX: usize = 4096;
/// Most bytes that one `gzip_packed` may inflate to.
pub const INFLATED_MAX_BYTES: usize = 1024 * 1024;
/// Inflated bytes below which the ratio is not looked at: a whole part of a file (512 KiB) and the request around it, for
/// files hold long runs of zeros and clients pack what they upload.
pub const INFLATED_ANY_RATIO_BYTES: usize = 513 * 1024;
/// Most bytes that the packed requests of one frame may inflate to together.
pub const INFLATED_FRAME_MAX_BYTES: usize = 8 * 1024 * 1024;
/// Seconds in the FLOOD_WAIT of a packed request beyond that.
pub const INFLATED_FRAME_WAIT_SECONDS: u32 = 1;
/// Most inflated bytes per packed byte.
pub const INFLATED_MAX_RATIO: usize = 256;
/// Results from this size on are packed with gzip, in bytes.
pub const GZIP_RESULT_MIN_BYTES: usize = 4096;
/// A packed result is used when it has at most this many hundredths of the plain size.
pub const GZIP_RESULT_PAYS_PERCENT: usize = 85;
/// Most bytes kept per session of what the client has not acknowledged; the oldest go first.
pub const UNACKED_MAX_BYTES: usize = 1024 * 1024;
/// Messages for which there is room when the first is kept: who has just come back has two.
pub const UNACKED_FIRST_MESSAGES: usize = 2;
/// Most messages kept per session of what the client has not acknowledged.
pub const UNACKED_MAX_MESSAGES: usize = 1024;
/// Most bytes waiting to be written before pushed updates are left out.
pub const OUTBOX_PUSH_MAX_BYTES: usize = 256 * 1024;
/// Most bytes waiting to be written at all; above it the connection is cut.
pub const OUTBOX_MAX_BYTES: usize = 8 * 1024 * 1024;
/// Most messages waiting to be written at all; above it the connection is cut.
pub const OUTBOX_MAX_MESSAGES: usize = 4096;
/// Acknowledgements wait this long for company, in milliseconds.
pub const ACK_DELAY_MS: i64 = 1_000;
/// Acknowledgements wait for company up to this number.
pub const ACK_MAX_WAITING: usize = 64;
/// A message older than this is sent again only under a new msg_id, in milliseconds.
pub const RENEW_AFTER_MS: i64 = 240_000;
/// Answers of at least this size are announced with `msg_detailed_info` instead of being repeated, in bytes.
pub const DETAILED_INFO_MIN_BYTES: usize = 64 * 1024;
/// A client's msg_id may be this far behind, in seconds.
pub const MSG_ID_BEHIND_SECONDS: i64 = 300;
/// A client's msg_id may be this far ahead, in seconds.
pub const MSG_ID_AHEAD_SECONDS: i64 = 30;
/// After so many messages without any fraction of a second in their ids, the ids are called constant.
pub const FRACTIONLESS_MAX_MESSAGES: u32 = 64;
/// Length of a salt's own time, in seconds.
pub const SALT_EPOCH_SECONDS: i64 = 3600;
/// A salt is honoured this long after its time, in seconds.
pub const SALT_GRACE_SECONDS: i64 = 1800;
/// A salt is honoured this long before its time, for clients whose clock is ahead, in seconds.
pub const SALT_EARLY_SECONDS: i64 = 60;
/// Fewest salts returned by `get_future_salts`: a client that gets only one asks again at once, without end.
pub const FUTURE_SALTS_MIN: i32 = 2;
/// Most salts returned by `get_future_salts`.
pub const FUTURE_SALTS_MAX: i32 = 64;
/// Most the protocol's clock is steered, in millionths of the time passed.
pub const CLOCK_SLEW_PPM: i64 = 5_000;
/// The mark of an earlier run moves the clock's start forward by at most this much, in milliseconds.
pub const CLOCK_FLOOR_MAX_AHEAD_MS: i64 = 600_000;
