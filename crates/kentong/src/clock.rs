//! The runtime of a real server: the system's randomness, and the clock that message ids and dates are made from.
//!
//! Clients break when that clock runs backwards, so the wall clock is read once, at start, and then only steers
//! [`ProtocolClock`], which follows the monotonic one. The time is also kept in a file of the data folder every few
//! seconds, so that a wall clock set back while the server was down is outlived. What this does not notice: a clock set
//! back by less than [`KEEP_EVERY`] while the server was killed.

use std::path::{Path, PathBuf};
use std::sync::RwLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use mtproto::session::ProtocolClock;
use platform::Runtime;

/// How often the clock is steered and written down.
pub const KEEP_EVERY: Duration = Duration::from_secs(5);
const KEEP_MS: i64 = KEEP_EVERY.as_millis() as i64;
/// The file of the data folder with the time last written down.
pub const FILE: &str = "clock";

/// Time and randomness of the machine.
pub struct SystemRuntime {
    started: Instant,
    clock: RwLock<ProtocolClock>,
    last_told_ms: AtomicI64,
    file: PathBuf,
}

impl SystemRuntime {
    /// Anchored now, not before the time that the last process of this data folder told.
    pub fn start(data: &Path) -> Self {
        Self::start_at(data, wall_ms())
    }

    fn start_at(data: &Path, wall_ms: i64) -> Self {
        let file = data.join(FILE);
        let kept_ms = last_told_ms(data);
        let floor_ms = if kept_ms > wall_ms { kept_ms.saturating_add(KEEP_MS) } else { 0 };
        if floor_ms > 0 {
            tracing::warn!(kept_ms, wall_ms, "the wall clock was set back: going on from the time last written down");
        }
        Self {
            started: Instant::now(),
            clock: RwLock::new(ProtocolClock::start(wall_ms, 0, floor_ms)),
            last_told_ms: AtomicI64::new(0),
            file,
        }
    }

    /// Steers towards the wall clock and writes the time down; call it every [`KEEP_EVERY`], and once at the end. Not
    /// synced: a torn file is ignored.
    pub fn keep(&self) {
        self.steer(wall_ms());
        let draft = self.file.with_extension("new");
        let kept = std::fs::write(&draft, line(self.now_ms())).and_then(|()| std::fs::rename(&draft, &self.file));
        if let Err(error) = kept {
            tracing::warn!(error = %error, "cannot keep the clock");
        }
    }

    fn steer(&self, wall_ms: i64) {
        let monotonic_ms = self.monotonic_ms();
        if let Ok(mut clock) = self.clock.write() {
            clock.steer(wall_ms, monotonic_ms, KEEP_MS);
        }
    }

    fn monotonic_ms(&self) -> i64 {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

impl Runtime for SystemRuntime {
    fn now_ms(&self) -> i64 {
        let monotonic_ms = self.monotonic_ms();
        let clock = *self.clock.read().expect("nothing panics while it holds the clock");
        let now_ms = clock.at(monotonic_ms).0;
        // Mostly the millisecond is the one told last: threads need not write it by turns.
        match self.last_told_ms.load(Ordering::Relaxed) {
            told if told >= now_ms => told,
            _ => self.last_told_ms.fetch_max(now_ms, Ordering::Relaxed).max(now_ms),
        }
    }

    fn told_ms(&self) -> i64 {
        self.last_told_ms.load(Ordering::Relaxed)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("an operating system without randomness cannot run a messenger");
    }
}

/// The time twice, so that a flipped bit does not send the server into the future.
fn line(now_ms: i64) -> String {
    format!("{now_ms} = {now_ms}\n")
}

/// The time last written down; once, in files of the first release. One that is not whole is worth nothing.
fn read(file: &Path) -> Option<i64> {
    let text = std::fs::read_to_string(file).ok()?;
    let kept_ms = match text.split_whitespace().collect::<Vec<_>>().as_slice() {
        [time, "=", again] if time == again => time.parse().ok(),
        [time] => time.parse().ok(),
        _ => None,
    };
    if kept_ms.is_none() {
        tracing::warn!(file = %file.display(), "the file is damaged: going by the wall clock");
    }
    kept_ms
}

/// The time last written down in this data folder, Unix milliseconds; 0 if none can be read.
pub fn last_told_ms(data: &Path) -> i64 {
    read(&data.join(FILE)).unwrap_or(0)
}

/// The wall clock, Unix milliseconds.
#[expect(clippy::disallowed_methods, reason = "this is the one reader of the wall clock")]
pub fn wall_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_where_the_last_process_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let first = SystemRuntime::start_at(folder.path(), 9_000_000);
        first.keep();
        let told_ms = first.now_ms();
        let second = SystemRuntime::start_at(folder.path(), 8_700_000);
        assert!(second.now_ms() >= told_ms);
    }

    #[test]
    fn no_flipped_bit_moves_the_clock() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        let whole = line(9_000_000);
        for bit in 0..whole.len() * 8 {
            let mut bytes = whole.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&file, bytes).unwrap();
            assert!(matches!(read(&file), None | Some(9_000_000)), "bit {bit}");
        }
        std::fs::write(&file, "9000000").unwrap();
        assert_eq!(read(&file), Some(9_000_000), "as the first release wrote it");
    }

    #[test]
    fn a_restart_without_mischief_goes_by_the_wall_clock() {
        let folder = tempfile::tempdir().unwrap();
        SystemRuntime::start_at(folder.path(), 9_000_000).keep();
        let second = SystemRuntime::start_at(folder.path(), 9_000_100);
        assert!((9_000_100..9_005_000).contains(&second.now_ms()));
    }

    #[test]
    fn it_never_steps_back_while_being_steered() {
        let folder = tempfile::tempdir().unwrap();
        let clock = SystemRuntime::start_at(folder.path(), 9_000_000);
        let mut last_ms = clock.now_ms();
        for wall_ms in [9_000_000, 0, 99_000_000, -5] {
            clock.steer(wall_ms);
            let now_ms = clock.now_ms();
            assert!(now_ms >= last_ms && now_ms < 9_010_000);
            last_ms = now_ms;
        }
    }
}
