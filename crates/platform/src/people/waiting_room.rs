//! The waiting room: newcomers come in at a pace, in the order they came, and know how long it takes.
//!
//! A place belongs to an auth key, so that it survives reconnects. Places are let in as time passes, whether or not their
//! holders ask at that moment; whoever does not ask again soon after the time they were told loses theirs, so that nobody waits
//! behind people who have gone. People who have an account never stand here.
//! All of it is in memory: after a restart the queue forms anew.
//!
//! The pace is a number that may change from one question to the next ([`Platform::newcomers_per_minute`]): the operator's
//! today, and what an overloaded server can bear tomorrow. Nothing else in here knows where it comes from.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

use parking_lot::Mutex;

use super::codes::address_block;
use crate::{AuthKeyId, Platform, Refusal, limits};

/// Where a newcomer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Come in.
    Admitted,
    /// Wait.
    Waiting(Waiting),
}

/// A place in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// 1 is next.
    pub place: u64,
    /// When their turn comes at the present pace, in seconds; sooner if people before them leave.
    pub expected_seconds: u32,
    /// When to ask again, in seconds: in time, and not all at once.
    pub ask_again_in: u32,
}

/// Who waits and who may come in.
#[derive(Default)]
pub(crate) struct WaitingRoom(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    /// Newcomers a minute when somebody asked last; never 0 by then.
    pace: u32,
    /// Those who wait, the longest first, and whoever lost their place since the last sweep.
    order: VecDeque<AuthKeyId>,
    /// The number of the first of `order`: a place is the difference to it.
    first: u64,
    places: HashMap<AuthKeyId, Held>,
    by_address: HashMap<String, u32>,
    /// Who may come in, and until when, milliseconds.
    admitted: HashMap<AuthKeyId, i64>,
    /// When the next one may come in if nobody came early, microseconds.
    next_at_us: i64,
    swept_at_ms: i64,
}

/// From where, when, and a number nobody foresees.
struct Asked {
    address: String,
    now_ms: i64,
    dice: u64,
}

/// A place that is held.
struct Held {
    number: u64,
    /// Whoever has not asked again by then is gone.
    kept_until_ms: i64,
    address: String,
}

impl WaitingRoom {
    fn ask(&self, pace: u32, key: AuthKeyId, asked: Asked) -> Result<Place, Refusal> {
        if pace == 0 {
            return Ok(Place::Admitted);
        }
        let mut queue = self.0.lock();
        queue.pace = pace;
        queue.ask(key, asked)
    }

    /// What time does though nobody asks: places are lost, and without a pace nobody waits.
    pub(crate) fn pass_time(&self, pace: u32, now_ms: i64) {
        let mut queue = self.0.lock();
        if pace == 0 {
            queue.dissolve();
        } else if now_ms - queue.swept_at_ms >= limits::WAITING_SWEEP_MS {
            queue.pace = pace;
            queue.sweep(now_ms);
            queue.let_in(now_ms);
        }
        metrics::WAITING_ROOM_PLACES.set(i64::try_from(queue.places.len()).unwrap_or(i64::MAX));
    }

    /// How many wait.
    pub(crate) fn places(&self) -> usize {
        self.0.lock().places.len()
    }

    /// The newcomer has an account now.
    pub(crate) fn leave(&self, key: AuthKeyId) {
        let mut queue = self.0.lock();
        queue.admitted.remove(&key);
        queue.give_up(key);
    }
}

impl Queue {
    fn ask(&mut self, key: AuthKeyId, asked: Asked) -> Result<Place, Refusal> {
        let Asked { address, now_ms, dice } = asked;
        if now_ms - self.swept_at_ms >= limits::WAITING_SWEEP_MS {
            self.sweep(now_ms);
        }
        if self.is_admitted(key, now_ms) {
            return Ok(Place::Admitted);
        }
        match self.places.get_mut(&key) {
            Some(held) => held.kept_until_ms = kept_until_ms(now_ms, limits::WAITING_ASK_MAX_SECONDS),
            None => self.stand(key, address, now_ms, dice)?,
        }
        self.let_in(now_ms);
        metrics::WAITING_ROOM_PLACES.set(i64::try_from(self.places.len()).unwrap_or(i64::MAX));
        let Some(number) = self.places.get(&key).map(|held| held.number) else { return Ok(Place::Admitted) };
        let waiting = self.outlook(number, now_ms, dice);
        if let Some(held) = self.places.get_mut(&key) {
            held.kept_until_ms = kept_until_ms(now_ms, waiting.ask_again_in);
        }
        Ok(Place::Waiting(waiting))
    }

    fn is_admitted(&self, key: AuthKeyId, now_ms: i64) -> bool {
        self.admitted.get(&key).is_some_and(|until| *until > now_ms)
    }

    /// A place at the end; refused when the room, or the part of it that one address may fill, is full.
    fn stand(&mut self, key: AuthKeyId, address: String, now_ms: i64, dice: u64) -> Result<(), Refusal> {
        let of_address = self.by_address.get(&address).copied().unwrap_or_default();
        if self.order.len() >= limits::WAITING_PLACES_MAX || of_address >= limits::WAITING_PLACES_PER_ADDRESS {
            metrics::WAITING_ROOM_FULL.inc();
            return Err(Refusal::FloodWait(jittered(limits::WAITING_ASK_MAX_SECONDS, dice)));
        }
        let number = self.first + self.order.len() as u64;
        self.order.push_back(key);
        *self.by_address.entry(address.clone()).or_default() += 1;
        let kept_until_ms = kept_until_ms(now_ms, limits::WAITING_ASK_MAX_SECONDS);
        self.places.insert(key, Held { number, kept_until_ms, address });
        Ok(())
    }

    /// Lets those in whose time has come, the longest waiting first.
    fn let_in(&mut self, now_ms: i64) {
        while let Some(key) = self.order.front().copied() {
            let held = self.places.get(&key).filter(|held| held.number == self.first);
            let is_here = held.is_some_and(|held| now_ms < held.kept_until_ms);
            if is_here && (self.turn_us(1) > now_ms * 1000 || self.admitted.len() >= limits::WAITING_ADMITTED_MAX) {
                return;
            }
            let is_theirs = held.is_some();
            self.order.pop_front();
            self.first += 1;
            if is_theirs {
                self.give_up(key);
            }
            if is_here {
                self.next_at_us = self.next_at_us.max(now_ms * 1000) + self.step_us();
                self.admitted.insert(key, now_ms + limits::WAITING_ADMITTED_MS);
                metrics::WAITING_ROOM_ADMITTED.inc();
            }
        }
    }

    /// When the turn of a place comes, microseconds: a few may come together, the rest at the pace.
    fn turn_us(&self, place: u64) -> i64 {
        let together = i64::from((self.pace / limits::WAITING_TOGETHER_PART).max(1)) - 1;
        let before = i64::try_from(place.saturating_sub(1)).unwrap_or(i64::MAX);
        self.next_at_us.saturating_add(before.saturating_sub(together).saturating_mul(self.step_us()))
    }

    /// Between two newcomers, microseconds.
    fn step_us(&self) -> i64 {
        (60_000_000 / i64::from(self.pace.max(1))).max(1)
    }

    fn outlook(&self, number: u64, now_ms: i64, dice: u64) -> Waiting {
        let place = number - self.first + 1;
        let wait_us = (self.turn_us(place) - now_ms * 1000).max(0);
        let expected_seconds = u32::try_from(wait_us.div_euclid(1_000_000) + 1).unwrap_or(u32::MAX);
        // Whose turn is near asks when it comes; the others anywhere in the later half of the longest wait.
        let ask_again_in = match expected_seconds {
            near if near <= limits::WAITING_ASK_MAX_SECONDS / 2 => near,
            far => jittered(far.min(limits::WAITING_ASK_MAX_SECONDS), dice),
        };
        Waiting { place, expected_seconds, ask_again_in }
    }

    fn give_up(&mut self, key: AuthKeyId) {
        let Some(held) = self.places.remove(&key) else { return };
        if let Some(count) = self.by_address.get_mut(&held.address) {
            *count -= 1;
            if *count == 0 {
                self.by_address.remove(&held.address);
            }
        }
    }

    /// Nobody has to wait any more.
    fn dissolve(&mut self) {
        self.first += self.order.len() as u64;
        self.order.clear();
        self.places.clear();
        self.by_address.clear();
    }

    /// Takes the places of those who did not ask for a while, and moves everybody up.
    fn sweep(&mut self, now_ms: i64) {
        self.swept_at_ms = now_ms;
        self.admitted.retain(|_, until| *until > now_ms);
        let gone = |held: &Held| now_ms >= held.kept_until_ms;
        let lost: Vec<AuthKeyId> = self.places.iter().filter(|(_, held)| gone(held)).map(|(key, _)| *key).collect();
        for key in lost {
            self.give_up(key);
        }
        let (first, places) = (self.first, &mut self.places);
        let mut number = first;
        let mut old = first;
        self.order.retain(|key| {
            let held = places.get_mut(key).filter(|held| held.number == old);
            old += 1;
            let Some(held) = held else { return false };
            held.number = number;
            number += 1;
            true
        });
    }
}

/// How long a place is kept for whoever is told to ask again after so many seconds.
fn kept_until_ms(now_ms: i64, ask_again_in: u32) -> i64 {
    now_ms + i64::from(ask_again_in) * 1_000 + limits::WAITING_GRACE_MS
}

/// Somewhere in the later half of so many seconds.
fn jittered(seconds: u32, dice: u64) -> u32 {
    let half = (seconds / 2).max(1);
    seconds - u32::try_from(dice % u64::from(half)).unwrap_or_default()
}

impl Platform {
    /// Where the newcomer with this key stands; asking keeps the place. Whoever is signed in never waits.
    ///
    /// # Errors
    /// [`Refusal::FloodWait`] when there is no place left to stand.
    pub fn place_at_door(&self, key: AuthKeyId, ip: IpAddr) -> Result<Place, Refusal> {
        let dice = u64::from_be_bytes(self.random());
        let asked = Asked { address: address_block(ip), now_ms: self.runtime().now_ms(), dice };
        self.inner.people.waiting_room.ask(self.newcomers_per_minute(), key, asked)
    }

    /// Refuses a newcomer whose turn has not come, in words that every client understands.
    pub(crate) fn check_turn(&self, key: AuthKeyId, ip: IpAddr) -> Result<(), Refusal> {
        match self.place_at_door(key, ip)? {
            Place::Admitted => Ok(()),
            Place::Waiting(waiting) => Err(Refusal::FloodWait(waiting.ask_again_in)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOME: &str = "10.0.0.1";

    /// A room and its pace.
    struct Room(u32, WaitingRoom);

    impl Room {
        fn new(pace: u32) -> Self {
            Self(pace, WaitingRoom::default())
        }

        fn ask_from(&self, address: &str, key: i64, now_ms: i64) -> Result<Place, Refusal> {
            self.1.ask(self.0, AuthKeyId(key), Asked { address: address.to_owned(), now_ms, dice: 7 })
        }
    }

    fn ask(room: &Room, key: i64, at_ms: i64) -> Place {
        room.ask_from(HOME, key, at_ms).unwrap()
    }

    fn place(place: Place) -> u64 {
        match place {
            Place::Admitted => 0,
            Place::Waiting(waiting) => waiting.place,
        }
    }

    #[test]
    fn without_a_pace_nobody_waits() {
        let room = Room::new(0);
        assert!((0..100).all(|key| ask(&room, key, 0) == Place::Admitted));
    }

    #[test]
    fn newcomers_come_in_at_the_pace_in_their_order() {
        let room = Room::new(6);
        assert_eq!(ask(&room, 1, 1_000_000), Place::Admitted);
        let places: Vec<u64> = (2..6).map(|key| place(ask(&room, key, 1_000_000))).collect();
        assert_eq!(places, [1, 2, 3, 4]);
        let Place::Waiting(last) = ask(&room, 5, 1_000_000) else { panic!("waits") };
        assert_eq!(last.expected_seconds, 41);
        assert!(last.ask_again_in <= 41 && last.ask_again_in >= 20);
        assert_eq!(place(ask(&room, 3, 1_010_000)), 1, "who is next is let in though somebody else asks");
        assert_eq!(ask(&room, 2, 1_010_000), Place::Admitted);
        assert_eq!(ask(&room, 3, 1_020_000), Place::Admitted);
        assert_eq!(ask(&room, 2, 1_030_000), Place::Admitted, "and stays so for a while");
    }

    #[test]
    fn what_was_promised_is_kept() {
        let room = Room::new(30);
        let start = 5_000_000;
        let waits: Vec<u32> = (0..200)
            .map(|key| match ask(&room, key, start) {
                Place::Admitted => 0,
                Place::Waiting(waiting) => waiting.expected_seconds,
            })
            .collect();
        for second in 0..=600 {
            for (key, wait) in waits.iter().enumerate() {
                let asked = ask(&room, key as i64, start + second * 1000);
                if second >= i64::from(*wait) {
                    assert_eq!(asked, Place::Admitted, "key {key} was told {wait} s");
                }
            }
        }
    }

    #[test]
    fn whoever_does_not_ask_loses_the_place_and_the_others_move_up() {
        let room = Room::new(1);
        for key in 0..10 {
            ask(&room, key, 0);
        }
        assert_eq!(place(ask(&room, 9, 1)), 9);
        assert_eq!(place(ask(&room, 9, 61_000)), 8, "one was let in");
        let much_later = 50_000 + limits::WAITING_GRACE_MS + limits::WAITING_SWEEP_MS;
        assert_eq!(place(ask(&room, 9, much_later)), 1);
        assert_eq!(place(ask(&room, 5, much_later)), 2, "and stands at the end again");
    }

    #[test]
    fn a_room_is_full_at_its_bounds() {
        let room = Room::new(1);
        let of_one = i64::from(limits::WAITING_PLACES_PER_ADDRESS);
        for key in 0..=of_one {
            ask(&room, key, 0);
        }
        let refused = room.ask_from(HOME, of_one + 1, 0);
        assert!(matches!(refused, Err(Refusal::FloodWait(seconds)) if (25..=50).contains(&seconds)));
        assert_eq!(ask(&room, of_one, 0), ask(&room, of_one, 0), "who stands there is not sent away");
        assert!(room.ask_from("10.0.0.2", -1, 0).is_ok());
        room.1.leave(AuthKeyId(of_one));
        assert!(room.ask_from(HOME, of_one + 1, 0).is_ok());
    }

    #[test]
    fn a_room_empties_though_nobody_asks() {
        let room = Room::new(1);
        for key in 0..10 {
            ask(&room, key, 0);
        }
        assert_eq!(room.1.places(), 9);
        let kept_ms = 50_000 + limits::WAITING_GRACE_MS;
        room.1.pass_time(1, kept_ms + limits::WAITING_SWEEP_MS);
        assert_eq!(room.1.places(), 0, "their places are lost");
        for key in 20..30 {
            ask(&room, key, 2 * kept_ms);
        }
        room.1.pass_time(0, 2 * kept_ms);
        assert_eq!(room.1.places(), 0, "nobody has to wait");
        assert_eq!(ask(&room, 40, 3 * kept_ms), Place::Admitted);
        assert_eq!(place(ask(&room, 41, 3 * kept_ms)), 1);
    }

    #[test]
    fn a_pace_may_change_at_any_time() {
        let mut room = Room::new(1);
        ask(&room, 1, 0);
        assert_eq!(place(ask(&room, 2, 0)), 1);
        room.0 = 60;
        assert_eq!(place(ask(&room, 2, 1_000)), 1, "the one before took a minute's turn");
        room.0 = 0;
        assert_eq!(ask(&room, 2, 1_000), Place::Admitted);
    }

    /// Somebody who left and came back stands once, at the end.
    #[test]
    fn nobody_stands_twice() {
        let room = Room::new(1);
        for key in 0..4 {
            ask(&room, key, 0);
        }
        room.1.leave(AuthKeyId(2));
        assert_eq!(place(ask(&room, 2, 1)), 4, "the hole counts until it is swept");
        assert_eq!(place(ask(&room, 2, limits::WAITING_SWEEP_MS)), 3);
        assert_eq!(place(ask(&room, 1, 60_000)), 0);
        for at_ms in [60_000, 110_000] {
            assert_eq!((place(ask(&room, 3, at_ms)), place(ask(&room, 2, at_ms))), (1, 2));
        }
        assert_eq!((place(ask(&room, 3, 120_000)), place(ask(&room, 2, 150_000))), (0, 1));
        assert_eq!(place(ask(&room, 2, 180_000)), 0);
    }
}
