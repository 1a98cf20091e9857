//! What a seed is like: how many people there are and what goes wrong how often. Every seed leaves some kinds of trouble out,
//! because a run in which everything fails hardly comes to the rare cases between.

use platform::settings::Bounds;

use crate::dice::Dice;

/// A seed's world. Rates are per mille, times in simulated milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Profile {
    /// People.
    pub people: usize,
    /// Devices of each at most.
    pub devices: usize,
    /// What each device does.
    pub deeds: usize,
    /// The longest pause between two deeds of a device.
    pub pause_ms: i64,
    /// Commits that fail.
    pub refused: u32,
    /// Commits of which nobody knows.
    pub unknown: u32,
    /// Commits that take seconds.
    pub slow: u32,
    /// Whether commits of different owners may overtake each other.
    pub has_shards: bool,
    /// Reads that fail.
    pub unread: u32,
    /// Reads that others overtake.
    pub slow_reads: u32,
    /// Requests that never arrive.
    pub lost: u32,
    /// Requests that arrive twice.
    pub doubled: u32,
    /// Answers that never arrive.
    pub unheard: u32,
    /// Longest way of a request or answer.
    pub way_ms: i64,
    /// Percent of signals that are lost, doubled and late, each.
    pub signals_percent: u32,
    /// Longest time between two crashes; 0 for none.
    pub crash_every_ms: i64,
    /// Leaps of the clock.
    pub leaps: bool,
    /// Who deletes their account in the end.
    pub leaver: Option<usize>,
    /// How much of mailboxes the server keeps at hand: mostly far less than servers do.
    pub bounds: Bounds,
}

impl Profile {
    /// The world of these dice, in which each device does about so many deeds.
    #[must_use]
    pub fn roll(dice: &Dice, deeds: usize) -> Self {
        let rate = |high: i64| u32::try_from(if dice.falls(400) { 0 } else { dice.number(1, high) }).unwrap_or(0);
        let pause_ms = *dice.one_of(&[5, 50, 400, 3_000]).unwrap_or(&50);
        let way_ms = *dice.one_of(&[1, 20, 300, 4_000]).unwrap_or(&20);
        let likely_ms = i64::try_from(deeds).unwrap_or(1) * (pause_ms / 2 + way_ms + 5);
        let part = *dice.one_of(&[2, 4, 12]).unwrap_or(&4);
        let people = usize::try_from(dice.number(2, 4)).unwrap_or(2);
        Self {
            people,
            devices: usize::try_from(dice.number(1, 2)).unwrap_or(1),
            deeds,
            pause_ms,
            refused: rate(80),
            unknown: rate(80),
            slow: rate(100),
            has_shards: dice.falls(400),
            unread: rate(15),
            slow_reads: rate(300),
            lost: rate(80),
            doubled: rate(150),
            unheard: rate(100),
            way_ms,
            signals_percent: rate(30),
            crash_every_ms: if dice.falls(300) { 0 } else { (likely_ms / part).max(100) },
            leaps: dice.falls(300),
            leaver: (people > 2 && dice.falls(400)).then_some(people - 1),
            bounds: bounds(dice),
        }
    }

    /// Whether the log is trimmed while people write, so that who was away for long has to start anew.
    #[must_use]
    pub fn is_trimmed(&self) -> bool {
        self.bounds.log_pts < Bounds::default().log_pts
    }

    /// The same world with nothing wrong any more.
    #[must_use]
    pub fn calm(self) -> Self {
        Self {
            refused: 0,
            unknown: 0,
            slow: 0,
            has_shards: false,
            unread: 0,
            slow_reads: 0,
            lost: 0,
            doubled: 0,
            unheard: 0,
            way_ms: 1,
            signals_percent: 0,
            crash_every_ms: 0,
            leaps: false,
            ..self
        }
    }
}

fn bounds(dice: &Dice) -> Bounds {
    let usual = Bounds::default();
    Bounds {
        mailboxes: *dice.one_of(&[2, 3, usual.mailboxes]).unwrap_or(&2),
        checkpoint_events: *dice.one_of(&[1, 4, 16, usual.checkpoint_events]).unwrap_or(&4),
        log_pts: if dice.falls(250) { *dice.one_of(&[8, 30, 80]).unwrap_or(&30) } else { usual.log_pts },
    }
}
