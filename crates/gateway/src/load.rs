//! Who is served when there is not enough for all (DESIGN §6): how long things wait is watched, and what is least urgent is
//! refused first.
//!
//! Overload is told by *queueing time*, never by how busy a processor is: of batches before the committer, of tasks before
//! a thread, of jobs before the threads for key exchanges. `control` makes a pressure of it, [`Load::judge`] decides
//! about one request by its class, `watch` is the thread that looks.

mod control;
#[cfg(test)]
mod flood;
pub(crate) mod resources;
mod watch;

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use api::Class;
use platform::AuthKeyState;

pub(crate) use watch::start;

use crate::limits::{
    C2_SHED_MAX_PERCENT, C3_SHED_MAX_PERCENT, KEY_BURST_REQUESTS, KEY_REQUESTS_PER_SECOND, PRESSURE_STEP,
    SHED_WAIT_MAX_SECONDS, SHED_WAIT_MIN_SECONDS, STRANGER_BURST_REQUESTS, STRANGER_REQUESTS_PER_SECOND,
};

/// What is known of how things stand, for whoever decides about one request.
#[derive(Debug, Default)]
pub(crate) struct Load {
    /// 0 to 200: up to 100 C3 loses, beyond it C2, too.
    pressure: AtomicU32,
    /// Requests that came, to know whether refusing some would change anything.
    requests: AtomicU64,
    /// What the dice show next; it need not be secret.
    dice: AtomicU64,
}

impl Load {
    /// Whether this class is served now, or the seconds after which to ask again.
    ///
    /// # Errors
    /// The seconds, jittered: whoever is refused together does not come back together.
    pub(crate) fn judge(&self, class: Class) -> Result<(), u32> {
        let share = share_refused(class, self.pressure.load(Ordering::Relaxed));
        let dice = self.roll();
        if share == 0 || dice % 100 >= u64::from(share) {
            return Ok(());
        }
        metrics::REFUSED.inc(class_name(class));
        let spread = u64::from(SHED_WAIT_MAX_SECONDS - SHED_WAIT_MIN_SECONDS + 1);
        Err(SHED_WAIT_MIN_SECONDS + u32::try_from((dice / 100) % spread).unwrap_or_default())
    }

    /// Whether nothing at all is refused by class.
    pub(crate) fn is_calm(&self) -> bool {
        self.pressure.load(Ordering::Relaxed) == 0
    }

    /// Counts a request.
    pub(crate) fn count(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// So many seconds, and up to half as many more.
    pub(crate) fn jittered(&self, seconds: u32) -> u32 {
        seconds + u32::try_from(self.roll() % u64::from(seconds / 2 + 1)).unwrap_or_default()
    }

    /// SplitMix64 over a counter: even, cheap, foreseeable for whoever cares to.
    fn roll(&self) -> u64 {
        let mut mixed = self.dice.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Whether a key may make another request at this moment, in milliseconds. `is_known`: somebody is signed in here, be it
/// under the permanent key that a temporary one acts for.
pub(crate) fn keeps_pace(key: &AuthKeyState, is_known: bool, now_ms: i64) -> bool {
    let (a_second, burst) = if is_known {
        (KEY_REQUESTS_PER_SECOND, KEY_BURST_REQUESTS)
    } else {
        (STRANGER_REQUESTS_PER_SECOND, STRANGER_BURST_REQUESTS)
    };
    let keeps = key.take_request(now_ms * 1_000, a_second, burst);
    if !keeps {
        metrics::REFUSED.inc("key");
    }
    keeps
}

/// The share of a class that is refused, in percent.
fn share_refused(class: Class, pressure: u32) -> u32 {
    match class {
        Class::C0 | Class::C1 => 0,
        Class::C2 => pressure.saturating_sub(PRESSURE_STEP).min(C2_SHED_MAX_PERCENT),
        Class::C3 if pressure > PRESSURE_STEP => 100,
        Class::C3 => pressure.min(C3_SHED_MAX_PERCENT),
    }
}

fn class_name(class: Class) -> &'static str {
    match class {
        Class::C0 => "C0",
        Class::C1 => "C1",
        Class::C2 => "C2",
        Class::C3 => "C3",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(load: &Load, class: Class) -> usize {
        (0..1_000).filter(|_| load.judge(class).is_err()).count()
    }

    #[test]
    fn the_least_urgent_is_refused_first_and_messages_never() {
        let load = Load::default();
        let mut before = (0, 0);
        for pressure in (0..=200).step_by(10) {
            load.pressure.store(pressure, Ordering::Relaxed);
            assert_eq!(refused(&load, Class::C0) + refused(&load, Class::C1), 0, "at {pressure}");
            let now = (refused(&load, Class::C3), refused(&load, Class::C2));
            assert!(now.0 >= now.1 && now.0 + 60 >= before.0 && now.1 + 60 >= before.1, "{now:?} at {pressure}");
            before = now;
        }
        assert_eq!(before.0, 1_000);
        assert!((450..=550).contains(&before.1), "some newcomers always come through: {before:?}");
    }

    #[test]
    fn whoever_is_refused_hears_different_times() {
        let load = Load::default();
        load.pressure.store(200, Ordering::Relaxed);
        let waits: std::collections::HashSet<u32> = (0..500).filter_map(|_| load.judge(Class::C3).err()).collect();
        let expected: std::collections::HashSet<u32> = (SHED_WAIT_MIN_SECONDS..=SHED_WAIT_MAX_SECONDS).collect();
        assert_eq!(waits, expected);
        assert!((0..500).map(|_| load.jittered(4)).all(|seconds| (4..=6).contains(&seconds)));
    }

    #[test]
    fn a_key_has_its_pace() {
        let new = platform::NewAuthKey {
            id: platform::AuthKeyId(1),
            key: crypto::Zeroizing::new([1; 256]),
            kind: platform::AuthKeyKind::Permanent,
            dialled_dc: None,
        };
        let (key, start) = (AuthKeyState::detached(new, 0), 1_700_000_000_000);
        let taken_at = |now_ms| (0..100_000).take_while(|_| keeps_pace(&key, false, now_ms)).count();
        assert_eq!(taken_at(start), STRANGER_BURST_REQUESTS as usize + 1);
        assert_eq!(taken_at(start), 0);
        assert_eq!(taken_at(start + 1_000), STRANGER_REQUESTS_PER_SECOND as usize);
        assert_eq!(taken_at(start + 1_000_000), STRANGER_BURST_REQUESTS as usize + 1, "who waits has it all again");
        assert!(keeps_pace(&key, true, start + 1_000_000), "whoever signs in has more");
    }
}
