//! What a session remembers of the client's messages: ids for duplicates, sequence numbers for their order, and what
//! became of each request. Bounded by time (older ids are refused anyway) and by number.

use super::clock::ProtocolTime;
use super::limits::{FRACTIONLESS_MAX_MESSAGES, MSG_ID_AHEAD_SECONDS, MSG_ID_BEHIND_SECONDS, SEEN_MAX};
use super::schema::BadMsg;
use std::collections::VecDeque;

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Received; nothing further will come of it.
    Taken,
    /// A container: its id may not be used again.
    Container,
    /// A request that is being worked on.
    Running,
    /// A request whose answer nobody wants any more.
    Dropped,
    /// A request whose answer was queued.
    Answered,
    /// A request whose answer the client has acknowledged.
    Acknowledged,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    msg_id: i64,
    seq_no: i32,
    fate: Fate,
}

/// The window, ordered by msg_id.
#[derive(Debug, Default)]
pub struct Seen {
    entries: VecDeque<Entry>,
    /// The highest msg_id forgotten: what is not above it is too old to be judged.
    floor: i64,
    /// The highest sequence number forgotten.
    floor_seq_no: i32,
    fractionless: u32,
    fraction_seen: bool,
}

impl Seen {
    /// Security guidelines, "Checking msg_id": divisible by four, at most 300 seconds behind and 30 ahead, and made
    /// from a clock with fractions. Single ids without a fraction pass (Pyrogram makes them), a constant zero does not.
    pub fn check_id(&self, msg_id: i64, now: ProtocolTime) -> Result<(), BadMsg> {
        if msg_id % 4 != 0 {
            return Err(BadMsg::IdBits);
        }
        let behind = now.seconds() - (msg_id >> 32);
        if behind > MSG_ID_BEHIND_SECONDS {
            return Err(BadMsg::IdTooLow);
        }
        if -behind > MSG_ID_AHEAD_SECONDS {
            return Err(BadMsg::IdTooHigh);
        }
        let constant = !self.fraction_seen && self.fractionless >= FRACTIONLESS_MAX_MESSAGES;
        if constant && is_fractionless(msg_id) { Err(BadMsg::IdBits) } else { Ok(()) }
    }

    /// Whether a new message is recent enough to be sure that it is new.
    pub fn check_age(&self, msg_id: i64) -> Result<(), BadMsg> {
        if msg_id <= self.floor { Err(BadMsg::TooOld) } else { Ok(()) }
    }

    /// MTProto description, "Message sequence number": among all messages it rises with msg_id, and the odd numbers of
    /// content-related messages do not repeat.
    pub fn check_seq_no(&self, msg_id: i64, seq_no: i32) -> Result<(), BadMsg> {
        let place = self.place(msg_id);
        let below = match place.checked_sub(1) {
            Some(previous) => self.entries[previous].seq_no,
            None => self.floor_seq_no,
        };
        let odd = seq_no % 2 != 0;
        if below > seq_no || (below == seq_no && odd) {
            return Err(BadMsg::SeqTooLow);
        }
        match self.entries.get(place) {
            Some(above) if above.seq_no < seq_no || (above.seq_no == seq_no && odd) => Err(BadMsg::SeqTooHigh),
            _ => Ok(()),
        }
    }

    /// What is known of a message; nothing if it is not in the window.
    #[must_use]
    pub fn fate(&self, msg_id: i64) -> Option<Fate> {
        self.entries.get(self.place(msg_id)).filter(|entry| entry.msg_id == msg_id).map(|entry| entry.fate)
    }

    /// Changes what is known of a message that is still in the window.
    pub fn set_fate(&mut self, msg_id: i64, fate: Fate) {
        let place = self.place(msg_id);
        if let Some(entry) = self.entries.get_mut(place).filter(|entry| entry.msg_id == msg_id) {
            entry.fate = fate;
        }
    }

    /// Remembers a message that passed the checks.
    pub fn insert(&mut self, msg_id: i64, seq_no: i32, fate: Fate, now: ProtocolTime) {
        self.forget_old(now);
        self.fraction_seen |= !is_fractionless(msg_id);
        self.fractionless = self.fractionless.saturating_add(1);
        let place = self.place(msg_id);
        self.entries.insert(place, Entry { msg_id, seq_no, fate });
    }

    /// The byte of `msgs_state_info` that says where an id lies: 1 too low, 2 unknown within the range, 3 too high.
    #[must_use]
    pub fn unknown_state(&self, msg_id: i64) -> u8 {
        match (self.entries.front(), self.entries.back()) {
            (_, Some(highest)) if msg_id > highest.msg_id => 3,
            (Some(lowest), _) if msg_id > lowest.msg_id => 2,
            _ => 1,
        }
    }

    fn place(&self, msg_id: i64) -> usize {
        match self.entries.back() {
            Some(last) if last.msg_id < msg_id => self.entries.len(),
            _ => self.entries.partition_point(|entry| entry.msg_id < msg_id),
        }
    }

    /// While nothing comes: what is too old by now is forgotten, and its room given back.
    pub fn rest(&mut self, now: ProtocolTime) {
        self.forget_old(now);
        if self.entries.is_empty() {
            self.entries = VecDeque::new();
        }
    }

    /// Ids a little older than the check of time allows need not be remembered; nor more than the bound.
    fn forget_old(&mut self, now: ProtocolTime) {
        let oldest = (now.seconds() - MSG_ID_BEHIND_SECONDS - 1) << 32;
        while self.entries.front().is_some_and(|entry| entry.msg_id < oldest || self.entries.len() >= SEEN_MAX) {
            if let Some(entry) = self.entries.pop_front() {
                self.floor = entry.msg_id;
                self.floor_seq_no = self.floor_seq_no.max(entry.seq_no);
            }
        }
        if self.entries.capacity() > 64 && self.entries.len() * 4 < self.entries.capacity() {
            self.entries.shrink_to(self.entries.len() * 2);
        }
    }
}

const fn is_fractionless(msg_id: i64) -> bool {
    msg_id.trailing_zeros() >= 32
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: ProtocolTime = ProtocolTime(1_700_000_000_500);

    fn id(seconds: i64, fraction: i64) -> i64 {
        ((NOW.seconds() + seconds) << 32) | fraction
    }

    #[test]
    fn ids_are_checked_against_the_clock_and_their_bits() {
        let seen = Seen::default();
        for good in [id(0, 4), id(-300, 4), id(30, 4), id(-1, 1 << 20), id(0, 0)] {
            assert_eq!(seen.check_id(good, NOW), Ok(()));
        }
        for (bad, code) in [
            (id(0, 1), BadMsg::IdBits),
            (id(0, 2), BadMsg::IdBits),
            (id(0, 3), BadMsg::IdBits),
            (id(-301, 4), BadMsg::IdTooLow),
            (id(-100_000, 4), BadMsg::IdTooLow),
            (0, BadMsg::IdTooLow),
            (-4, BadMsg::IdTooLow),
            (i64::MIN, BadMsg::IdTooLow),
            (id(31, 4), BadMsg::IdTooHigh),
            (i64::MAX & !3, BadMsg::IdTooHigh),
        ] {
            assert_eq!(seen.check_id(bad, NOW), Err(code), "{bad:#x}");
        }
    }

    #[test]
    fn a_constant_fraction_of_zero_is_noticed() {
        let mut seen = Seen::default();
        for step in 0..i64::from(FRACTIONLESS_MAX_MESSAGES) {
            assert_eq!(seen.check_id(id(step - 100, 0), NOW), Ok(()));
            seen.insert(id(step - 100, 0), 0, Fate::Taken, NOW);
        }
        assert_eq!(seen.check_id(id(0, 0), NOW), Err(BadMsg::IdBits));
        assert_eq!(seen.check_id(id(0, 4), NOW), Ok(()));
        seen.insert(id(0, 4), 0, Fate::Taken, NOW);
        assert_eq!(seen.check_id(id(1, 0), NOW), Ok(()));
    }

    #[test]
    fn sequence_numbers_rise_with_ids() {
        let mut seen = Seen::default();
        seen.insert(id(0, 40), 11, Fate::Taken, NOW);
        for (msg_id, seq_no) in [(id(0, 44), 12), (id(0, 44), 13), (id(0, 44), 1_000), (id(0, 36), 9), (id(0, 36), 10)]
        {
            assert_eq!(seen.check_seq_no(msg_id, seq_no), Ok(()), "{seq_no}");
        }
        for bad in [11, 10, 1, 0, -1] {
            assert_eq!(seen.check_seq_no(id(0, 44), bad), Err(BadMsg::SeqTooLow), "{bad}");
        }
        for bad in [11, 12, 13, 99, i32::MAX] {
            assert_eq!(seen.check_seq_no(id(0, 36), bad), Err(BadMsg::SeqTooHigh), "{bad}");
        }
        seen.insert(id(0, 48), 12, Fate::Taken, NOW);
        assert_eq!(seen.check_seq_no(id(0, 52), 12), Ok(()), "even numbers may repeat");
    }

    #[test]
    fn what_fell_out_of_the_window_is_too_old() {
        let mut seen = Seen::default();
        let count = i64::try_from(SEEN_MAX).expect("small") + 5;
        for step in 0..count {
            seen.insert(id(0, step * 4 + 4), 0, Fate::Taken, NOW);
        }
        for bad in [id(0, 4), id(0, 8), id(0, 20), id(-1, 4), id(-299, 4)] {
            assert_eq!(seen.check_age(bad), Err(BadMsg::TooOld));
            assert_eq!(seen.unknown_state(bad), 1);
        }
        assert_eq!(seen.check_age(id(0, 22)), Ok(()));
        assert_eq!(seen.fate(id(0, 4)), None);
        assert_eq!(seen.fate(id(0, 24)), Some(Fate::Taken));
        assert_eq!(seen.unknown_state(id(1, 4)), 3);
        assert_eq!(seen.unknown_state(id(0, 26)), 2);
        let later = ProtocolTime(NOW.0 + 1_000_000);
        seen.insert(later.msg_id(), 0, Fate::Running, later);
        assert_eq!(seen.fate(id(0, 24)), None, "time forgets too");
        seen.rest(ProtocolTime(later.0 + 300_000));
        assert_eq!(seen.fate(later.msg_id()), Some(Fate::Running), "nothing that may still come again is forgotten");
        seen.rest(ProtocolTime(later.0 + 302_000));
        assert_eq!((seen.fate(later.msg_id()), seen.entries.capacity()), (None, 0));
        assert_eq!(seen.check_age(later.msg_id()), Err(BadMsg::TooOld));
    }

    #[test]
    fn fates_change() {
        let mut seen = Seen::default();
        seen.insert(id(0, 8), 1, Fate::Running, NOW);
        seen.set_fate(id(0, 8), Fate::Answered);
        seen.set_fate(id(0, 4), Fate::Dropped);
        assert_eq!(seen.fate(id(0, 8)), Some(Fate::Answered));
        assert_eq!(seen.fate(id(0, 4)), None);
    }
}
