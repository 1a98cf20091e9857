//! The thread that writes: it takes all that arrived meanwhile, judges it, sends it as one transaction, and tells the
//! callers once the database has it.
//!
//! There is one lane, and groups are decided in the order of arrival, also where batches of two owners cross: the order of
//! the queue is the order of the decisions. While one group is under way the next is planned and sent behind it over the
//! same connection, so that neither side waits for the other; the database begins it once the one before is durable. Each
//! is fenced by its number: none can be written when the one before it was not. So when one fails, those behind it fail with
//! it, and all are decided again, one at a time.
//!
//! When the connection breaks, the fate of the groups under way is unknown until the lane is taken again; that ends whatever
//! is left of the old transactions and tells the number of the last group. Until then nobody reads: what was read could be
//! contradicted a moment later.

use std::collections::{HashSet, VecDeque};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use failpoint::failpoint;
use futures::future::ready;
use futures::poll;
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout_at};

use super::lane::{self, Lane};
use super::plan::{self, Facts, Plan, Verdict};
use super::trouble::Trouble;
use super::{Shared, Sight};
use crate::queue::{Item, Stop};
use crate::{Batch, StoreError, judge, limits};

/// The committer's own state.
pub(super) struct Committer {
    shared: Arc<Shared>,
    runtime: Handle,
    /// `None` while the database is away.
    lane: Option<Lane>,
    /// Number of the last group that is known to be durable.
    seq: i64,
    /// How many groups were sent after it whose fate is not known.
    in_doubt: i64,
    /// Groups under way, in their order.
    flights: VecDeque<Flight>,
    /// Since when the first of them is the first.
    first_since: Instant,
}

/// A group that was sent.
struct Flight {
    items: Vec<Item>,
    /// What becomes of each batch if the group is written.
    verdicts: Vec<Verdict>,
    /// Chains that break then.
    doomed: HashSet<usize>,
    /// Whether it has a number; one without anything to do has none.
    is_numbered: bool,
    sent_at: Instant,
    told: Pin<Box<dyn Future<Output = Told> + Send>>,
}

/// What the database said to a group.
type Told = Result<(), Trouble>;

/// What the committer does next.
enum Step {
    /// Sends what waits.
    Send,
    /// Takes note of what became of the first group under way.
    Land(Told),
    /// Nothing: everything is written, and the store closes.
    End,
}

/// Why what was not decided yet will not be decided.
enum Failure {
    /// The database did not come back in time; the group under way may have been written.
    Away,
    /// It refused what nothing was wrong with (its disk is full, it became a standby): nothing was written.
    Refused,
    /// This server may never write again.
    Fenced(String),
}

impl Committer {
    pub(super) fn new(shared: Arc<Shared>, runtime: Handle, lane: Lane) -> Self {
        let (seq, flights, first_since) = (lane.seq, VecDeque::new(), Instant::now());
        Self { shared, runtime, lane: Some(lane), seq, in_doubt: 0, flights, first_since }
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
            let outcome = match self.step().await {
                Step::Send => {
                    self.send().await;
                    Ok(())
                }
                Step::Land(Ok(())) => {
                    self.land();
                    Ok(())
                }
                Step::Land(Err(trouble)) => self.recover(trouble).await,
                Step::End => return,
            };
            if let Err(failure) = outcome {
                self.fail(failure).await;
            }
        }
    }

    /// Waits for something to do. Behind a group under way the next one goes when it is worth a transaction of its own.
    async fn step(&mut self) -> Step {
        let has_room = self.flights.len() < limits::DATABASE_GROUPS;
        let largest = self.flights.iter().map(|flight| flight.items.len()).max().unwrap_or(0);
        let gathered = self.shared.queue.gather((largest / limits::DATABASE_GROUP_SHARE).max(1));
        let Some(first) = self.flights.front_mut() else {
            return if gathered.await { Step::Send } else { Step::End };
        };
        let told = timeout_at(self.first_since + limits::DATABASE_COMMIT_TIMEOUT, &mut first.told);
        tokio::select! {
            biased;
            told = told => Step::Land(told.unwrap_or_else(|_| Err(lane::silent()))),
            true = gathered, if has_room => Step::Send,
        }
    }

    /// Plans what waits as if the groups under way were written, and sends it behind them.
    async fn send(&mut self) {
        let items = self.shared.queue.take_group();
        failpoint!("store.commit.before_write");
        let batches: Vec<_> = items.iter().map(|item| &item.batch).collect();
        let doomed = self.flights.iter().flat_map(|flight| &flight.doomed).copied().collect();
        let mut plan = Plan::new(&batches, None, &doomed);
        let (verdicts, doomed) = (std::mem::take(&mut plan.verdicts), std::mem::take(&mut plan.doomed));
        let is_numbered = !plan.is_empty();
        let sent_at = Instant::now();
        if self.flights.is_empty() {
            self.first_since = sent_at;
        }
        self.in_doubt += i64::from(is_numbered);
        let told = self.sent(plan, self.seq + self.in_doubt).await;
        self.flights.push_back(Flight { items, verdicts, doomed, is_numbered, sent_at, told });
    }

    /// Sends a group; what is returned resolves with the answer.
    async fn sent(&self, plan: Plan, seq: i64) -> Pin<Box<dyn Future<Output = Told> + Send>> {
        let Some(lane) = &self.lane else { return Box::pin(ready(Err(Trouble::Lost("it is away".into())))) };
        let mut told = Box::pin(lane.write(plan, seq));
        // All of it goes out when it is polled first: groups go in their order.
        match poll!(&mut told) {
            Poll::Ready(told) => Box::pin(ready(told)),
            Poll::Pending => told,
        }
    }

    /// The first group under way was written.
    fn land(&mut self) {
        let Some(flight) = self.flights.pop_front() else { return };
        self.advance(flight.is_numbered);
        self.in_doubt -= i64::from(flight.is_numbered);
        self.finish(flight.items, flight.verdicts, flight.sent_at);
        self.first_since = Instant::now();
    }

    /// Groups up to this one are durable.
    fn advance(&mut self, is_numbered: bool) {
        if is_numbered {
            self.seq += 1;
            self.shared.raise_mark(self.seq);
        }
    }

    /// Tells the callers of a group.
    fn finish(&self, items: Vec<Item>, verdicts: impl IntoIterator<Item = Verdict>, sent_at: Instant) {
        failpoint!("store.commit.before_resolve");
        metrics::STORE_SYNC_SECONDS.observe(sent_at.elapsed().as_secs_f64());
        metrics::STORE_GROUP_BATCHES.observe(items.len() as f64);
        items.into_iter().zip(verdicts).for_each(|(item, verdict)| item.resolve(verdict));
        self.shared.queue.finish_group();
    }

    /// The first group under way was not written, or nobody knows; so none behind it was, or nobody knows.
    async fn recover(&mut self, trouble: Trouble) -> Result<(), Failure> {
        let Trouble::Lost(reason) = trouble else {
            self.hear_out().await;
            return self.decide_anew(Some(trouble)).await;
        };
        match self.settle(&reason).await {
            Ok(written) => self.land_written(written),
            Err(failure) => {
                let error = self.verdict_after(&failure);
                self.give_up(&error);
                return Err(failure);
            }
        }
        self.decide_anew(None).await
    }

    /// The first group under way failed: waits until the database has refused those behind it too.
    async fn hear_out(&mut self) {
        let until = Instant::now() + limits::DATABASE_COMMIT_TIMEOUT;
        for flight in self.flights.iter_mut().skip(1) {
            if timeout_at(until, &mut flight.told).await.is_err() {
                self.lane = None;
            }
        }
        self.in_doubt = 0;
    }

    /// So many of the groups under way were written, the others were not.
    fn land_written(&mut self, mut written: i64) {
        while self.flights.front().is_some_and(|flight| written > 0 || !flight.is_numbered) {
            let Some(flight) = self.flights.pop_front() else { return };
            written -= i64::from(flight.is_numbered);
            self.finish(flight.items, flight.verdicts, flight.sent_at);
        }
    }

    /// Decides what is left under way, one group at a time; the first one failed with `trouble`.
    async fn decide_anew(&mut self, mut trouble: Option<Trouble>) -> Result<(), Failure> {
        while let Some(flight) = self.flights.pop_front() {
            let batches: Vec<_> = flight.items.iter().map(|item| &item.batch).collect();
            let mut verdicts = Vec::with_capacity(batches.len());
            let outcome = self.decide(&batches, &mut verdicts, trouble.take()).await;
            let rest = outcome.as_ref().err().map_or_else(stopped, |failure| self.verdict_after(failure));
            let verdicts = verdicts.into_iter().chain(std::iter::repeat_with(|| Err(rest.clone())));
            self.finish(flight.items, verdicts, flight.sent_at);
            if outcome.is_err() {
                self.give_up(&StoreError::Unavailable("the database is away"));
                return outcome;
            }
        }
        Ok(())
    }

    /// Nothing under way will be decided.
    fn give_up(&mut self, error: &StoreError) {
        for flight in std::mem::take(&mut self.flights) {
            self.finish(flight.items, std::iter::repeat_with(|| Err(error.clone())), flight.sent_at);
        }
    }

    /// What those hear whose batches were not decided.
    fn verdict_after(&self, failure: &Failure) -> StoreError {
        match failure {
            _ if self.in_doubt > 0 => StoreError::Unknown("the database went away".into()),
            Failure::Away => StoreError::Unavailable("the database is away"),
            Failure::Refused => StoreError::Unavailable("the database refuses to write"),
            Failure::Fenced(_) => StoreError::Unavailable("another server has the database"),
        }
    }

    /// Decides `batches` in their order and adds what became of each; on a failure those without a verdict are undecided.
    /// With `trouble` they were tried once.
    async fn decide(
        &mut self,
        batches: &[&Batch],
        verdicts: &mut Vec<Verdict>,
        mut trouble: Option<Trouble>,
    ) -> Result<(), Failure> {
        let mut by_facts = false;
        for _ in 0..limits::DATABASE_ATTEMPTS {
            let (planned, told) = match trouble.take() {
                Some(trouble) => (Vec::new(), Err(trouble)),
                None => self.attempt(batches, by_facts).await,
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
                Err(Trouble::Conflict) if by_facts => return Box::pin(self.decide_singly(batches, verdicts)).await,
                Err(Trouble::Conflict) => by_facts = true,
                Err(Trouble::Fenced(reason)) => return Err(Failure::Fenced(reason)),
                Err(Trouble::Lost(reason)) => {
                    if self.settle(&reason).await? > 0 {
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
    async fn decide_singly(&mut self, batches: &[&Batch], verdicts: &mut Vec<Verdict>) -> Result<(), Failure> {
        for batch in batches {
            self.decide(&[*batch], verdicts, None).await?;
            if verdicts.last().is_some_and(Result::is_err) {
                judge::doom_chains(batch);
            }
        }
        Ok(())
    }

    /// Tries to write the group once, alone; says what becomes of each batch if it is, or was, written.
    async fn attempt(&mut self, batches: &[&Batch], by_facts: bool) -> (Vec<Verdict>, Told) {
        let facts = if by_facts { Some(self.facts(batches).await) } else { None };
        let facts = match facts.transpose() {
            Ok(facts) => facts,
            Err(trouble) => return (Vec::new(), Err(trouble)),
        };
        let mut plan = Plan::new(batches, facts.as_ref(), &HashSet::new());
        let verdicts = std::mem::take(&mut plan.verdicts);
        self.in_doubt = i64::from(!plan.is_empty());
        let until = Instant::now() + limits::DATABASE_COMMIT_TIMEOUT;
        let told = self.sent(plan, self.seq + self.in_doubt).await;
        let told = timeout_at(until, told).await.unwrap_or_else(|_| Err(lane::silent()));
        if told.is_ok() {
            self.advance(self.in_doubt > 0);
        }
        if !matches!(told, Err(Trouble::Lost(_))) {
            self.in_doubt = 0;
        }
        (verdicts, told)
    }

    async fn facts(&self, batches: &[&Batch]) -> Result<Facts, Trouble> {
        match &self.lane {
            Some(lane) => lane.facts(plan::checked(batches)).await,
            None => Err(Trouble::Lost("it is away".into())),
        }
    }

    /// Waits for the database after a broken connection, and reads back how many of the groups in doubt were written.
    async fn settle(&mut self, reason: &str) -> Result<i64, Failure> {
        tracing::warn!(reason, "the connection to the database broke");
        self.lose_lane();
        let until = Instant::now() + self.shared.road.options.patience;
        loop {
            match self.retake().await {
                Ok(written) => return Ok(written),
                Err(Trouble::Fenced(reason)) => return Err(Failure::Fenced(reason)),
                Err(trouble) if Instant::now() >= until => {
                    tracing::error!(?trouble, "the database stays away");
                    return Err(Failure::Away);
                }
                Err(_) => tokio::time::sleep(limits::DATABASE_NAP).await,
            }
        }
    }

    /// Lets go of the connection, which those under way hold too.
    fn lose_lane(&mut self) {
        self.lane = None;
        for flight in &mut self.flights {
            flight.told = Box::pin(ready(Err(Trouble::Lost("the connection was given up".into()))));
        }
        self.shared.queue.stop(Stop::Failure);
        self.shared.show(Sight::Away);
    }

    /// Takes the lane again and says how many of the groups in doubt were written; that cannot change any more.
    async fn retake(&mut self) -> Result<i64, Trouble> {
        let lane = Lane::retake(&self.shared.road, &self.shared.holder).await?;
        let written = lane.seq - self.seq;
        if !(0..=self.in_doubt).contains(&written) {
            let (found, known) = (lane.seq, self.seq);
            let lost = format!("the database is at group {found}, group {known} was acknowledged: it lost writes");
            return Err(Trouble::Fenced(lost));
        }
        self.seq = lane.seq;
        self.shared.raise_mark(self.seq);
        self.lane = Some(lane);
        self.in_doubt = 0;
        metrics::STORE_REOPENED.inc();
        tracing::info!(seq = self.seq, "the database is back");
        self.shared.queue.resume(Stop::Failure);
        self.shared.show(Sight::Open);
        Ok(written)
    }

    /// Refuses everything until the database takes writes again.
    async fn fail(&mut self, failure: Failure) {
        if let Failure::Fenced(reason) = &failure {
            self.shared.fence(reason);
            resolve_all(self.shared.queue.drain(), &StoreError::Unavailable("another server has the database"));
            return;
        }
        self.lose_lane();
        resolve_all(self.shared.queue.drain(), &StoreError::Unavailable("the database is away"));
        // What refused a group may take the lane all the same: it is not asked as often.
        let nap = if matches!(failure, Failure::Refused) { limits::REOPEN_INTERVAL } else { limits::DATABASE_NAP };
        while !self.shared.queue.nap_unless_closing(nap) {
            match self.retake().await {
                Ok(_) => return,
                Err(Trouble::Fenced(reason)) => return self.shared.fence(&reason),
                Err(trouble) => tracing::debug!(?trouble, "the database is still away"),
            }
        }
    }
}

fn stopped() -> StoreError {
    StoreError::Unknown("the committer stopped".into())
}

fn resolve_all(items: Vec<Item>, error: &StoreError) {
    items.into_iter().for_each(|item| item.resolve(Err(error.clone())));
}
