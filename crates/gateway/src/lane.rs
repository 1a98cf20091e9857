//! A session's requests: started in the order they came, running side by side within a bound, and their outcomes, for
//! `invokeAfterMsg` (E13).
//!
//! "Started" means polled for the first time: by then a request has taken its place in every queue that it meets before
//! its first wait. So that nobody overtakes, one caller at a time starts requests.

use std::collections::VecDeque;

use bytes::Bytes;
use mtproto::session::ProtocolTime;

use crate::budget::Held;
use crate::limits::{
    OUTCOME_KEPT_MS, OUTCOMES_PER_SESSION, RPC_BYTES_PER_SESSION, RPC_RUNNING_PER_SESSION, RPC_WAITING_PER_SESSION,
};

/// A request that has not begun.
#[derive(Debug)]
pub(crate) struct Request {
    /// Its message.
    pub(crate) msg_id: i64,
    /// The serialised function, wrappers included.
    pub(crate) body: Bytes,
    /// Where it comes from.
    pub(crate) ip: std::net::IpAddr,
    /// The room that its body takes.
    pub(crate) _held: Held,
}

/// What others may know of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It waits or runs.
    Pending,
    /// It ended with a result.
    Succeeded,
    /// It ended with an error.
    Failed,
}

/// The requests of one session.
#[derive(Debug, Default)]
pub(crate) struct Lane {
    /// Without allocation while empty.
    waiting: VecDeque<Request>,
    running: usize,
    /// Bytes of those that wait or run.
    bytes: usize,
    is_starting: bool,
    /// By message, in the order of their ids, which is nearly that of their coming.
    outcomes: VecDeque<(i64, Outcome)>,
    /// How many of `outcomes` have ended.
    ended: usize,
}

impl Lane {
    /// Takes a request, or gives it back because too many wait.
    pub(crate) fn submit(&mut self, request: Request) -> Result<(), Request> {
        let bytes = self.bytes + request.body.len();
        if self.waiting.len() >= RPC_WAITING_PER_SESSION || bytes > RPC_BYTES_PER_SESSION {
            return Err(request);
        }
        self.bytes = bytes;
        self.note(request.msg_id, Outcome::Pending);
        self.waiting.push_back(request);
        Ok(())
    }

    /// The next request to start, unless somebody else is starting one or enough run. Call [`Self::started`] after its
    /// first poll.
    pub(crate) fn start_next(&mut self) -> Option<Request> {
        if self.is_starting || self.running >= RPC_RUNNING_PER_SESSION {
            return None;
        }
        let request = self.waiting.pop_front()?;
        if self.waiting.is_empty() {
            self.waiting = VecDeque::new();
        }
        self.is_starting = true;
        self.running += 1;
        Some(request)
    }

    /// The request given out last has been polled.
    pub(crate) fn started(&mut self) {
        self.is_starting = false;
    }

    /// A request of so many bytes ended.
    pub(crate) fn end(&mut self, msg_id: i64, bytes: usize, outcome: Outcome) {
        self.running = self.running.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(bytes);
        self.note(msg_id, outcome);
        self.ended += 1;
        while self.ended > OUTCOMES_PER_SESSION {
            let oldest = self.outcomes.iter().position(|(_, outcome)| *outcome != Outcome::Pending);
            self.ended -= 1;
            oldest.and_then(|place| self.outcomes.remove(place));
        }
    }

    /// While nothing comes: forgets how requests of long ago ended, which nobody names any more.
    pub(crate) fn rest(&mut self, now: ProtocolTime) {
        let oldest = ProtocolTime(now.0 - OUTCOME_KEPT_MS).msg_id();
        while self.outcomes.front().is_some_and(|(id, outcome)| *id < oldest && *outcome != Outcome::Pending) {
            self.outcomes.pop_front();
            self.ended = self.ended.saturating_sub(1);
        }
        if self.outcomes.capacity() > self.outcomes.len() * 2 {
            self.outcomes.shrink_to_fit();
        }
    }

    fn note(&mut self, msg_id: i64, outcome: Outcome) {
        match self.place(msg_id) {
            Ok(place) => self.outcomes[place].1 = outcome,
            Err(place) => self.outcomes.insert(place, (msg_id, outcome)),
        }
    }

    fn place(&self, msg_id: i64) -> Result<usize, usize> {
        match self.outcomes.back() {
            Some((last, _)) if *last < msg_id => Err(self.outcomes.len()),
            _ => self.outcomes.binary_search_by_key(&msg_id, |(id, _)| *id),
        }
    }

    /// What is known of a request; nothing if it never came or is forgotten.
    pub(crate) fn outcome(&self, msg_id: i64) -> Option<Outcome> {
        self.place(msg_id).ok().map(|place| self.outcomes[place].1)
    }

    /// Requests that wait or run.
    pub(crate) fn pending(&self) -> usize {
        self.waiting.len() + self.running
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;

    fn request(msg_id: i64) -> Request {
        Request { msg_id, body: Bytes::new(), ip: [127, 0, 0, 1].into(), _held: Budget::of(0).hold() }
    }

    #[test]
    fn requests_start_in_order_one_at_a_time() {
        let mut lane = Lane::default();
        for msg_id in 1..=3 {
            lane.submit(request(msg_id)).expect("there is room");
        }
        assert_eq!(lane.start_next().map(|request| request.msg_id), Some(1));
        assert!(lane.start_next().is_none(), "the first has not been polled yet");
        lane.started();
        assert_eq!(lane.start_next().map(|request| request.msg_id), Some(2));
        lane.started();
        assert_eq!(lane.outcome(1), Some(Outcome::Pending));
        assert_eq!(lane.outcome(3), Some(Outcome::Pending));
        assert_eq!(lane.outcome(4), None);
        lane.end(2, 0, Outcome::Failed);
        assert_eq!(lane.outcome(2), Some(Outcome::Failed));
        assert_eq!(lane.pending(), 2);
    }

    #[test]
    fn numbers_are_bounded() {
        let mut lane = Lane::default();
        for msg_id in 0..i64::try_from(RPC_WAITING_PER_SESSION).expect("small") {
            lane.submit(request(msg_id)).expect("there is room");
        }
        assert!(lane.submit(request(-1)).is_err());
        let mut started = 0;
        while lane.start_next().is_some() {
            lane.started();
            started += 1;
        }
        assert_eq!(started, RPC_RUNNING_PER_SESSION);
        for msg_id in 0..10_000 {
            lane.end(msg_id, 0, Outcome::Succeeded);
        }
        assert_eq!((lane.ended, lane.outcomes.len()), (OUTCOMES_PER_SESSION, OUTCOMES_PER_SESSION));
        assert_eq!((lane.outcome(0), lane.outcome(9_999)), (None, Some(Outcome::Succeeded)));
    }

    #[test]
    fn what_ended_long_ago_is_forgotten_at_rest() {
        let mut lane = Lane::default();
        let (begun, second) = (ProtocolTime(1_700_000_000_000), 1 << 32);
        let ids = [begun.msg_id(), begun.msg_id() + 4, begun.msg_id() + 2 * second];
        ids.iter().for_each(|id| lane.submit(request(*id)).expect("there is room"));
        lane.end(ids[0], 0, Outcome::Succeeded);
        lane.end(ids[2], 0, Outcome::Failed);
        lane.rest(ProtocolTime(begun.0 + OUTCOME_KEPT_MS));
        assert_eq!(lane.outcome(ids[0]), Some(Outcome::Succeeded));
        lane.rest(ProtocolTime(begun.0 + OUTCOME_KEPT_MS + 1_000));
        assert_eq!(ids.map(|id| lane.outcome(id)), [None, Some(Outcome::Pending), Some(Outcome::Failed)]);
        lane.end(ids[1], 0, Outcome::Succeeded);
        lane.rest(ProtocolTime(begun.0 + OUTCOME_KEPT_MS + 3_000));
        assert_eq!((lane.outcomes.capacity(), lane.ended), (0, 0));
    }

    #[test]
    fn bytes_are_bounded_until_their_requests_end() {
        let mut lane = Lane::default();
        let large = |msg_id| Request { body: vec![0; RPC_BYTES_PER_SESSION / 2].into(), ..request(msg_id) };
        lane.submit(large(1)).expect("there is room");
        lane.submit(large(2)).expect("there is room");
        for msg_id in 3..8 {
            assert!(lane.submit(Request { body: vec![0].into(), ..request(msg_id) }).is_err());
        }
        lane.start_next().expect("it waits");
        lane.started();
        assert!(lane.submit(large(8)).is_err(), "what runs counts, too");
        lane.end(1, RPC_BYTES_PER_SESSION / 2, Outcome::Succeeded);
        lane.submit(large(9)).expect("there is room again");
    }
}
