//! The runtime of a real server: the system's randomness, and a clock that never steps back.
//!
//! Message ids and `date`s are made from this clock, and clients break when they run backwards. So the wall clock is read
//! once, at start; from then on the monotonic clock counts, and is drawn towards the wall clock by a thousandth at most.
//! The time is kept in a file of the data folder every few seconds, so that a wall clock set back while the server was
//! down is outlived as well, up to [`SET_BACK_MAX_MS`]; beyond that the file is taken for the mistake. What this does not
//! notice: a clock set back by less than [`KEEP_EVERY`] while the server was killed.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use platform::Runtime;

/// How often the clock is drawn towards the wall clock.
pub const ADJUST_EVERY: Duration = Duration::from_secs(1);
/// What may have been told after it was last written down.
const KEEP_MS: i64 = KEEP_EVERY.as_millis() as i64;
/// How far at most at each adjustment, in milliseconds.
const ADJUST_MAX_MS: i64 = 1;
/// How often the time is written down.
pub const KEEP_EVERY: Duration = Duration::from_secs(5);
/// The furthest the wall clock may have been set back over a restart and still be outlived, in milliseconds.
const SET_BACK_MAX_MS: i64 = 24 * 3600 * 1000;
/// The file of the data folder with the last time written down.
const FILE: &str = "clock";

/// Time and randomness of the machine.
pub struct SystemRuntime {
    started: Instant,
    started_ms: i64,
    offset_ms: AtomicI64,
    last_told_ms: AtomicI64,
    file: PathBuf,
}

impl SystemRuntime {
    /// Anchored now, not before the time that the last process of this data folder told.
    pub fn start(data: &Path) -> Self {
        let file = data.join(FILE);
        let kept_ms = std::fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok());
        let started_ms = anchor(wall_ms(), kept_ms);
        Self {
            started: Instant::now(),
            started_ms,
            offset_ms: AtomicI64::new(0),
            last_told_ms: AtomicI64::new(started_ms),
            file,
        }
    }

    /// Draws the clock towards the wall clock; call it every [`ADJUST_EVERY`].
    pub fn adjust(&self) {
        let behind_ms = wall_ms() - self.counted_ms();
        self.offset_ms.fetch_add(behind_ms.clamp(-ADJUST_MAX_MS, ADJUST_MAX_MS), Ordering::Relaxed);
    }

    /// Writes the time down; call it every [`KEEP_EVERY`] and once at the end. Not synced: a torn file is ignored.
    pub fn keep(&self) {
        let draft = self.file.with_extension("new");
        let kept = std::fs::write(&draft, self.now_ms().to_string()).and_then(|()| std::fs::rename(&draft, &self.file));
        if let Err(error) = kept {
            tracing::warn!(error = %error, "cannot keep the clock");
        }
    }

    fn counted_ms(&self) -> i64 {
        let elapsed_ms = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.started_ms + elapsed_ms + self.offset_ms.load(Ordering::Relaxed)
    }
}

impl Runtime for SystemRuntime {
    fn now_ms(&self) -> i64 {
        let counted_ms = self.counted_ms();
        self.last_told_ms.fetch_max(counted_ms, Ordering::Relaxed).max(counted_ms)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("an operating system without randomness cannot run a messenger");
    }
}

fn anchor(wall_ms: i64, kept_ms: Option<i64>) -> i64 {
    match kept_ms {
        Some(kept_ms) if kept_ms > wall_ms && kept_ms - wall_ms <= SET_BACK_MAX_MS => kept_ms + KEEP_MS,
        Some(kept_ms) if kept_ms > wall_ms => {
            tracing::warn!(kept_ms, wall_ms, "the clock was far ahead at the last stop: going by the wall clock");
            wall_ms
        }
        _ => wall_ms,
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one reader of the wall clock")]
fn wall_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_over_a_restart_is_outlived() {
        assert_eq!(anchor(1_000, None), 1_000);
        assert_eq!(anchor(1_000, Some(500)), 1_000);
        assert_eq!(anchor(1_000, Some(9_000)), 9_000 + KEEP_MS);
        assert_eq!(anchor(1_000, Some(1_001 + SET_BACK_MAX_MS)), 1_000);
    }

    #[test]
    fn it_goes_on_where_the_last_process_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = SystemRuntime::start(folder.path());
        first.started_ms += 3_600_000;
        first.keep();
        let told_ms = first.now_ms();
        assert!(SystemRuntime::start(folder.path()).now_ms() >= told_ms);
    }

    #[test]
    fn it_never_steps_back_while_being_adjusted() {
        let folder = tempfile::tempdir().unwrap();
        let mut clock = SystemRuntime::start(folder.path());
        clock.started_ms += 60_000;
        let mut last_ms = clock.now_ms();
        for _ in 0..100 {
            clock.adjust();
            let now_ms = clock.now_ms();
            assert!(now_ms >= last_ms);
            last_ms = now_ms;
        }
        assert_eq!(clock.offset_ms.load(Ordering::Relaxed), -100);
    }
}
