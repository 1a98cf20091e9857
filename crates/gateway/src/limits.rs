//! The bounds of sockets, connections, sessions and fan-out, each with its unit.

use std::time::Duration;

/// The first bytes, which say what is spoken, must arrive within this time (T4).
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection must have proved to hold a key within this time; a key exchange on a slow phone takes several seconds.
pub const PRE_AUTH_TIMEOUT: Duration = Duration::from_secs(75);
/// A frame that has begun must be whole within this time.
pub const FRAME_TIMEOUT: Duration = Duration::from_secs(180);
/// A connection on which nothing is heard for so long is closed; clients ping every minute or so.
pub const IDLE_TIMEOUT: Duration = Duration::from_secs(900);
/// A write that makes no progress for so long closes the connection.
pub const WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// Saying goodbye may take so long; then the connection is dropped.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);
/// Shortest delay granted to `ping_delay_disconnect`, in seconds. mtcute asks for 7 while it waits for answers and then
/// falls silent for up to 65: taken at its word, every idle client of it would connect anew every few seconds.
pub const DISCONNECT_DELAY_MIN_SECONDS: u64 = 75;
/// Longest delay a client may ask for with `ping_delay_disconnect`, in seconds.
pub const DISCONNECT_DELAY_MAX_SECONDS: u64 = 600;

/// Most connections of one address that have not proved to hold a key.
pub const PRE_AUTH_CONNECTIONS_PER_IP: u32 = 1024;
/// Most bytes of one address read on connections that have not proved to hold a key.
pub const PRE_AUTH_BYTES_PER_IP: u64 = 64 * 1024 * 1024;
/// Most connections in all.
pub const CONNECTIONS_MAX: usize = 200_000;
/// Bytes read from a socket at once.
pub const READ_CHUNK_BYTES: usize = 16 * 1024;
/// Bytes of a frame that has begun which count as nothing: what messages take.
pub const FRAME_FREE_BYTES: usize = 64 * 1024;
/// Bytes of everybody's longer frames that have begun; beyond it their connections close.
pub const FRAMES_MAX_BYTES: usize = 512 * 1024 * 1024;
/// Bytes of everybody's longer HTTP bodies that are not whole yet; beyond it they are refused.
pub const BODIES_MAX_BYTES: usize = 128 * 1024 * 1024;
/// Sealed bytes collected before they are written.
pub const WRITE_CHUNK_BYTES: usize = 128 * 1024;
/// Connections accepted in a row before others get their turn: what a burst of strangers may keep messages waiting.
pub const ACCEPTS_IN_A_ROW: usize = 16;
/// Bytes looked at of a connection while newcomers are turned away: the transport's header and the first plain message.
pub const EARLY_BYTES: usize = 512;
/// And so many times in a row while newcomers are turned away, before those who had said nothing are looked at again.
pub const ACCEPT_ROUNDS_IN_A_ROW: usize = 16;
/// How often it is looked who came, while newcomers are turned away: so many together cost less than each alone.
pub const EARLY_PAUSE: Duration = Duration::from_millis(5);
/// Whoever has said nothing is looked at again and again for so long, before they go the usual way.
pub const EARLY_SILENCE: Duration = Duration::from_millis(500);
/// So many of them each time: it takes about a fiftieth of [`EARLY_PAUSE`].
pub const EARLY_LOOKS: usize = 128;
/// Most who are looked at again, so that each has their turn every 40 ms; others go the usual way at once.
pub const EARLY_SILENT_MAX: usize = 1_024;
/// Pause after the operating system refuses a connection for want of descriptors.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Threads for key exchanges when the configuration names none.
pub const CRYPTO_THREADS: usize = 1;
/// Key exchange jobs that may wait, in pieces: at 2 ms each, about 8 s of one thread.
pub const CRYPTO_QUEUE_JOBS: usize = 4096;
/// A key exchange waits this long for its turn, then its socket closes without a word.
pub const CRYPTO_WAIT: Duration = Duration::from_secs(8);

/// How often it is looked how long things wait.
pub const LOAD_TICK: Duration = Duration::from_millis(100);
/// How often it is looked what is left of files and memory, in looks at the waits.
pub const RESOURCES_EVERY_TICKS: u32 = 10;
/// A longer mean wait is overload, unless the operator says otherwise.
pub const WAIT_OVERLOADED: Duration = Duration::from_millis(20);
/// A batch that has been on its way to the disk for longer is overload, whatever is counted.
pub const COMMIT_AGE_MAX: Duration = Duration::from_millis(500);
/// With fewer requests in a look, and fewer under way than the next, there is nothing to refuse.
pub const QUIET_REQUESTS_PER_TICK: u64 = 20;
/// Requests under way.
pub const QUIET_IN_FLIGHT: usize = 32;
/// The pressure at which C3 has lost all it may, and C2 begins to lose.
pub const PRESSURE_STEP: u32 = 100;
/// The most pressure there is.
pub const PRESSURE_MAX: u32 = 2 * PRESSURE_STEP;
/// What a look that finds overload adds to the pressure.
pub const PRESSURE_RISE: u32 = 10;
/// What a look that finds none takes from it.
pub const PRESSURE_FALL: u32 = 5;
/// The most of C3 that is refused while C2 is not, in percent.
pub const C3_SHED_MAX_PERCENT: u32 = 80;
/// The most of C2 that is refused by class, in percent: the waiting room lets nobody in beyond the pace as it is.
pub const C2_SHED_MAX_PERCENT: u32 = 50;
/// The shortest FLOOD_WAIT of a request that is refused by class, in seconds.
pub const SHED_WAIT_MIN_SECONDS: u32 = 3;
/// The longest.
pub const SHED_WAIT_MAX_SECONDS: u32 = 15;
/// However great the load: so many newcomers a minute come in; a fiftieth of what one processor takes.
pub const BEARABLE_MIN_PER_MINUTE: u32 = 600;
/// However long the overload: so large a part of the best of recent minutes comes in. What does not end when fewer come has
/// another cause.
pub const BEARABLE_LEAST_PART: u64 = 2;
/// Looks of a second that find overload before the pace of newcomers is lowered for it: a slow write is over by then.
pub const BEARABLE_OVERLOADED_LOOKS: u32 = 3;
/// How slowly that best is forgotten, in parts of it a second.
pub const BEARABLE_BEST_FADES: u64 = 128;
/// After the pace was lowered it is not lowered again for so many seconds: what was let in before is still being served.
pub const BEARABLE_HELD_SECONDS: u32 = 3;
/// After so many seconds without overload the pace grows fast, and there is none when all who wait come in within as many.
pub const BEARABLE_QUIET_SECONDS: u32 = 5;
/// Requests a second of a key where somebody is signed in, over a long time; ten times what a busy client makes.
pub const KEY_REQUESTS_PER_SECOND: u32 = 2_000;
/// And at once.
pub const KEY_BURST_REQUESTS: u32 = 20_000;
/// Requests a second of a key where nobody is signed in, over a long time.
pub const STRANGER_REQUESTS_PER_SECOND: u32 = 20;
/// And at once.
pub const STRANGER_BURST_REQUESTS: u32 = 400;
/// With less memory left the least urgent is refused, in bytes.
pub const MEMORY_LEFT_MIN_BYTES: u64 = 128 * 1024 * 1024;
/// With less room on the disk of the store the least urgent is refused, in bytes; the store itself stops later.
pub const STORE_LEFT_MIN_BYTES: u64 = 512 * 1024 * 1024;
/// Files that no connection takes, so that the store can open its own, in files.
pub const FILES_KEPT: u64 = 256;
/// And where the system allows few: no more of them than one of so many.
pub const FILES_KEPT_PART: u64 = 8;
/// With so much of the others open no key exchange begins: the rest is for people who have a key, in percent.
pub const FILES_FOR_STRANGERS_PERCENT: u64 = 95;

/// Fewest key exchanges that may be under way at once, while there are files.
pub const GATE_WINDOW_MIN: usize = 16;
/// As many as may begin at once on a server that nobody came to yet, and the most while clients finish so slowly that more would
/// not be finished either.
pub const GATE_WINDOW_FIRST: usize = 256;
/// No more exchanges are under way than are finished in this time at the present pace: with [`GATE_LINE`] it is just less than
/// the 10 s that TDLib gives all of it.
pub const GATE_TURNS_LAST: Duration = Duration::from_secs(5);
/// The part of the present pace in its moving mean, with each look.
pub const GATE_PACE_PART: f64 = 0.05;
/// And while the waiting room behind the key is full.
pub const GATE_WINDOW_LEAST: usize = 4;
/// The waiting room is full for the gate when it takes longer than this to let everybody in, in seconds: enough that it is
/// never empty for want of keys, and well beyond [`BEARABLE_QUIET_SECONDS`], but no more, for keys of people who wait are made
/// with what would let others in.
pub const GATE_ROOM_SECONDS: usize = 10;
/// Most key exchanges that may be under way at once.
pub const GATE_WINDOW_MAX: usize = 4_096;
/// Key exchanges that may wait for their turn.
pub const GATE_WAITING_MAX: usize = 8_192;
/// Of one address, or one IPv6 /64.
pub const GATE_WAITING_PER_ADDRESS: u32 = 1_024;
/// Fewest that may wait whatever the pace is, unless none may begin: a burst is no flood.
pub const GATE_WAITING_MIN: usize = 1_024;
/// Key exchanges beside the line, for addresses from which somebody is signed in.
pub const GATE_BESIDE_MAX: usize = 32;
/// Of one of those addresses: a household's apps.
pub const GATE_BESIDE_PER_ADDRESS: usize = 4;
/// A place in the line is kept this long for somebody who was accepted and has not come to it yet.
pub const GATE_EXPECTED: Duration = Duration::from_secs(1);
/// A key exchange waits for its turn this long, then its socket closes without a word.
pub const GATE_WAIT: Duration = Duration::from_secs(8);
/// The line is no longer than what is served in this time at the present pace: TDLib gives a whole exchange 10 s, of which
/// those who wait need the rest.
pub const GATE_LINE: Duration = Duration::from_secs(4);
/// A key exchange that has its turn counts as under way for this long, whether or not it goes on.
pub const GATE_TURN: Duration = Duration::from_secs(10);
/// How much less the threads for newcomers and those for key exchanges weigh than those for messages, in steps of `nice`: a
/// seventieth of the processor where both want all of it.
pub const NEWCOMERS_NICE: i32 = 19;
/// Threads of the newcomers' runtime for what waits for a disk, at most.
pub const NEWCOMERS_BLOCKING_THREADS_MAX: usize = 8;
/// Longest header of a proxy that is read, in bytes: addresses, and what proxies like to add.
pub const PROXY_HEADER_MAX_BYTES: usize = 1_024;

/// Sessions of one key.
pub const SESSIONS_PER_KEY: usize = 64;
/// Sessions of one connection.
pub const SESSIONS_PER_CONNECTION: usize = 16;
/// Sessions in all.
pub const SESSIONS_MAX: usize = 400_000;
/// Sessions without connection that are kept, besides as many as have one: each takes some kilobytes, and in a flood
/// hundreds a second are left. Looked at with every sweep.
pub const SESSIONS_LEFT_MAX: usize = 16_384;
/// A session without connection is kept for this long, in milliseconds.
pub const SESSION_KEPT_MS: i64 = 600_000;
/// Bytes of messages kept for a session without connection, at most.
pub const SESSION_KEPT_BYTES: usize = 128 * 1024;
/// Bytes of messages kept for a session without connection where nobody is signed in.
pub const SESSION_KEPT_STRANGER_BYTES: usize = 2 * 1024;
/// Bytes of messages kept for all sessions without connection together, roughly: the more sessions, the less for each.
pub const SESSIONS_KEPT_BYTES: usize = 512 * 1024 * 1024;
/// Sessions forgotten at once when there are too many.
pub const SESSIONS_EVICTED: usize = 64;
/// How often sessions without connection are looked through.
pub const SWEEP_EVERY: Duration = Duration::from_secs(15);
/// Parts of the list of open connections, each with a lock of its own.
pub const LINK_SHARDS: usize = 16;
/// What the task of a connection takes while it sleeps, in bytes: idle connections are the many. The runtime adds less than
/// a hundred to it.
pub const CONNECTION_TASK_BYTES: usize = 640;
/// What a session takes without what is kept for its client, in bytes.
pub const SESSION_BYTES: usize = 640;
/// Shards of the registry of sessions, a power of two.
pub const REGISTRY_SHARDS: usize = 64;

/// Requests of one session that run at once.
pub const RPC_RUNNING_PER_SESSION: usize = 128;
/// Requests of one session that wait for their turn; beyond it they are told to come back.
pub const RPC_WAITING_PER_SESSION: usize = 4096;
/// Bytes of one session's requests that wait or run; beyond it they are told to come back.
pub const RPC_BYTES_PER_SESSION: usize = 16 * 1024 * 1024;
/// Bytes of requests of everybody that have no answer yet; beyond it they are told to come back.
pub const REQUESTS_MAX_BYTES: usize = 512 * 1024 * 1024;
/// Seconds in the FLOOD_WAIT of a request beyond that.
pub const RPC_OVERFLOW_WAIT_SECONDS: u32 = 3;
/// Answers with pieces of files that one session may have made and not yet written, in KiB; well below what the session
/// layer lets wait before it takes the reader for dead.
pub const READS_PER_SESSION_KIB: usize = 4 * 1024;
/// The same for everybody, in KiB.
pub const READS_MAX_KIB: usize = 512 * 1024;
/// A call that reads a file waits this long for room for its answer; then it is told to come back.
pub const READ_ROOM_TIMEOUT: Duration = Duration::from_secs(20);
/// A request that takes longer is answered with a FLOOD_WAIT; its work goes on.
pub const RPC_TIMEOUT: Duration = Duration::from_secs(40);
/// Seconds in the FLOOD_WAIT of a request that took too long or met trouble.
pub const RPC_TROUBLE_WAIT_SECONDS: u32 = 5;
/// `invokeAfterMsg` waits this long for a request that is known to run.
pub const INVOKE_AFTER_TIMEOUT: Duration = Duration::from_secs(15);
/// `invokeAfterMsg` waits this long for a request nobody has seen.
pub const INVOKE_AFTER_UNKNOWN_TIMEOUT: Duration = Duration::from_secs(3);
/// Outcomes of requests remembered per session for `invokeAfterMsg`.
pub const OUTCOMES_PER_SESSION: usize = 1024;

/// How long an outcome is remembered by a session at rest, in milliseconds: as long as a repetition of its request would be
/// taken for one.
pub const OUTCOME_KEPT_MS: i64 = 300_000;

/// Heads of locally online people are read again this often, whatever signals arrive.
pub const PUMP_EVERY: Duration = Duration::from_secs(5);
/// Parts in which they are looked at, spread over that time, at most.
pub const PUMP_PARTS: u32 = 50;
/// Signals of what a person's only device did itself that are passed over before their head is read all the same, in signals:
/// well below what a mailbox keeps in memory.
pub const PUMP_PASSED_OVER_MAX: usize = 64;
/// Tasks that serve the line of pumps, at most.
pub const CARRIERS_MAX: usize = 16;
/// Pumps in line for each of them before another one helps.
pub const PUMPS_PER_CARRIER: usize = 128;
/// Turns in a row before a carrier lets other tasks run.
pub const CARRIER_TURNS: usize = 32;
/// Batches of updates read in a row before others get their turn.
pub const PUMP_BATCHES: usize = 16;
/// Ephemeral news waiting for one person; more is dropped.
pub const PUMP_EPHEMERALS: usize = 64;
/// A result waits this long for pushes that precede it.
pub const PUMP_CATCH_UP: Duration = Duration::from_millis(50);

/// An HTTP response is held back this long at most when the client does not say, in milliseconds.
pub const HTTP_WAIT_DEFAULT_MS: u64 = 25_000;
/// An HTTP response is held back this long at most whatever the client says, in milliseconds.
pub const HTTP_WAIT_MAX_MS: u64 = 50_000;
/// An HTTP request must have come, and its response have begun, within this time.
pub const HTTP_TIMEOUT: Duration = Duration::from_secs(90);
/// Longest HTTP request head accepted, in bytes.
pub const HTTP_HEAD_BYTES: usize = 16 * 1024;
/// A connection's buffers of a WebSocket, in bytes.
pub const WEBSOCKET_BUFFER_BYTES: usize = 4 * 1024;

/// Salts of key exchanges remembered, in pieces.
pub const FIRST_SALTS: usize = 200_000;
/// How long a salt of a key exchange is remembered, in milliseconds: as long as the session honours it.
pub const FIRST_SALT_KEPT_MS: i64 = 1_800_000;
