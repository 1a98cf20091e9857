//! Every bound of the load, with its unit.

use std::time::Duration;

/// Bytes read from a socket at once.
pub const READ_CHUNK_BYTES: usize = 64 * 1024;
/// Content messages after which their arrival is acknowledged at once, in messages.
pub const ACKS_WAITING_MAX: usize = 16;
/// Content messages after which an acknowledgement travels with the next call, in messages.
pub const ACKS_CARRIED_MIN: usize = 8;
/// Numbers of messages by which a repeated one is known, in messages.
pub const RECENT_MESSAGES: usize = 64;
/// A dialled server must take the connection within this time.
pub const DIAL_TIMEOUT: Duration = Duration::from_secs(20);
/// A key exchange may take so long with all its waiting: TDLib's patience.
pub const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(10);
/// An answer must come within this time.
pub const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);
/// A login code must stand in the log within this time.
pub const CODE_TIMEOUT: Duration = Duration::from_secs(20);
/// How often the log is read while somebody waits for a code.
pub const CODE_NAP: Duration = Duration::from_millis(2);
/// Codes kept for those who did not ask yet, in codes.
pub const CODES_KEPT: usize = 200_000;
/// The life of a temporary key, in seconds: a day, as clients ask for.
pub const TEMPORARY_KEY_SECONDS: i32 = 86_400;
/// Loopback addresses that clients come from, in addresses.
pub const SOURCES_MAX: u32 = 60_000;
/// People made at a time before a scene begins, in people.
pub const PREPARING_AT_A_TIME: usize = 64;
/// Somebody who is to be there before a scene begins must have come in within this time.
pub const SETTLING_MAX: Duration = Duration::from_secs(300);
/// Connections of one worker: its share of the usual limit of open files, with room for its own.
pub const CONNECTIONS_PER_WORKER: u64 = 19_500;
/// How much less a worker of newcomers weighs than that of the people whose latencies are measured, in steps of `nice`.
pub const YIELDING_NICE: i32 = 19;
/// Workers of one run, in processes.
pub const WORKERS_MAX: u32 = 64;
/// What is under way when a scene ends must come to an end within this time.
pub const FINISH_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest latency told apart from longer ones, in microseconds.
pub const LATENCY_MAX_US: u64 = 600_000_000;
/// Findings told in words, in findings; the rest is counted.
pub const FINDINGS_KEPT: usize = 20;
/// Pages of one difference, in pages.
pub const DIFFERENCE_PAGES_MAX: usize = 1_000;
/// A server that starts must be ready within this time.
pub const READY_TIMEOUT: Duration = Duration::from_secs(120);
/// A server told to end must have ended within this time.
pub const END_TIMEOUT: Duration = Duration::from_secs(60);
/// How often the server is looked at while a run lasts.
pub const SAMPLE: Duration = Duration::from_secs(1);
/// Processor time within [`SAMPLE`] below which a server counts as quiet, in milliseconds.
pub const QUIET_MS: u64 = 30;
/// Quiet samples in a row that end a measurement, in samples.
pub const QUIET_SAMPLES: u32 = 3;
/// Quiet must come within this time.
pub const QUIET_TIMEOUT: Duration = Duration::from_secs(60);
/// How long the bare operations are timed before and after a run, each.
pub const BARE_TIME: Duration = Duration::from_millis(400);
/// The first pause of a client whose connection was lost: TDLib's.
pub const BACK_OFF_FIRST: Duration = Duration::from_secs(1);
/// Its longest pause.
pub const BACK_OFF_MAX: Duration = Duration::from_secs(64);
/// Bytes that a sink reads at once.
pub const SINK_CHUNK_BYTES: usize = 512;
/// Newcomers of a worker who were turned away and will come back, in people; beyond it whoever is turned away gives up.
pub const AWAY_MAX: usize = 500_000;
/// Newcomers of a worker under way at a time, whatever the rate: those beyond it are counted as turned away by the fleet.
pub const NEWCOMERS_UNDER_WAY_MAX: usize = 15_000;
