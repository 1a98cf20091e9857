//! Bounds of the doctor, and what it takes for doubtful.

use std::time::Duration;

/// Blocks written and synced to see how long the disk takes.
pub const SYNCS: usize = 16;
/// A disk that takes longer than this for a sync makes everybody wait.
pub const SYNC_SLOW: Duration = Duration::from_millis(50);
/// No disk is quicker than this; one that says so has not written anything.
pub const SYNC_INCREDIBLE: Duration = Duration::from_micros(15);
/// The clock may be so far behind what was told before, in milliseconds.
pub const CLOCK_BEHIND_MAX_MS: i64 = 10_000;
/// No clock is right that shows an earlier time than this, in Unix milliseconds: this program was not written yet.
pub const CLOCK_EARLIEST_MS: i64 = 1_735_689_600_000;
/// Changes mended by one batch, in records.
pub const MEND_RECORDS: usize = 500;
/// Changes mended by one batch, in bytes.
pub const MEND_BYTES: usize = 512 * 1024;
/// Time between two words about how far it is.
pub const PROGRESS_INTERVAL: Duration = Duration::from_secs(1);
/// On a running server no letter waits longer than this, in milliseconds, unless its recipient's mailbox cannot be written.
pub const LETTERS_OLD_MS: i64 = 60_000;
/// A backup older than this, in milliseconds, is older than operators mean it to be: one is made every day.
pub const BACKUP_OLD_MS: i64 = 8 * 24 * 3_600 * 1_000;
