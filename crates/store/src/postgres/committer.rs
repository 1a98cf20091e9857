//! The thread that writes: it takes all that arrived meanwhile, judges it, sends it in groups, and tells the callers once
//! the database has theirs.
//!
//! Several groups are under way at a time. In different lanes, and so beside each other, are groups that have neither owners nor chains in
//! common (`traffic`); what has is decided in the order of its arrival: in one group, or behind each other in one lane. There
//! the next group is sent while the one before is under way, over the
//! same connection, so that neither side waits for the other; the database begins it once the one before is durable. Each
//! is fenced by its number: none can be written when the one before it in its lane was not. So when one fails, those behind it fail with
//! it, and all are decided again, one at a time. The other lanes are not touched by that.
//!
//! When a connection breaks, the fate of its groups is unknown until the lanes are taken again, all of them; that ends whatever
//! is left of the old transactions and tells the number of each lane's last group. Until then nobody reads: what was read could be
//! contradicted a moment later.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use failpoint::failpoint;
use futures::future::{poll_fn, ready};
use futures::poll;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::lane::{self, Lanes};
use super::plan::{self, Facts, Plan, Verdict};
use super::shards::Shards;
use super::track::{Answer, Flight, Told, Track};
use super::traffic::{self, Group, Traffic};
use super::trouble::Trouble;
use super::{Shared, Sight};
use crate::queue::{Item, Stop};
use crate::{Batch, StoreError, judge, limits};

/// The committer's own state.
pub(super) struct Committer {
    shared: Arc<Shared>,
    runtime: Handle,
    /// `None` while the database is away.
    lanes: Option<Lanes>,
    /// What is under way in each lane.
    tracks: Vec<Track>,
    traffic: Traffic<Item>,
    shards: Shards,
    /// So many of those that wait cannot go before a group under way is decided.
    stuck: usize,
}

/// What the committer hears.
enum News {
    /// More waits that may be worth a group.
    Arrived,
    /// What became of the first group under way in this lane.
    Told(usize, Told),
    /// Everything is written, and the store closes.
    End,
}

/// Why what was not decided yet will not be decided.
pub(super) enum Failure {
    /// The database did not come back in time; the groups under way may have been written.
    Away,
    /// It refused what nothing was wrong with (its disk is full, it became a standby): nothing was written.
    Refused,
    /// This server may never write again.
    Fenced(String),
}

impl Committer {
    pub(super) fn new(shared: Arc<Shared>, runtime: Handle, lanes: Lanes, shards: Shards) -> Self {
        let used = shared.road.options.lanes();
        let tracks = lanes.seqs.iter().take(used).map(|seq| Track::new(*seq)).collect();
        Self { shared, runtime, lanes: Some(lanes), tracks, traffic: Traffic::default(), shards, stuck: 0 }
    }

    /// Writes until the store closes and nothing waits any more.
    pub(super) fn run(mut self) {
        let runtime = self.runtime.clone();
        runtime.block_on(self.work());
        self.shared.sync_mark();
        self.shared.show(Sight::Closed);
    }

    async fn work(&mut self) {
        loop {
            self.take_in();
            self.send_what_may_go().await;
            let outcome = match self.news().await {
                News::Arrived => Ok(()),
                News::Told(lane, Ok(())) => {
                    self.land(lane);
                    Ok(())
                }
                News::Told(lane, Err(trouble)) => self.recover(lane, trouble).await,
                News::End => return,
            };
            if let Err(failure) = outcome {
                self.fail(failure).await;
            }
        }
    }

    fn take_in(&mut self) {
        for item in self.shared.queue.take_all() {
            let (touches, place) = (traffic::touches(&item.batch), self.shards.place(&item.batch));
            let weight_bytes = item.weight_bytes;
            self.traffic.arrive(item, touches, place, weight_bytes);
        }
    }

    /// Beside groups under way the next one goes when it is worth a transaction of its own: so many batches.
    fn worth(&self) -> usize {
        let flights = self.tracks.iter().flat_map(|track| &track.flights);
        let largest = flights.map(|flight| flight.group.items.len()).max().unwrap_or(0);
        (largest / limits::DATABASE_GROUP_SHARE).max(1)
    }

    /// How many more must arrive to be worth a group.
    fn missing(&self) -> usize {
        self.worth().saturating_sub(self.traffic.waiting().saturating_sub(self.stuck))
    }

    async fn send_what_may_go(&mut self) {
        while self.traffic.waiting() > 0 && self.missing() == 0 {
            let Some((lane, group)) = self.next_group() else { break };
            self.send(lane, group).await;
        }
        self.pass_barriers();
    }

    /// What may go into the lane with the fewest groups, or into one with more.
    fn next_group(&mut self) -> Option<(usize, Group<Item>)> {
        for under_way in 0..limits::DATABASE_GROUPS {
            for lane in 0..self.tracks.len() {
                if self.tracks[lane].flights.len() == under_way
                    && self.tracks[lane].is_clear()
                    && let Some(group) = self.traffic.take(lane)
                {
                    return Some((lane, group));
                }
            }
        }
        self.stuck = self.traffic.waiting();
        None
    }

    /// Waits for something to do.
    async fn news(&mut self) -> News {
        let has_room = self.tracks.iter().any(|track| track.flights.len() < limits::DATABASE_GROUPS);
        let gathered = self.shared.queue.gather(self.missing().max(1));
        let first_sent = self.tracks.iter().filter(|track| !track.flights.is_empty());
        let Some(first_sent) = first_sent.map(|track| track.first_since).min() else {
            return if gathered.await { News::Arrived } else { News::End };
        };
        let told = first_told(&mut self.tracks);
        tokio::select! {
            biased;
            (lane, told) = told => News::Told(lane, told),
            () = sleep_until(first_sent + limits::DATABASE_COMMIT_TIMEOUT) => News::Told(self.slowest(), Err(lane::silent())),
            true = gathered, if has_room => News::Arrived,
        }
    }

    /// The lane whose first group is under way for the longest time.
    fn slowest(&self) -> usize {
        let under_way = self.tracks.iter().enumerate().filter(|(_, track)| !track.flights.is_empty());
        under_way.min_by_key(|(_, track)| track.first_since).map_or(0, |(lane, _)| lane)
    }

    /// Plans a group as if those before it in its lane were written, and sends it behind them.
    async fn send(&mut self, lane: usize, group: Group<Item>) {
        failpoint!("store.commit.before_write");
        let batches: Vec<_> = group.items.iter().map(|item| &item.batch).collect();
        let track = &mut self.tracks[lane];
        let doomed = track.flights.iter().flat_map(|flight| &flight.doomed).copied().collect();
        let mut plan = Plan::new(&batches, None, &doomed);
        let (verdicts, doomed) = (std::mem::take(&mut plan.verdicts), std::mem::take(&mut plan.doomed));
        let sent_at = Instant::now();
        let waits = group.items.iter().map(|item| sent_at.into_std().saturating_duration_since(item.enqueued_at));
        waits.for_each(|wait| metrics::STORE_WAIT_SECONDS.observe(wait.as_secs_f64()));
        if track.flights.is_empty() {
            track.first_since = sent_at;
        }
        track.sent += i64::from(!plan.is_empty());
        let number = (!plan.is_empty()).then_some(track.sent);
        let answer = Answer::Awaited(self.sent(lane, plan, number.unwrap_or(0)).await);
        self.tracks[lane].flights.push_back(Flight { group, verdicts, doomed, number, sent_at, answer });
    }

    /// Sends a group; what is returned resolves with the answer.
    async fn sent(&self, lane: usize, plan: Plan, seq: i64) -> Pin<Box<dyn Future<Output = Told> + Send>> {
        let Some(lanes) = &self.lanes else { return Box::pin(ready(Err(away()))) };
        let mut told = Box::pin(lanes.write(lane, plan, seq));
        // All of it goes out when it is polled first: groups go in their order.
        match poll!(&mut told) {
            Poll::Ready(told) => Box::pin(ready(told)),
            Poll::Pending => told,
        }
    }

    /// The first group under way in this lane was written.
    fn land(&mut self, lane: usize) {
        let Some(flight) = self.tracks[lane].flights.pop_front() else { return };
        if let Some(number) = flight.number {
            self.advance(lane, number);
        }
        self.tracks[lane].first_since = Instant::now();
        self.finish(flight.group, flight.verdicts, flight.sent_at);
    }

    /// Groups of the lane up to this one are durable.
    fn advance(&mut self, lane: usize, number: i64) {
        let track = &mut self.tracks[lane];
        track.seq = track.seq.max(number);
        self.shared.raise_mark(lane, track.seq);
    }

    /// Tells the callers of a group.
    fn finish(&mut self, group: Group<Item>, verdicts: impl IntoIterator<Item = Verdict>, sent_at: Instant) {
        failpoint!("store.commit.before_resolve");
        metrics::STORE_SYNC_SECONDS.observe(sent_at.elapsed().as_secs_f64());
        metrics::STORE_GROUP_BATCHES.observe(group.items.len() as f64);
        let items = self.traffic.land(group);
        let weight_bytes = items.iter().map(|item| item.weight_bytes).sum();
        self.stuck = 0;
        self.shared.queue.finish(weight_bytes, self.oldest());
        items.into_iter().zip(verdicts).for_each(|(item, verdict)| item.resolve(verdict));
        self.pass_barriers();
    }

    /// When the oldest batch that was taken in and is not decided yet was enqueued.
    fn oldest(&self) -> Option<std::time::Instant> {
        let under_way = self.tracks.iter().filter_map(|track| track.flights.front()?.group.items.first());
        under_way.chain(self.traffic.first_waiting()).map(|item| item.enqueued_at).min()
    }

    fn pass_barriers(&mut self) {
        while let Some(item) = self.traffic.pass() {
            self.shared.queue.finish(item.weight_bytes, self.oldest());
            item.resolve(Ok(()));
        }
    }

    /// The first group under way in this lane was not written, or nobody knows; so none behind it was, or nobody knows.
    async fn recover(&mut self, lane: usize, trouble: Trouble) -> Result<(), Failure> {
        if let Trouble::Lost(reason) = trouble {
            // What was written lands when its turn comes, what was not is decided anew then.
            return self.settle(&reason).await;
        }
        self.hear_out(lane).await;
        self.decide_anew(lane, trouble).await
    }

    /// The first group under way in this lane failed: waits until the database has refused those behind it too.
    async fn hear_out(&mut self, lane: usize) {
        let until = Instant::now() + limits::DATABASE_COMMIT_TIMEOUT;
        let mut is_silent = false;
        for flight in self.tracks[lane].flights.iter_mut().skip(1) {
            is_silent |= timeout_at(until, flight.told()).await.is_err();
        }
        self.tracks[lane].stop_behind_first();
        if is_silent {
            self.lose_lanes();
        }
    }

    /// Decides what is left under way in this lane, one group at a time; the first one failed with `trouble`.
    async fn decide_anew(&mut self, lane: usize, trouble: Trouble) -> Result<(), Failure> {
        let mut trouble = Some(trouble);
        while let Some(flight) = self.tracks[lane].flights.pop_front() {
            let batches: Vec<_> = flight.group.items.iter().map(|item| &item.batch).collect();
            let mut verdicts = Vec::with_capacity(batches.len());
            let outcome = self.decide(lane, &batches, &mut verdicts, trouble.take()).await;
            let rest = outcome.as_ref().err().map_or_else(stopped, |failure| self.verdict_after(lane, failure));
            let verdicts = verdicts.into_iter().chain(std::iter::repeat_with(|| Err(rest.clone())));
            self.finish(flight.group, verdicts, flight.sent_at);
            outcome?;
        }
        self.tracks[lane].first_since = Instant::now();
        Ok(())
    }

    /// What those hear whose batches were not decided.
    fn verdict_after(&self, lane: usize, failure: &Failure) -> StoreError {
        if self.tracks[lane].is_in_doubt() {
            return StoreError::Unknown("the database went away".into());
        }
        failure.verdict()
    }

    /// Decides `batches` in their order and adds what became of each; on a failure those without a verdict are undecided.
    /// With `trouble` they were tried once.
    async fn decide(
        &mut self,
        lane: usize,
        batches: &[&Batch],
        verdicts: &mut Vec<Verdict>,
        mut trouble: Option<Trouble>,
    ) -> Result<(), Failure> {
        let mut by_facts = false;
        for _ in 0..limits::DATABASE_ATTEMPTS {
            let before = self.tracks[lane].seq;
            let (planned, told) = match trouble.take() {
                Some(trouble) => (Vec::new(), Err(trouble)),
                None => self.attempt(lane, batches, by_facts).await,
            };
            match told {
                Ok(()) => {
                    verdicts.extend(planned);
                    return Ok(());
                }
                Err(Trouble::Conflict) if by_facts && batches.len() == 1 => {
                    verdicts.push(Err(StoreError::Conflict));
                    return Ok(());
                }
                Err(Trouble::Conflict) if by_facts => {
                    return Box::pin(self.decide_singly(lane, batches, verdicts)).await;
                }
                Err(Trouble::Conflict) => by_facts = true,
                Err(Trouble::Fenced(reason)) => return Err(Failure::Fenced(reason)),
                Err(Trouble::Lost(reason)) => {
                    self.settle(&reason).await?;
                    if self.tracks[lane].seq > before {
                        verdicts.extend(planned);
                        return Ok(());
                    }
                }
                Err(Trouble::Again(reason)) => tracing::debug!(reason, "the database asks for another try"),
                Err(Trouble::Refused(reason)) => {
                    tracing::error!(reason, "the database refuses to write");
                    return Err(Failure::Refused);
                }
            }
        }
        tracing::error!(attempts = limits::DATABASE_ATTEMPTS, "the database does not take a group");
        Err(Failure::Refused)
    }

    /// Each batch in a transaction of its own.
    async fn decide_singly(
        &mut self,
        lane: usize,
        batches: &[&Batch],
        verdicts: &mut Vec<Verdict>,
    ) -> Result<(), Failure> {
        for batch in batches {
            self.decide(lane, &[*batch], verdicts, None).await?;
            if verdicts.last().is_some_and(Result::is_err) {
                judge::doom_chains(batch);
            }
        }
        Ok(())
    }

    /// Tries to write the group once, alone in its lane; says what becomes of each batch if it is, or was, written.
    async fn attempt(&mut self, lane: usize, batches: &[&Batch], by_facts: bool) -> (Vec<Verdict>, Told) {
        let facts = if by_facts { Some(self.facts(lane, batches).await) } else { None };
        let facts = match facts.transpose() {
            Ok(facts) => facts,
            Err(trouble) => return (Vec::new(), Err(trouble)),
        };
        let mut plan = Plan::new(batches, facts.as_ref(), &HashSet::new());
        let verdicts = std::mem::take(&mut plan.verdicts);
        let number = self.tracks[lane].seq + i64::from(!plan.is_empty());
        self.tracks[lane].sent = number;
        let until = Instant::now() + limits::DATABASE_COMMIT_TIMEOUT;
        let told = self.sent(lane, plan, number).await;
        let told = timeout_at(until, told).await.unwrap_or_else(|_| Err(lane::silent()));
        if told.is_ok() {
            self.advance(lane, number);
        }
        if !matches!(told, Err(Trouble::Lost(_))) {
            self.tracks[lane].sent = self.tracks[lane].seq;
        }
        (verdicts, told)
    }

    async fn facts(&self, lane: usize, batches: &[&Batch]) -> Result<Facts, Trouble> {
        match &self.lanes {
            Some(lanes) => lanes.facts(lane, plan::checked(batches)).await,
            None => Err(away()),
        }
    }

    /// Waits for the database after a broken connection, and reads back which of the groups in doubt were written.
    async fn settle(&mut self, reason: &str) -> Result<(), Failure> {
        tracing::warn!(reason, "the connection to the database broke");
        self.lose_lanes();
        let until = Instant::now() + self.shared.road.options.patience;
        loop {
            match self.retake().await {
                Ok(()) => return Ok(()),
                Err(Trouble::Fenced(reason)) => return Err(Failure::Fenced(reason)),
                Err(trouble) if Instant::now() >= until => {
                    tracing::error!(?trouble, "the database stays away");
                    return Err(Failure::Away);
                }
                Err(_) => tokio::time::sleep(limits::DATABASE_NAP).await,
            }
        }
    }

    /// Lets go of the connections, which those under way hold too.
    fn lose_lanes(&mut self) {
        self.lanes = None;
        self.tracks.iter_mut().for_each(Track::lose);
        self.shared.queue.stop(Stop::Failure);
        self.shared.show(Sight::Away);
    }

    /// Takes the lanes again and notes which of the groups in doubt were written; that cannot change any more.
    async fn retake(&mut self) -> Result<(), Trouble> {
        let lanes = Lanes::retake(&self.shared.road, &self.shared.holder).await?;
        for (track, found) in self.tracks.iter_mut().zip(&lanes.seqs) {
            let known = track.seq;
            if !track.settle(*found) {
                let lost = format!("the database is at group {found}, group {known} was acknowledged: it lost writes");
                return Err(Trouble::Fenced(lost));
            }
            track.first_since = Instant::now();
        }
        for (lane, track) in self.tracks.iter().enumerate() {
            self.shared.raise_mark(lane, track.seq);
        }
        metrics::STORE_REOPENED.inc();
        tracing::info!(seqs = ?lanes.seqs, "the database is back");
        self.lanes = Some(lanes);
        self.shared.queue.resume(Stop::Failure);
        self.shared.show(Sight::Open);
        Ok(())
    }

    /// Refuses everything until the database takes writes again.
    async fn fail(&mut self, failure: Failure) {
        self.wind_up(&failure).await;
        let error = failure.verdict();
        if let Failure::Fenced(reason) = &failure {
            self.shared.fence(reason);
            return self.resolve_waiting(&error);
        }
        self.lose_lanes();
        self.resolve_waiting(&error);
        // What refused a group may take the lanes all the same: it is not asked as often.
        let nap = if matches!(failure, Failure::Refused) { limits::REOPEN_INTERVAL } else { limits::DATABASE_NAP };
        while !self.shared.queue.nap_unless_closing(nap) {
            match self.retake().await {
                Ok(()) => return,
                Err(Trouble::Fenced(reason)) => return self.shared.fence(&reason),
                Err(trouble) => tracing::debug!(?trouble, "the database is still away"),
            }
        }
    }

    /// Ends what is under way in all lanes: what was written lands, the others hear as much as is known.
    async fn wind_up(&mut self, failure: &Failure) {
        let until = Instant::now() + limits::DATABASE_COMMIT_TIMEOUT;
        for lane in 0..self.tracks.len() {
            let mut is_cut = false;
            while let Some(flight) = self.tracks[lane].flights.front_mut() {
                let told = timeout_at(until, flight.told()).await.unwrap_or_else(|_| Err(lane::silent()));
                if told.is_ok() && !is_cut {
                    self.land(lane);
                    continue;
                }
                is_cut = true;
                let Some(flight) = self.tracks[lane].flights.pop_front() else { break };
                let is_lost = matches!(told, Err(Trouble::Lost(_))) && flight.number.is_some();
                let error = if is_lost { unknown() } else { failure.verdict() };
                self.finish(flight.group, std::iter::repeat_with(|| Err(error.clone())), flight.sent_at);
            }
        }
    }

    fn resolve_waiting(&mut self, error: &StoreError) {
        let mut items = self.traffic.drain();
        items.extend(self.shared.queue.drain());
        self.stuck = 0;
        items.into_iter().for_each(|item| item.resolve(Err(error.clone())));
    }
}

impl Failure {
    /// What those hear of whose batches it is known that nothing was written.
    fn verdict(&self) -> StoreError {
        StoreError::Unavailable(match self {
            Self::Away => "the database is away",
            Self::Refused => "the database refuses to write",
            Self::Fenced(_) => "another server has the database",
        })
    }
}

/// The next answer to a group that is the first in its lane.
async fn first_told(tracks: &mut [Track]) -> (usize, Told) {
    poll_fn(|context| {
        for (lane, track) in tracks.iter_mut().enumerate() {
            if let Poll::Ready(told) = track.poll_first(context) {
                return Poll::Ready((lane, told));
            }
        }
        Poll::Pending
    })
    .await
}

fn away() -> Trouble {
    Trouble::Lost("it is away".into())
}

fn unknown() -> StoreError {
    StoreError::Unknown("the database went away".into())
}

fn stopped() -> StoreError {
    StoreError::Unknown("the committer stopped".into())
}
