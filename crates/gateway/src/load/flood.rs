//! The flood on paper: a machine of one processor in steps of a look, ten times as many newcomers as it can take, and the real
//! control. What it manages is to be nine tenths of what it manages without a flood, whatever the obstacle is.
//!
//! Messages and whoever has a key go first, key exchanges get what is left, as the scheduler does with threads of `nice` 19.
//! Whoever is refused costs something, too; those who wait cost nothing.

use std::time::Duration;

use super::control::{Control, Seen};
use crate::limits::{GATE_LINE, GATE_WAITING_MAX, GATE_WAITING_MIN, GATE_WINDOW_MIN, LOAD_TICK, WAIT_OVERLOADED};

/// What things cost the processor, in milliseconds.
const MESSAGE_MS: f64 = 0.08;
const EXCHANGE_MS: f64 = 0.9;
const ENTRY_MS: f64 = 0.9;
const REFUSAL_MS: f64 = 0.025;
/// Messages of those who are here, a second.
const MESSAGES: f64 = 200.0;
/// How long a newcomer takes between two steps: the way there and back.
const FAR: Duration = Duration::from_millis(200);

/// A machine under way, in newcomers.
struct Machine {
    control: Control,
    /// Sign-ups a second that the disk takes.
    disk: f64,
    line: f64,
    a_second: f64,
    /// Turns at the gate, by when they reach the threads for exchanges.
    on_the_way: Vec<f64>,
    exchanging: f64,
    /// All turns given, as they are when the next are: whoever ends makes room at once.
    under_way: f64,
    /// With a key, outside the waiting room's door.
    room: f64,
    entering: f64,
    writing: f64,
    window: f64,
    bearable: f64,
    done: f64,
    longest_wait: Duration,
}

impl Machine {
    fn new(disk: f64) -> Self {
        Self {
            control: Control::new(WAIT_OVERLOADED),
            disk,
            line: 0.0,
            a_second: 0.0,
            on_the_way: vec![0.0; (FAR.as_millis() / LOAD_TICK.as_millis()) as usize],
            exchanging: 0.0,
            under_way: 0.0,
            room: 0.0,
            entering: 0.0,
            writing: 0.0,
            window: GATE_WINDOW_MIN as f64,
            bearable: 0.0,
            done: 0.0,
            longest_wait: Duration::ZERO,
        }
    }

    /// What it takes in without a flood, a second.
    fn capacity(&self) -> f64 {
        let processor = (1_000.0 - MESSAGES * MESSAGE_MS) / (EXCHANGE_MS + ENTRY_MS);
        processor.min(self.disk)
    }

    /// One look's time, in which so many come; those who came in.
    fn step(&mut self, come: f64) -> f64 {
        let part = LOAD_TICK.as_secs_f64();
        let refused = self.stand_in_line(come);
        let given = self.give_turns();
        self.a_second = if self.line > 0.0 { self.a_second * 0.95 + given / part * 0.05 } else { self.a_second };
        // The processor: first those who are here and those who are turned away, then who has a key, then exchanges.
        let mut left = 1_000.0 * part - MESSAGES * part * MESSAGE_MS - refused * REFUSAL_MS;
        let let_in = if self.bearable > 0.0 { self.room.min(self.bearable / 60.0 * part) } else { self.room };
        (self.room, self.entering) = (self.room - let_in, self.entering + let_in);
        let entered = self.entering.min(left * 0.9 / ENTRY_MS).max(0.0);
        left -= entered * ENTRY_MS;
        let exchanged = self.exchanging.min(left.max(0.0) / EXCHANGE_MS);
        (self.entering, self.exchanging) = (self.entering - entered, self.exchanging - exchanged);
        (self.room, self.writing) = (self.room + exchanged, self.writing + entered);
        let written = self.writing.min(self.disk * part);
        self.writing -= written;
        self.look(written, exchanged, self.entering * ENTRY_MS);
        self.done += written;
        written
    }

    /// Takes a place in line for as many as there are; the rest is refused.
    fn stand_in_line(&mut self, come: f64) -> f64 {
        let longest = (GATE_LINE.as_secs_f64() * self.a_second) as usize;
        let free = longest.clamp(GATE_WAITING_MIN, GATE_WAITING_MAX) as f64 - self.line;
        let stand = come.min(free.max(0.0));
        self.line += stand;
        come - stand
    }

    fn give_turns(&mut self) -> f64 {
        let under_way = self.exchanging + self.on_the_way.iter().sum::<f64>();
        let given = self.line.min((self.window - under_way).max(0.0));
        self.line -= given;
        self.under_way = under_way + given;
        self.exchanging += self.on_the_way.remove(0);
        self.on_the_way.push(given);
        given
    }

    fn look(&mut self, sign_ups: f64, exchanged: f64, dispatch_ms: f64) {
        let wait = |ms: f64| Some(Duration::from_secs_f64(ms.max(0.0) / 1_000.0));
        let commit = wait(1.0 + self.writing / self.disk * 1_000.0);
        let seen = Seen {
            commit,
            dispatch: wait(dispatch_ms),
            crypto: wait(self.exchanging * EXCHANGE_MS),
            requests: 100,
            in_flight: 10,
            sign_ups: sign_ups.round() as u64,
            waiting_room: self.room as usize,
            under_way: self.under_way as usize,
            exchanges: exchanged.round() as u64,
            ..Seen::default()
        };
        let decided = self.control.tick(&seen);
        (self.window, self.bearable) = (decided.window as f64, f64::from(decided.bearable));
        self.longest_wait = self.longest_wait.max(commit.unwrap_or_default()).max(seen.dispatch.unwrap_or_default());
    }

    fn seconds(&mut self, seconds: u32, come_a_second: f64) -> f64 {
        let ticks = seconds * (1_000 / LOAD_TICK.as_millis() as u32);
        (0..ticks).map(|_| self.step(come_a_second * LOAD_TICK.as_secs_f64())).sum::<f64>() / f64::from(seconds)
    }
}

fn goodput_of_a_flood(disk: f64) -> (f64, Machine) {
    let mut machine = Machine::new(disk);
    let capacity = machine.capacity();
    machine.seconds(30, capacity * 10.0);
    machine.longest_wait = Duration::ZERO;
    let goodput = machine.seconds(270, capacity * 10.0) / capacity;
    (goodput, machine)
}

#[test]
fn the_flood_takes_little_more_than_its_refusals_cost_where_the_processor_is_short() {
    let (goodput, machine) = goodput_of_a_flood(100_000.0);
    let refusals = machine.capacity() * 9.0 * REFUSAL_MS / 1_000.0;
    assert!(goodput > (1.0 - refusals) * 0.98, "{goodput} beside {refusals} for refusals");
    assert!(machine.longest_wait < WAIT_OVERLOADED, "{:?}", machine.longest_wait);
}

#[test]
fn the_flood_leaves_nine_tenths_where_the_disk_is_short() {
    for disk in [50.0, 100.0, 300.0] {
        let (goodput, machine) = goodput_of_a_flood(disk);
        assert!(goodput > 0.9, "{goodput} of {disk} a second");
        assert!(machine.line <= GATE_WAITING_MAX as f64 && machine.room < 60.0 * disk, "{} in the room", machine.room);
    }
}

#[test]
fn no_pace_is_left_ten_seconds_after_line_and_room_are_empty() {
    for disk in [100.0, 100_000.0] {
        let (_, mut machine) = goodput_of_a_flood(disk);
        machine.line = 0.0;
        machine.room = 0.0;
        machine.seconds(10, machine.capacity() / 4.0);
        assert_eq!(machine.bearable, 0.0, "{disk}");
    }
}
