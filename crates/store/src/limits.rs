//! Every bound of the store, with its unit.

/// Longest encoded key (owner and suffix together), in bytes.
pub const KEY_MAX_BYTES: usize = 512;
/// Longest value, in bytes.
pub const VALUE_MAX_BYTES: usize = 64 * 1024;
/// Most records (puts and deletes together) in one batch.
pub const BATCH_MAX_RECORDS: usize = 1_000;
/// Most bytes (keys and values together) in one batch.
pub const BATCH_MAX_BYTES: usize = 1024 * 1024;
/// Most items in one page of a scan.
pub const SCAN_MAX_ITEMS: usize = 10_000;
/// Most keys of one `get_many`.
pub const GET_MAX_KEYS: usize = 10_000;
/// Keys deleted by one step of `delete_prefix`.
pub const DELETE_STEP_KEYS: usize = 500;
/// Most bytes of batches that wait to be committed; past it even C1 is refused.
pub const QUEUE_MAX_BYTES: usize = 32 * 1024 * 1024;
