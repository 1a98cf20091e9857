//! Every bound of the store, with its unit.

use std::time::Duration;

/// Longest encoded key (owner and suffix together), in bytes.
pub const KEY_MAX_BYTES: usize = 512;
/// Longest owner (kind and identity), in bytes; its length is stored in one byte.
pub const OWNER_MAX_BYTES: usize = 200;
/// Longest value, in bytes.
pub const VALUE_MAX_BYTES: usize = 64 * 1024;
/// Most records (puts and deletes together) in one batch: a message with a file to a group of 200 and to all of its members.
pub const BATCH_MAX_RECORDS: usize = 2_000;
/// Most bytes (keys and values together) in one batch: the longest text, once for each member of a group of 200.
pub const BATCH_MAX_BYTES: usize = 4 * 1024 * 1024;
/// Most items in one page of a scan.
pub const SCAN_MAX_ITEMS: usize = 10_000;
/// Most keys of one `get_many`.
pub const GET_MAX_KEYS: usize = 10_000;
/// Most bytes (keys and sealed values together) in one chunk of a snapshot.
pub const SNAPSHOT_CHUNK_BYTES: usize = 1024 * 1024;
/// Most records that PostgreSQL looks at for one chunk of a snapshot.
pub const SNAPSHOT_CHUNK_ROWS: i64 = 4_096;
/// Most snapshots that are open at a time: each keeps old versions of records from being forgotten.
pub const SNAPSHOTS_MAX: usize = 4;
/// Keys deleted by one step of `delete_prefix`.
pub const DELETE_STEP_KEYS: usize = 500;
/// Most batches whose footprints a recording test gets at a time.
pub const FOOTPRINTS_MAX: usize = 100_000;
/// Most bytes of batches that wait to be committed; past it even C1 is refused.
pub const QUEUE_MAX_BYTES: usize = 32 * 1024 * 1024;

/// C3 is refused while more bytes than this wait to be committed.
pub const QUEUE_C3_MAX_BYTES: usize = 4 * 1024 * 1024;
/// C2 is refused while more bytes than this wait to be committed.
pub const QUEUE_C2_MAX_BYTES: usize = 16 * 1024 * 1024;
/// C3 is refused while the oldest uncommitted batch is older than this.
pub const QUEUE_C3_MAX_AGE: Duration = Duration::from_millis(250);
/// C2 is refused while the oldest uncommitted batch is older than this.
pub const QUEUE_C2_MAX_AGE: Duration = Duration::from_secs(1);
/// Every batch is refused while the oldest uncommitted batch is older than this.
pub const QUEUE_MAX_AGE: Duration = Duration::from_secs(10);
/// Most bytes of batches that share one fsync.
pub const GROUP_MAX_BYTES: usize = 8 * 1024 * 1024;
/// Most batches that share one fsync.
pub const GROUP_MAX_BATCHES: usize = 4_096;
/// How long newcomers' batches wait for others to share an fsync with, while many come.
pub const COMPANY_WAIT: Duration = Duration::from_millis(12);
/// So many of them within that time are many.
pub const COMPANY_EXPECTED: usize = 4;
/// With so many batches company is complete.
pub const COMPANY_BATCHES: usize = 256;
/// Groups whose place in the sequence is kept, to notice a hole when opening.
pub const RING_GROUPS: u64 = 256;

/// Bytes of blocks the embedded engine caches for reads, unless set otherwise.
pub const CACHE_DEFAULT_BYTES: u64 = 32 * 1024 * 1024;
/// Bytes of new records the embedded engine holds in memory before it writes a table, unless set otherwise.
pub const MEMTABLE_DEFAULT_BYTES: u64 = 16 * 1024 * 1024;
/// Most bytes of the embedded engine's journals before it is made to write tables.
pub const JOURNAL_MAX_BYTES: u64 = 256 * 1024 * 1024;
/// Zeros written at a time into the engine's journal ahead of its records, in bytes.
pub const JOURNAL_AHEAD_BYTES: u64 = 2 * 1024 * 1024;
/// Bytes written between two looks at which journal the engine writes to, and fewest zeros ahead of them.
pub const JOURNAL_LOOK_BYTES: u64 = 256 * 1024;
/// Journals kept open until the engine has removed them; it has few at a time.
pub const JOURNALS_KEPT_MAX: usize = 16;
/// About what the engine's journal takes for an item beside its key and value, in bytes.
pub const JOURNAL_ITEM_BYTES: usize = 24;
/// Long reads of the embedded engine that run at once, each on a thread; others wait for their turn.
pub const READERS_MAX: usize = 16;
/// Background threads of the embedded engine. The first writes tables and merges none: what there is to merge it puts back into
/// the queue, again and again until somebody takes it. Of two that merge, one is there to take it while the other works.
pub const ENGINE_THREADS: usize = 3;
/// Full memtables that wait for the disk before the committer pauses; at 4 the engine itself sleeps in 100 ms steps.
pub const SEALED_MEMTABLES_MAX: usize = 2;
/// Unmerged tables before the committer pauses; at 30 the engine itself sleeps until they are merged, poisoned or not.
pub const UNMERGED_TABLES_MAX: usize = 24;
/// The committer's nap while the engine catches up.
pub const STALL_NAP: Duration = Duration::from_millis(1);

/// Longest time the embedded engine may take to open.
pub const OPEN_TIMEOUT: Duration = Duration::from_secs(120);
/// Time between two log lines while the engine is still opening.
pub const OPEN_REPORT_INTERVAL: Duration = Duration::from_secs(2);
/// Longest wait for readers to let go of a poisoned engine before it is reopened.
pub const REOPEN_READERS_TIMEOUT: Duration = Duration::from_secs(5);
/// Time between two attempts to reopen a poisoned engine.
pub const REOPEN_INTERVAL: Duration = Duration::from_secs(1);

/// Time between two looks at the free space.
pub const SPACE_INTERVAL: Duration = Duration::from_secs(1);
/// The store is read-only below this share of the disk (1/n) or [`FLOOR_MAX_BYTES`], whichever is less.
pub const FLOOR_DISK_FRACTION: u64 = 20;
/// The store is read-only below this many free bytes, on a large disk.
pub const FLOOR_MAX_BYTES: u64 = 192 * 1024 * 1024;
/// The reserve file has this share of the disk (1/n) or [`RESERVE_MAX_BYTES`], whichever is less.
pub const RESERVE_DISK_FRACTION: u64 = 50;
/// Size of the reserve file on a large disk, in bytes.
pub const RESERVE_MAX_BYTES: u64 = 64 * 1024 * 1024;
/// Writing resumes when the floor, the reserve and this share of the floor (1/n) are free.
pub const RESUME_SLACK_FRACTION: u64 = 4;

/// Scans for more items than this run on the blocking pool, not on the caller's thread.
pub const SCAN_INLINE_ITEMS: usize = 256;
/// Reads of more keys than this run on the blocking pool, not on the caller's thread.
pub const GET_INLINE_KEYS: usize = 64;

/// Connections of the PostgreSQL engine for reading, unless set otherwise.
pub const DATABASE_CONNECTIONS: usize = 8;
/// Longest time for one connection to the database to come about.
pub const DATABASE_CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Data that the database's machine does not acknowledge for so long means that the connection is dead.
pub const DATABASE_SILENCE_TIMEOUT: Duration = Duration::from_secs(20);
/// Longest time for one transaction of a group; past it the connection is given up and the outcome read back.
pub const DATABASE_COMMIT_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest time for one read, waiting for a connection included.
pub const DATABASE_READ_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that one read may find broken before it fails.
pub const DATABASE_READ_ATTEMPTS: usize = 4;
/// The pause before a read tries another connection.
pub const DATABASE_READ_NAP: Duration = Duration::from_millis(50);
/// How long writes under way wait for a database that went away, unless set otherwise; then they fail.
pub const DATABASE_PATIENCE: Duration = Duration::from_secs(5);
/// The pause between two attempts to reach a database that went away.
pub const DATABASE_NAP: Duration = Duration::from_millis(100);
/// How long opening waits for another server to let go of the database, unless set otherwise: one that was just killed.
pub const DATABASE_LOCK_PATIENCE: Duration = Duration::from_secs(3);
/// Times a group is sent again after serialization failures and deadlocks before its callers are told to come back.
pub const DATABASE_ATTEMPTS: usize = 10;
/// Lanes of writing to a database, unless set otherwise: while one waits for the disk, others work.
pub const DATABASE_LANES: usize = 3;
/// Most lanes of writing to a database.
pub const DATABASE_LANES_MAX: usize = 16;
/// Most groups that are under way in a lane at a time: the database works on one, the others lie ready behind it.
pub const DATABASE_GROUPS: usize = 2;
/// Beside groups under way the next one goes once it has this share (1/n) of the largest's batches.
pub const DATABASE_GROUP_SHARE: usize = 2;
/// Most waiting batches that are passed over, because they must wait for others, while a group is put together.
pub const DATABASE_HELD_UP: usize = 4_096;
/// Time between two syncs of the high-water mark beside a database.
pub const DATABASE_MARK_INTERVAL: Duration = Duration::from_secs(1);
/// Threads that drive the connections to the database.
pub const DATABASE_THREADS: usize = 2;
/// How long closing waits for the connections to end.
pub const DATABASE_CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
