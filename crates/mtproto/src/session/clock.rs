//! Protocol time: what server msg_ids are made of.
//!
//! It is anchored once, at start, and then follows a monotonic clock; differences to the wall clock are steered away
//! slowly and steps never reach it, so that msg_ids rise whatever happens to the wall clock. A mark kept by whoever owns
//! the data folder carries it across a restart. This is not a clock itself: readings are arguments.

use super::limits::{CLOCK_FLOOR_MAX_AHEAD_MS, CLOCK_SLEW_PPM};

/// Milliseconds since the Unix epoch, as the protocol sees them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProtocolTime(pub i64);

impl ProtocolTime {
    /// Whole seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The protocol's `date`.
    #[must_use]
    pub fn date(self) -> i32 {
        i32::try_from(self.seconds()).unwrap_or(i32::MAX)
    }

    /// The lowest msg_id of this instant: seconds in the upper half, the fraction in the lower (description page).
    #[must_use]
    pub const fn msg_id(self) -> i64 {
        let fraction = (self.0.rem_euclid(1000) << 32) / 1000;
        ((self.seconds() << 32) | fraction) & !3
    }
}

/// Follows a monotonic clock and is steered towards a wall clock.
#[derive(Clone, Copy, Debug)]
pub struct ProtocolClock {
    base: i64,
    base_monotonic: i64,
    rate_ppm: i64,
}

impl ProtocolClock {
    /// Anchors the clock. All values are milliseconds; `floor` is the latest mark of an earlier run (0 for none).
    #[must_use]
    pub fn start(wall: i64, monotonic: i64, floor: i64) -> Self {
        let base = wall.max(floor.min(wall.saturating_add(CLOCK_FLOOR_MAX_AHEAD_MS)));
        Self { base, base_monotonic: monotonic, rate_ppm: 0 }
    }

    /// The time at this reading of the monotonic clock.
    #[must_use]
    pub fn at(&self, monotonic: i64) -> ProtocolTime {
        let passed = (monotonic - self.base_monotonic).max(0);
        ProtocolTime(self.base + passed + passed / 1000 * self.rate_ppm / 1000)
    }

    /// Compares with the wall clock and changes the speed, never the time; call it every few seconds.
    /// Returns the difference to the wall clock in milliseconds.
    pub fn steer(&mut self, wall: i64, monotonic: i64, interval: i64) -> i64 {
        let now = self.at(monotonic).0;
        let off = wall - now;
        let wanted = off.saturating_mul(1_000_000) / interval.max(1);
        *self = Self {
            base: now,
            base_monotonic: monotonic.max(self.base_monotonic),
            rate_ppm: wanted.clamp(-CLOCK_SLEW_PPM, CLOCK_SLEW_PPM),
        };
        off
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_steps_never_reach_the_clock() {
        let mut clock = ProtocolClock::start(1_000_000, 50, 0);
        let mut last = clock.at(50);
        for (step, wall) in [2_000_000, 0, -5_000, 9_000_000, 1_000_000].into_iter().enumerate() {
            let monotonic = 50 + (i64::try_from(step).expect("small") + 1) * 10_000;
            clock.steer(wall, monotonic, 10_000);
            let now = clock.at(monotonic);
            assert!(now > last && now.0 - last.0 <= 10_050 && now.0 - last.0 >= 9_950, "{now:?} after {last:?}");
            last = now;
        }
    }

    #[test]
    fn a_small_difference_is_steered_away() {
        let mut clock = ProtocolClock::start(1_000_000, 0, 0);
        for second in 1..=100 {
            clock.steer(1_000_100 + second * 1000, second * 1000, 1000);
        }
        assert!((clock.at(100_000).0 - 1_100_100).abs() <= 5);
    }

    #[test]
    fn a_mark_of_an_earlier_run_holds_within_its_bound() {
        assert_eq!(ProtocolClock::start(1_000, 0, 5_000).at(0), ProtocolTime(5_000));
        assert_eq!(ProtocolClock::start(9_000, 0, 5_000).at(0), ProtocolTime(9_000));
        assert_eq!(ProtocolClock::start(1_000, 0, i64::MAX).at(0), ProtocolTime(1_000 + CLOCK_FLOOR_MAX_AHEAD_MS));
        assert_eq!(ProtocolClock::start(1_000, 500, 0).at(400), ProtocolTime(1_000));
    }

    #[test]
    fn msg_ids_carry_the_fraction() {
        assert_eq!(ProtocolTime(1_500).msg_id(), (1 << 32) | (1 << 31));
        assert!(ProtocolTime(1_001).msg_id() > ProtocolTime(1_000).msg_id());
        assert_eq!(ProtocolTime(1_001).msg_id() % 4, 0);
    }
}
