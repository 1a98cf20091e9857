//! From waits to pressure: pure, so that an hour of overload is a test of a millisecond.
//!
//! A mean wait of more than 20 ms is overload (DAGOR's figure), and so is a batch that has been on its way for half a second,
//! which tells a store that hangs before anything is counted. Pressure rises in about a second and falls in about two.
//!
//! The pace of newcomers loses a seventh in a second of which a third was overload, for one slow write says nothing of them, and
//! then waits for what that changes. It never loses more than half of what the server was seen to manage in recent minutes: what
//! lasts although so few come in is not their doing, and shutting them out would help nobody. Without overload it grows by a
//! thirtieth a second, after some seconds by a quarter, and there is none any more once everybody who waits would be let in
//! shortly.

use std::time::Duration;

use crate::limits::{
    BEARABLE_BEST_FADES, BEARABLE_HELD_SECONDS, BEARABLE_LEAST_PART, BEARABLE_MIN_PER_MINUTE,
    BEARABLE_OVERLOADED_LOOKS, BEARABLE_QUIET_SECONDS, COMMIT_AGE_MAX, GATE_PACE_PART, GATE_ROOM_SECONDS,
    GATE_TURNS_LAST, GATE_WINDOW_FIRST, GATE_WINDOW_LEAST, GATE_WINDOW_MAX, GATE_WINDOW_MIN, LOAD_TICK, PRESSURE_FALL,
    PRESSURE_MAX, PRESSURE_RISE, PRESSURE_STEP, QUIET_IN_FLIGHT, QUIET_REQUESTS_PER_TICK, WAIT_OVERLOADED,
};

/// How often an exchange waits for the threads that compute.
const JOBS_OF_AN_EXCHANGE: f64 = 2.0;

/// What was seen since the last look.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    /// Mean waits, where anything waited.
    pub(super) commit: Option<Duration>,
    pub(super) dispatch: Option<Duration>,
    pub(super) crypto: Option<Duration>,
    /// Of tasks of the newcomers' runtime.
    pub(super) door: Option<Duration>,
    /// Of the oldest batch that is not durable.
    pub(super) commit_age: Duration,
    /// Requests that came, and those under way now.
    pub(super) requests: u64,
    pub(super) in_flight: usize,
    /// Accounts made.
    pub(super) sign_ups: u64,
    /// Newcomers in the waiting room.
    pub(super) waiting_room: usize,
    /// Key exchanges under way, and those that ended with a key.
    pub(super) under_way: usize,
    pub(super) exchanges: u64,
    /// Memory or the disk is nearly out.
    pub(super) is_scarce: bool,
    /// So many files are open that the rest is for people who have a key.
    pub(super) are_files_scarce: bool,
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decided {
    /// 0 to [`PRESSURE_MAX`].
    pub(super) pressure: u32,
    /// Key exchanges that may be under way.
    pub(super) window: usize,
    /// Newcomers a minute; 0 is as many as come.
    pub(super) bearable: u32,
}

/// What is remembered between looks.
#[derive(Debug)]
pub(super) struct Control {
    decided: Decided,
    /// A longer mean wait is overload; zero: nothing is.
    overload_wait: Duration,
    /// Keys made a second, a moving mean.
    keys_a_second: f64,
    /// Sign-ups of the second that has begun, and the most of a recent second, fading.
    sign_ups: u64,
    recent: u64,
    /// The most a minute of recent minutes, fading slowly: what the server was seen to manage.
    best: u64,
    /// Seconds for which the pace is not lowered again.
    held_seconds: u32,
    ticks: u32,
    /// Looks of this second that found overload.
    overloaded: u32,
    quiet_seconds: u32,
}

impl Control {
    pub(super) fn new(overload_wait: Duration) -> Self {
        let decided = Decided { pressure: 0, window: GATE_WINDOW_FIRST, bearable: 0 };
        Self {
            decided,
            overload_wait,
            keys_a_second: 0.0,
            sign_ups: 0,
            recent: 0,
            best: 0,
            held_seconds: 0,
            ticks: 0,
            overloaded: 0,
            quiet_seconds: 0,
        }
    }

    /// One look, every [`LOAD_TICK`].
    pub(super) fn tick(&mut self, seen: &Seen) -> Decided {
        let is_overloaded = is_overloaded(seen, self.overload_wait);
        self.decided.pressure = if is_overloaded {
            (self.decided.pressure + PRESSURE_RISE).min(PRESSURE_MAX)
        } else {
            self.decided.pressure.saturating_sub(PRESSURE_FALL)
        };
        if seen.is_scarce && !self.overload_wait.is_zero() {
            self.decided.pressure = self.decided.pressure.max(PRESSURE_STEP);
        }
        let keys_a_second = seen.exchanges as f64 / LOAD_TICK.as_secs_f64();
        self.keys_a_second += (keys_a_second - self.keys_a_second) * GATE_PACE_PART;
        self.decided.window = window(&self.decided, self.keys_a_second, seen, is_overloaded);
        self.overloaded += u32::from(is_overloaded);
        self.sign_ups += seen.sign_ups;
        self.ticks += 1;
        if self.ticks >= ticks_per_second() {
            self.second(seen);
        }
        self.decided
    }

    /// The pace of newcomers follows more slowly: what a sign-up costs shows after it.
    fn second(&mut self, seen: &Seen) {
        self.recent = (self.recent - self.recent / 5).max(self.sign_ups);
        self.best = (self.best - self.best.div_ceil(BEARABLE_BEST_FADES)).max(self.sign_ups * 60);
        self.held_seconds = self.held_seconds.saturating_sub(1);
        let present = self.decided.bearable;
        let was_overloaded = self.overloaded >= BEARABLE_OVERLOADED_LOOKS;
        self.quiet_seconds = if was_overloaded { 0 } else { self.quiet_seconds + 1 };
        self.decided.bearable = match (was_overloaded, present) {
            (false, 0) => 0,
            (false, _) => self.raise(present),
            (true, 0) => self.lower(u32::try_from(self.recent * 60).unwrap_or(u32::MAX)),
            (true, _) if self.held_seconds > 0 => present,
            (true, _) => self.lower(present),
        };
        let let_in_soon = self.decided.bearable / 60 * BEARABLE_QUIET_SECONDS;
        let nobody_waits_long = seen.waiting_room <= let_in_soon as usize;
        if self.quiet_seconds >= BEARABLE_QUIET_SECONDS && nobody_waits_long {
            self.decided.bearable = 0;
        }
        (self.ticks, self.sign_ups, self.overloaded) = (0, 0, 0);
    }

    /// A seventh less than this, and then nothing less for a while.
    fn lower(&mut self, pace: u32) -> u32 {
        self.held_seconds = BEARABLE_HELD_SECONDS;
        (pace - pace / 7).max(self.least())
    }

    fn raise(&self, pace: u32) -> u32 {
        let part = if self.quiet_seconds > BEARABLE_QUIET_SECONDS { 4 } else { 30 };
        pace.saturating_add(pace / part + 1).max(self.least())
    }

    /// The least pace: what is beyond doubt.
    fn least(&self) -> u32 {
        let part_of_best = u32::try_from(self.best / BEARABLE_LEAST_PART).unwrap_or(u32::MAX);
        part_of_best.max(BEARABLE_MIN_PER_MINUTE)
    }
}

/// Whether what is urgent waits too long because of what is not. A server nobody asks anything has nothing to refuse: then the
/// machine is busy with something else.
fn is_overloaded(seen: &Seen, overload_wait: Duration) -> bool {
    if overload_wait.is_zero() {
        return false;
    }
    let has_demand = seen.requests >= QUIET_REQUESTS_PER_TICK || seen.in_flight >= QUIET_IN_FLIGHT;
    let waits = [seen.commit, seen.dispatch].into_iter().flatten().any(|wait| wait > overload_wait);
    has_demand && (waits || seen.commit_age > COMMIT_AGE_MAX)
}

/// How many key exchanges may be under way: as many as the threads for them take without a queue, whatever the newcomers'
/// distance is; fewer while messages wait; and next to none while the waiting room is full of people for whom it is done
/// already. Some there always are: people who have been here for long need temporary keys, too. None is while files are
/// scarce, for each ends as a connection that keeps one.
///
/// Beyond what is open to a burst it grows only while it is used, and never beyond what is finished before clients give up:
/// where those are slow, for their network is as full as we are, more of them under way make all of them slower, and what was
/// computed for them is lost.
fn window(present: &Decided, keys_a_second: f64, seen: &Seen, is_overloaded: bool) -> usize {
    if seen.are_files_scarce {
        return 0;
    }
    let in_time = present.bearable as usize * GATE_ROOM_SECONDS / 60;
    let is_room_full = present.bearable > 0 && seen.waiting_room > in_time;
    let least = if is_room_full { GATE_WINDOW_LEAST } else { GATE_WINDOW_MIN };
    let most = ((keys_a_second * GATE_TURNS_LAST.as_secs_f64()) as usize).clamp(GATE_WINDOW_FIRST, GATE_WINDOW_MAX);
    let window = present.window;
    let may_grow = window < GATE_WINDOW_FIRST || seen.under_way * 4 >= window * 3;
    let next = match (is_overloaded || is_room_full, queueing(keys_a_second, seen)) {
        (true, _) => window - window.div_ceil(10),
        (false, Some(too_many)) => window - (too_many / 4).clamp(window.div_ceil(40), window / 2),
        (false, None) if may_grow => window + window / 20 + 1,
        (false, None) => window,
    };
    next.clamp(least, most)
}

/// How many exchanges wait for our own threads beyond what they may, if any do.
fn queueing(keys_a_second: f64, seen: &Seen) -> Option<usize> {
    let longest = [seen.crypto, seen.door].into_iter().flatten().max()?;
    let too_long = longest.checked_sub(WAIT_OVERLOADED).filter(|too_long| !too_long.is_zero())?;
    Some((keys_a_second * JOBS_OF_AN_EXCHANGE * too_long.as_secs_f64()) as usize)
}

fn ticks_per_second() -> u32 {
    u32::try_from(1_000 / LOAD_TICK.as_millis()).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUSY: Seen = Seen {
        commit: Some(Duration::from_millis(1)),
        dispatch: Some(Duration::from_micros(50)),
        crypto: None,
        door: None,
        commit_age: Duration::ZERO,
        requests: 1_000,
        in_flight: 10,
        sign_ups: 40,
        waiting_room: 0,
        under_way: 4,
        exchanges: 4,
        is_scarce: false,
        are_files_scarce: false,
    };

    fn seconds(control: &mut Control, seconds: u32, seen: &Seen) -> Decided {
        let ticks = seconds * ticks_per_second();
        (0..ticks).map(|_| control.tick(seen)).last().expect("a tick")
    }

    #[test]
    fn a_busy_server_that_keeps_up_refuses_nothing() {
        let mut control = Control::new(WAIT_OVERLOADED);
        let decided = seconds(&mut control, 600, &BUSY);
        assert_eq!((decided.pressure, decided.bearable, decided.window), (0, 0, GATE_WINDOW_FIRST));
    }

    #[test]
    fn a_server_that_is_blocked_but_idle_still_sheds() {
        // Nothing is counted any more, no processor is busy: the batch that is on its way tells.
        let hangs = Seen {
            commit: None,
            dispatch: Some(Duration::from_micros(20)),
            commit_age: Duration::from_secs(1),
            requests: 0,
            in_flight: QUIET_IN_FLIGHT,
            sign_ups: 0,
            ..BUSY
        };
        let mut control = Control::new(WAIT_OVERLOADED);
        assert_eq!(seconds(&mut control, 3, &hangs).pressure, PRESSURE_MAX);
    }

    #[test]
    fn each_queue_alone_tells_overload() {
        let long = Some(WAIT_OVERLOADED + Duration::from_millis(1));
        for seen in [Seen { commit: long, ..BUSY }, Seen { dispatch: long, ..BUSY }] {
            let decided = seconds(&mut Control::new(WAIT_OVERLOADED), 2, &seen);
            assert!(decided.pressure >= PRESSURE_STEP && decided.bearable > 0, "{decided:?}");
        }
        let decided = seconds(&mut Control::new(WAIT_OVERLOADED), 60, &Seen { crypto: long, ..BUSY });
        assert_eq!((decided.pressure, decided.window), (0, GATE_WINDOW_MIN), "newcomers alone wait for newcomers");
    }

    /// Plays looks at so many exchanges under way, as far as there is a window for them, that last so long at the clients and
    /// are computed at so many a second: the windows.
    fn windows(looks: usize, under_way: usize, lasts: Duration, capacity: f64) -> Vec<usize> {
        let mut control = Control::new(WAIT_OVERLOADED);
        let mut window = GATE_WINDOW_FIRST;
        let look = |_| {
            let under_way = under_way.min(window);
            let away = (capacity * lasts.as_secs_f64()).min(under_way as f64);
            let keys_a_second = capacity.min(under_way as f64 / lasts.as_secs_f64());
            let wait = (under_way as f64 - away) / capacity / JOBS_OF_AN_EXCHANGE;
            let exchanges = (keys_a_second * LOAD_TICK.as_secs_f64()).round() as u64;
            let crypto = Some(Duration::from_secs_f64(wait));
            window = control.tick(&Seen { crypto, under_way, exchanges, ..BUSY }).window;
            window
        };
        (0..looks).map(look).collect()
    }

    #[test]
    fn the_window_fits_the_distance_of_newcomers() {
        for (lasts_ms, capacity) in [(20, 600.0), (200, 600.0), (600, 600.0), (1_500, 600.0), (4_000, 600.0)] {
            let lasts = Duration::from_millis(lasts_ms);
            let windows = windows(600, usize::MAX, lasts, capacity);
            let needed = capacity * lasts.as_secs_f64();
            let (least, most) = windows[300..].iter().fold((usize::MAX, 0), |(a, b), it| (a.min(*it), b.max(*it)));
            assert!(least as f64 >= needed * 0.9, "{least} of {needed} for {lasts_ms} ms");
            let queue = (most as f64 - needed) / capacity / JOBS_OF_AN_EXCHANGE;
            assert!(queue < 0.2, "{most} of {needed} for {lasts_ms} ms: {queue} s in line");
        }
    }

    #[test]
    fn a_window_that_is_not_used_does_not_grow() {
        assert!(
            windows(6_000, 40, Duration::from_millis(100), 600.0).iter().all(|window| *window == GATE_WINDOW_FIRST)
        );
    }

    #[test]
    fn clients_that_take_for_ever_do_not_open_it_for_more_of_them() {
        let windows = windows(6_000, usize::MAX, Duration::from_secs(8), 600.0);
        assert_eq!(windows.iter().max(), Some(&GATE_WINDOW_FIRST));
    }

    #[test]
    fn a_window_too_large_is_half_as_large_before_long() {
        let mut control = Control::new(WAIT_OVERLOADED);
        (control.decided.window, control.keys_a_second) = (1_800, 600.0);
        let wait = Some(Duration::from_millis(1_500));
        let seen = Seen { crypto: wait, under_way: 1_800, exchanges: 60, ..BUSY };
        let looks = (1..).find(|_| control.tick(&seen).window <= 900).expect("some time");
        assert!(looks <= 3, "{looks} looks");
        let nobody = Seen { under_way: 0, exchanges: 0, ..BUSY };
        assert_eq!(seconds(&mut control, 60, &nobody).window, GATE_WINDOW_FIRST, "when nobody comes");
    }

    #[test]
    fn a_window_that_was_small_is_open_for_a_burst_within_ten_seconds() {
        let mut control = Control::new(WAIT_OVERLOADED);
        let seen = Seen { crypto: Some(WAIT_OVERLOADED * 2), under_way: 16, ..BUSY };
        assert_eq!(seconds(&mut control, 60, &seen).window, GATE_WINDOW_MIN);
        let nobody = Seen { under_way: 0, exchanges: 0, ..BUSY };
        assert_eq!(seconds(&mut control, 10, &nobody).window, GATE_WINDOW_FIRST);
    }

    #[test]
    fn an_operator_may_turn_it_off() {
        let slow = Some(Duration::from_secs(5));
        let decided = seconds(&mut Control::new(Duration::ZERO), 60, &Seen { commit: slow, dispatch: slow, ..BUSY });
        assert_eq!((decided.pressure, decided.bearable), (0, 0));
    }

    #[test]
    fn one_slow_write_is_soon_forgotten() {
        let mut control = Control::new(WAIT_OVERLOADED);
        let stopped = Seen { commit: Some(Duration::from_secs(30)), commit_age: Duration::from_secs(30), ..BUSY };
        assert!(control.tick(&stopped).pressure <= PRESSURE_RISE);
        assert_eq!(seconds(&mut control, 1, &BUSY).pressure, 0);
    }

    #[test]
    fn a_slow_write_every_second_shuts_nobody_out() {
        let slow = Seen { commit: Some(WAIT_OVERLOADED * 4), ..BUSY };
        let paces = |slow_looks: u32| {
            let mut control = Control::new(WAIT_OVERLOADED);
            let look = |tick: u32| if tick % ticks_per_second() < slow_looks { slow } else { BUSY };
            (0..10 * ticks_per_second()).map(|tick| control.tick(&look(tick)).bearable).max()
        };
        assert_eq!(paces(BEARABLE_OVERLOADED_LOOKS - 1), Some(0));
        assert!(paces(BEARABLE_OVERLOADED_LOOKS) > Some(0));
    }

    #[test]
    fn whoever_asks_nothing_is_refused_nothing() {
        let slow = Some(Duration::from_millis(500));
        let alone = Seen { commit: slow, dispatch: slow, requests: 1, in_flight: 1, ..BUSY };
        assert_eq!(seconds(&mut Control::new(WAIT_OVERLOADED), 60, &alone).pressure, 0);
    }

    #[test]
    fn it_is_as_before_within_ten_seconds_of_the_end() {
        let mut control = Control::new(WAIT_OVERLOADED);
        let slow = Some(Duration::from_millis(80));
        let decided = seconds(&mut control, 300, &Seen { commit: slow, waiting_room: 5_000, ..BUSY });
        assert_eq!(decided.pressure, PRESSURE_MAX);
        assert!(decided.bearable >= BEARABLE_MIN_PER_MINUTE, "some come in at any time");
        let decided = seconds(&mut control, 10, &BUSY);
        assert_eq!((decided.pressure, decided.bearable), (0, 0));
    }

    #[test]
    fn the_pace_of_newcomers_is_what_can_be_borne() {
        // A server that bears 30 sign-ups a second, offered ten times as many.
        let mut control = Control::new(WAIT_OVERLOADED);
        let (mut bearable, mut came) = (0, 0.0);
        for second in 0..300 {
            let rate = if bearable == 0 { 300.0 } else { f64::from(bearable) / 60.0 };
            let wait = if rate > 30.0 { Duration::from_millis(40) } else { Duration::from_millis(2) };
            let done = rate.min(30.0);
            let seen = Seen { commit: Some(wait), sign_ups: 0, waiting_room: 1_000, ..BUSY };
            control.sign_ups = done.round() as u64;
            bearable = seconds(&mut control, 1, &seen).bearable;
            if second >= 60 {
                came += done;
            }
        }
        let goodput = came / 240.0 / 30.0;
        assert!(goodput > 0.9, "{goodput}");
    }

    #[test]
    fn what_is_scarce_costs_the_least_urgent() {
        let decided = Control::new(WAIT_OVERLOADED).tick(&Seen { is_scarce: true, ..BUSY });
        assert_eq!(decided.pressure, PRESSURE_STEP);
    }

    #[test]
    fn no_exchange_begins_while_files_are_scarce_and_some_do_at_once_afterwards() {
        for mut control in [Control::new(WAIT_OVERLOADED), Control::new(Duration::ZERO)] {
            let decided = control.tick(&Seen { are_files_scarce: true, ..BUSY });
            assert_eq!((decided.pressure, decided.window), (0, 0), "whoever has a key is served as ever");
            assert_eq!(control.tick(&BUSY).window, GATE_WINDOW_MIN);
        }
    }
}
