//! Every bound of the platform, with its unit.

/// Auth keys kept in memory beyond those in use by a connection (a key in use is never evicted), in keys.
pub const AUTH_KEY_CACHE_ITEMS: usize = 100_000;
/// Profiles kept in memory, in people.
pub const PROFILE_CACHE_ITEMS: usize = 100_000;
/// Longest life of a temporary key that is honoured, in seconds; clients ask for one day, Telegram's page shows a week.
pub const TEMPORARY_KEY_MAX_SECONDS: i32 = 30 * 24 * 3600;
/// Temporary keys bound to one permanent key at a time, in keys.
pub const TEMPORARY_KEYS_PER_KEY_MAX: usize = 32;
/// Times an id drawn at random may collide before the operation is given up, in attempts.
pub const ID_ATTEMPTS_MAX: usize = 16;
