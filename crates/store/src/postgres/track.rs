//! What is under way in one lane: groups in their order, and what is known of them.

use std::collections::{HashSet, VecDeque};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::{Future, poll_fn};
use tokio::time::Instant;

use super::plan::Verdict;
use super::traffic::Group;
use super::trouble::Trouble;
use crate::queue::Item;

/// What the database said to a group.
pub(super) type Told = Result<(), Trouble>;

/// The state of one lane.
pub(super) struct Track {
    /// Number of the last group that is known to be durable.
    pub(super) seq: i64,
    /// Number of the last group that was sent and may be durable.
    pub(super) sent: i64,
    /// Groups under way, in their order.
    pub(super) flights: VecDeque<Flight>,
    /// Since when the first of them is the first.
    pub(super) first_since: Instant,
}

/// A group that was sent.
pub(super) struct Flight {
    pub(super) group: Group<Item>,
    /// What becomes of each batch if the group is written.
    pub(super) verdicts: Vec<Verdict>,
    /// Chains that break then.
    pub(super) doomed: HashSet<usize>,
    /// `None` where there is nothing to write, or it is known that nothing was.
    pub(super) number: Option<i64>,
    pub(super) sent_at: Instant,
    pub(super) answer: Answer,
}

/// The answer of the database.
pub(super) enum Answer {
    Awaited(Pin<Box<dyn Future<Output = Told> + Send>>),
    Known(Told),
}

impl Answer {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Told> {
        if let Self::Awaited(told) = self {
            let Poll::Ready(told) = told.as_mut().poll(context) else { return Poll::Pending };
            *self = Self::Known(told);
        }
        match self {
            Self::Known(told) => Poll::Ready(told.clone()),
            Self::Awaited(_) => Poll::Pending,
        }
    }
}

impl Flight {
    /// Waits for the answer, which stays known.
    pub(super) async fn told(&mut self) -> Told {
        poll_fn(|context| self.answer.poll(context)).await
    }

    /// Nothing of it was written, and nothing will be.
    fn was_in_vain(&mut self) {
        self.number = None;
        self.answer = Answer::Known(Err(Trouble::Again("it was not written".into())));
    }
}

impl Track {
    pub(super) fn new(seq: i64) -> Self {
        Self { seq, sent: seq, flights: VecDeque::new(), first_since: Instant::now() }
    }

    /// Whether groups were sent whose fate is not known.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.sent > self.seq
    }

    /// Whether another group may go behind those under way: not behind one that is known to be decided anew.
    pub(super) fn is_clear(&self) -> bool {
        !self.flights.iter().any(|flight| matches!(flight.answer, Answer::Known(Err(_))))
    }

    /// What the database said to the first group under way.
    pub(super) fn poll_first(&mut self, context: &mut Context<'_>) -> Poll<Told> {
        self.flights.front_mut().map_or(Poll::Pending, |first| first.answer.poll(context))
    }

    /// Nothing behind the first group under way was written: it failed, and the fence let none of them pass.
    pub(super) fn stop_behind_first(&mut self) {
        self.flights.iter_mut().for_each(Flight::was_in_vain);
        self.sent = self.seq;
    }

    /// The connection is given up: what is not known will only be known when the lane is taken again.
    pub(super) fn lose(&mut self) {
        for flight in self.flights.iter_mut().filter(|flight| matches!(flight.answer, Answer::Awaited(_))) {
            flight.answer = Answer::Known(Err(Trouble::Lost("the connection was given up".into())));
        }
    }

    /// The lane was taken again, and this is the number of its last group: those under way up to it were written, the others were not
    /// and will not be. False if it cannot be.
    pub(super) fn settle(&mut self, found: i64) -> bool {
        if !(self.seq..=self.sent).contains(&found) {
            return false;
        }
        let mut is_cut = false;
        for flight in &mut self.flights {
            is_cut |= flight.number.is_some_and(|number| number > found);
            if is_cut {
                flight.was_in_vain();
            } else if flight.number.is_some() {
                flight.answer = Answer::Known(Ok(()));
            }
        }
        (self.seq, self.sent) = (found, found);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::shards::Place;
    use crate::postgres::traffic::Traffic;

    fn track(numbers: &[Option<i64>]) -> Track {
        let mut track = Track::new(10);
        for number in numbers {
            let mut traffic = Traffic::default();
            let queue = crate::queue::Queue::default();
            let _commit = queue.push(crate::Batch::new(crate::Class::C1)).expect("there is room");
            queue
                .take_all()
                .into_iter()
                .for_each(|item| traffic.arrive(item, [1_u64].into_iter().collect(), Place::One(0), 1));
            track.flights.push_back(Flight {
                group: traffic.take(0).expect("it may go"),
                verdicts: vec![Ok(())],
                doomed: HashSet::new(),
                number: *number,
                sent_at: Instant::now(),
                answer: Answer::Awaited(Box::pin(std::future::pending())),
            });
            track.sent = number.unwrap_or(track.sent);
        }
        track
    }

    async fn outcomes(track: &mut Track) -> Vec<bool> {
        let mut outcomes = Vec::new();
        for flight in &mut track.flights {
            outcomes.push(flight.told().await.is_ok());
        }
        outcomes
    }

    #[tokio::test]
    async fn the_number_tells_what_was_written() {
        for (found, expected) in [(10, [false, false]), (11, [true, false]), (12, [true, true])] {
            let mut track = track(&[Some(11), Some(12)]);
            assert!(track.is_in_doubt());
            track.lose();
            assert!(track.settle(found));
            assert_eq!(outcomes(&mut track).await, expected);
            assert_eq!(track.is_clear(), expected[1], "what failed is decided before anything goes behind it");
            assert!(!track.is_in_doubt() && track.seq == found);
        }
        assert!(!track(&[Some(11)]).settle(9) && !track(&[Some(11)]).settle(12), "it lost writes, or has others");
    }

    #[tokio::test]
    async fn what_has_no_number_is_judged_with_what_came_before_it() {
        let mut track = track(&[Some(11), None, Some(12), None]);
        for place in [1, 3] {
            track.flights[place].answer = Answer::Known(Ok(()));
        }
        track.lose();
        assert!(track.settle(11));
        assert_eq!(outcomes(&mut track).await, [true, true, false, false]);
    }

    #[tokio::test]
    async fn numbers_of_groups_that_failed_mean_nothing_later() {
        let mut track = track(&[Some(11), Some(12)]);
        track.stop_behind_first();
        // What the first became is written in three groups of its own, and then the connection breaks.
        track.sent = 13;
        assert!(track.settle(13));
        assert_eq!(outcomes(&mut track).await, [false, false]);
    }
}
