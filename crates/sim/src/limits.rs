//! Every bound of the simulator, with its unit.

/// Times tasks of one run may be polled before the run counts as stuck, in polls.
pub const POLLS_MAX: u64 = 20_000_000;
/// Simulated time one run may take, in milliseconds: 20 days.
pub const SIMULATED_MS_MAX: i64 = 20 * 24 * 3600 * 1000;
/// Lines of the trace that a failure shows.
pub const TAIL_LINES: usize = 60;
/// How long a client waits for an answer, in simulated milliseconds.
pub const ANSWER_WAIT_MS: i64 = 20_000;
/// Times a client repeats one request before it lets it be, in attempts.
pub const ATTEMPTS_MAX: usize = 12;
/// Times a client tries to come in before it stays outside, in attempts.
pub const DOOR_ATTEMPTS_MAX: usize = 14;
/// How long the server may take until nothing is on its way any more once all faults are over, in simulated milliseconds.
pub const QUIET_WITHIN_MS: i64 = 30 * 60 * 1000;
/// Messages of one conversation that the oracle reads, in messages.
pub const HISTORY_MAX: usize = 20_000;
/// Crashes in one run: without an end to them a busy disk comes to nothing, in crashes.
pub const CRASHES_MAX: usize = 20;
/// How often a device looks for what no signal told it, in simulated milliseconds.
pub const POLL_EVERY_MS: i64 = 5_000;
/// How long a file that no message holds stays, in simulated seconds.
pub const MEDIA_GRACE_SECONDS: i64 = 60;
/// How often the server looks for files that nobody holds, in simulated milliseconds.
pub const COLLECT_EVERY_MS: i64 = 20_000;
/// Timers looked at by one such look, in timers.
pub const COLLECT_TIMERS: usize = 50;
/// Looks at the end of a run within which nothing may be left to remove, in looks.
pub const LAST_LOOKS: usize = 50;
/// By how much the clock leaps before them, in milliseconds: past the time of whatever waits to be removed.
pub const LAST_LEAP_MS: i64 = 48 * 3600 * 1000;
/// Longest file, in bytes.
pub const FILE_MAX_BYTES: u64 = 1024;
