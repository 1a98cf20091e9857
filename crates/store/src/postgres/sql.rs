//! Every statement the engine sends, in one place.
//!
//! Plain tables, arrays as parameters, no modifying CTE and no PL/pgSQL: what distributed relatives of PostgreSQL refuse is
//! not used. What must hold is asserted by an expression that fails, so that a whole transaction can be sent at once.
//!
//! The two tables: `kentong_records` holds every record, its key cut in two (`owner`: hash, length and owner; `key`: the
//! suffix), so that the order of (owner, key) is the order of encoded keys and all of an owner is on one shard.
//! `kentong_engine` holds one row for each lane of writing: the format of the data, who writes (`holder`, `epoch`), and the
//! number of the lane's last group.

/// The state an assertion about a record fails with: division by zero.
pub(super) const CONFLICT: &str = "22012";
/// The state the fence fails with: a text that is no boolean.
pub(super) const FENCED: &str = "22P02";

/// What is wanted of every session, each by itself, because relatives of PostgreSQL know only some of them: a dead peer is
/// noticed within half a minute, a transaction that nobody ends is ended, and plans never read the whole table, however
/// little the planner knows about it yet. The first one makes the durability that was found at the beginning stay, whatever
/// is configured meanwhile.
pub(super) const SESSION: [&str; 13] = [
    "SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false)",
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
    "SET tcp_user_timeout = 25000",
    "SET lock_timeout = 10000",
    "SET default_transaction_isolation = 'read committed'",
    "SET jit = off",
    "SET enable_seqscan = off",
    "SET enable_bitmapscan = off",
    "SET enable_hashjoin = off",
    "SET enable_mergejoin = off",
    "SET plan_cache_mode = force_generic_plan",
];

/// Settings without which an acknowledged write may be lost: name, and the value that is refused.
pub(super) const DURABILITY: [&str; 3] = ["fsync", "synchronous_commit", "full_page_writes"];

pub(super) const WHERE: &str = "SELECT current_schema()::text, pg_is_in_recovery()";
pub(super) const HAS_TABLES: &str =
    "SELECT to_regclass('kentong_engine') IS NOT NULL, to_regclass('kentong_records') IS NOT NULL";
pub(super) const TAKE_LOCK: &str = "SELECT pg_try_advisory_lock($1)";
pub(super) const FORMAT: &str = "SELECT max(format) FROM kentong_engine";

pub(super) const CREATE_RECORDS: &str = "CREATE TABLE kentong_records \
     (owner bytea NOT NULL, key bytea NOT NULL, value bytea NOT NULL, PRIMARY KEY (owner, key))";
pub(super) const CREATE_ENGINE: &str = "CREATE TABLE kentong_engine (lane integer PRIMARY KEY, \
     format integer NOT NULL, holder text NOT NULL, epoch bigint NOT NULL, seq bigint NOT NULL)";
pub(super) const ADD_LANE: &str =
    "INSERT INTO kentong_engine (lane, format, holder, epoch, seq) VALUES ($1, $2, '', 0, 0) ON CONFLICT DO NOTHING";

/// Whether the Citus extension is there, and whether it distributes the records already.
pub(super) const HAS_CITUS: &str = "SELECT count(*) FROM pg_extension WHERE extname = 'citus'";
pub(super) const IS_DISTRIBUTED: &str =
    "SELECT count(*) FROM pg_dist_partition WHERE logicalrelid = 'kentong_records'::regclass";
/// The greatest hash of each shard. A shard that is split while the server runs is noticed at its next start: until then its
/// groups may touch both halves, which costs time and harms nothing.
pub(super) const SHARDS: &str =
    "SELECT shardmaxvalue::integer FROM pg_dist_shard WHERE logicalrelid = 'kentong_records'::regclass";
pub(super) const DISTRIBUTE: &str = "SELECT create_distributed_table('kentong_records', 'owner')";

/// A new server takes all lanes, whoever had them; waits for transactions of the old one that are still under way.
pub(super) const TAKE_LANES: &str =
    "UPDATE kentong_engine SET holder = $1, epoch = epoch + 1, format = $2 RETURNING lane, epoch, seq";
/// The server that has the lanes takes them again, so that nothing it sent before can still happen.
pub(super) const RETAKE_LANES: &str =
    "UPDATE kentong_engine SET epoch = epoch + 1 WHERE holder = $1 RETURNING lane, epoch, seq";
pub(super) const HOLDER: &str = "SELECT holder FROM kentong_engine WHERE lane = $1";
pub(super) const NEW_HOLDER: &str = "SELECT gen_random_uuid()::text";

/// First of each group: this server still has the lane, and the lane's group before this one is its last. Else it fails.
pub(super) const FENCE: &str = "UPDATE kentong_engine SET seq = $3::bigint WHERE lane = $1 AND \
     CASE WHEN epoch = $2 AND seq = $3::bigint - 1 THEN true ELSE (epoch::text || ' is the epoch')::boolean END";

/// Locks the records that checks look at, in the order of their keys.
pub(super) const LOCK: &str = "SELECT count(*) FROM (SELECT 1 FROM unnest($1::bytea[], $2::bytea[]) AS wanted (owner, key) \
     JOIN kentong_records AS found ON found.owner = wanted.owner AND found.key = wanted.key \
     ORDER BY found.owner, found.key FOR UPDATE OF found) AS locked";
/// Fails unless each record begins as expected, or is absent where nothing is expected. A record's envelope begins with its
/// format and its version, so that the beginning says which version it is.
pub(super) const ASSERT: &str = "SELECT 1 / (CASE WHEN count(*) = 0 THEN 1 ELSE 0 END) \
     FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]) AS expected (owner, key, head) \
     LEFT JOIN kentong_records AS found ON found.owner = expected.owner AND found.key = expected.key \
     WHERE CASE WHEN expected.head IS NULL THEN found.value IS NOT NULL \
     ELSE found.value IS NULL OR substr(found.value, 1, octet_length(expected.head)) <> expected.head END";
/// Records that the checks found absent, or callers believe to be: one that came into being meanwhile is an error, not overwritten.
pub(super) const INSERT: &str = "INSERT INTO kentong_records (owner, key, value) \
     SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[])";
pub(super) const UPSERT: &str = "INSERT INTO kentong_records (owner, key, value) \
     SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bytea[]) \
     ON CONFLICT (owner, key) DO UPDATE SET value = EXCLUDED.value";
pub(super) const DELETE: &str = "DELETE FROM kentong_records AS found \
     USING unnest($1::bytea[], $2::bytea[]) AS gone (owner, key) \
     WHERE found.owner = gone.owner AND found.key = gone.key";

/// Many records; `place` is the position in the question, from 1.
pub(super) const GET_MANY: &str = "SELECT wanted.place, found.value \
     FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS wanted (owner, key, place) \
     JOIN kentong_records AS found ON found.owner = wanted.owner AND found.key = wanted.key";
pub(super) const GET_ONE: &str = "SELECT value FROM kentong_records WHERE owner = $1 AND key = $2";
pub(super) const KEYS: &str =
    "SELECT key FROM kentong_records WHERE owner = $1 AND key >= $2 AND key < $3 ORDER BY key LIMIT $4";

/// One page upwards. The weights are summed so that no more leaves the database than the page may hold: an item is sent
/// when the one before it is on the page, since the first one beyond says where to go on.
pub(super) const SCAN_UP: &str = "SELECT key, value FROM (SELECT key, value, \
     sum(octet_length(owner) + octet_length(key) + octet_length(value)) \
     OVER (ORDER BY key ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS before \
     FROM (SELECT owner, key, value FROM kentong_records WHERE owner = $1 AND key >= $2 AND key < $3 \
     ORDER BY key LIMIT $4) AS page) AS weighed WHERE coalesce(before, 0) <= $5 ORDER BY key";
/// One page downwards.
pub(super) const SCAN_DOWN: &str = "SELECT key, value FROM (SELECT key, value, \
     sum(octet_length(owner) + octet_length(key) + octet_length(value)) \
     OVER (ORDER BY key DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) AS before \
     FROM (SELECT owner, key, value FROM kentong_records WHERE owner = $1 AND key >= $2 AND key < $3 \
     ORDER BY key DESC LIMIT $4) AS page) AS weighed WHERE coalesce(before, 0) <= $5 ORDER BY key DESC";

/// The second statement makes the database choose the instant.
pub(super) const BEGIN_SNAPSHOT: &str =
    "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SELECT count(*) FROM kentong_engine";
/// Records from a place on, in the order of keys, no more than a chunk holds.
pub(super) const SNAPSHOT_CHUNK: &str = "SELECT owner, key, value FROM (SELECT owner, key, value, \
     sum(octet_length(owner) + octet_length(key) + octet_length(value)) OVER (ORDER BY owner, key) AS until \
     FROM (SELECT owner, key, value FROM kentong_records WHERE (owner, key) >= ($1, $2) \
     ORDER BY owner, key LIMIT $3) AS page) AS weighed WHERE until <= $4 ORDER BY owner, key";
