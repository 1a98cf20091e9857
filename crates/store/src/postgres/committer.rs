//! The thread that writes: it takes all that arrived while the last group was under way, judges it, writes it as one
//! transaction, and then tells the callers.
//!
//! There is one lane and one group at a time, in the order of arrival, also where batches of two owners cross: the order
//! of the queue is the order of the decisions. When the connection breaks, the fate of the group under way is unknown until
//! the lane is taken again; that ends whatever is left of the old transaction and tells the number of the last group. Until
//! then nobody reads: what was read could be contradicted a moment later.

use std::sync::Arc;
use std::time::Instant;

use failpoint::failpoint;
use tokio::runtime::Handle;

use super::lane::Lane;
use super::plan::{self, Plan, Verdict};
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
    /// Whether a group was sent whose fate is not known.
    is_in_doubt: bool,
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

/// What became of a group whose connection broke.
enum Fate {
    Written,
    NotWritten,
}

impl Committer {
    pub(super) fn new(shared: Arc<Shared>, runtime: Handle, lane: Lane) -> Self {
        let seq = lane.seq;
        Self { shared, runtime, lane: Some(lane), seq, is_in_doubt: false }
    }

    /// Writes until the store closes and nothing waits any more.
    pub(super) fn run(mut self) {
        let runtime = self.runtime.clone();
        while let Some(items) = self.shared.queue.next_group() {
            if let Err(failure) = runtime.block_on(self.commit(items)) {
                self.fail(failure, &runtime);
            }
        }
        self.shared.show(Sight::Closed);
    }

    async fn commit(&mut self, items: Vec<Item>) -> Result<(), Failure> {
        let started = Instant::now();
        failpoint!("store.commit.before_write");
        let mut verdicts = Vec::with_capacity(items.len());
        let batches: Vec<_> = items.iter().map(|item| &item.batch).collect();
        let outcome = self.decide(&batches, &mut verdicts).await;
        failpoint!("store.commit.before_resolve");
        metrics::STORE_SYNC_SECONDS.observe(started.elapsed().as_secs_f64());
        metrics::STORE_GROUP_BATCHES.observe(items.len() as f64);
        let rest = outcome.as_ref().err().map(|failure| self.verdict_after(failure));
        let rest = std::iter::repeat_with(|| Err(rest.clone().unwrap_or_else(stopped)));
        items.into_iter().zip(verdicts.into_iter().chain(rest)).for_each(|(item, verdict)| item.resolve(verdict));
        outcome
    }

    /// What those hear whose batches were not decided.
    fn verdict_after(&self, failure: &Failure) -> StoreError {
        match failure {
            Failure::Away if self.is_in_doubt => StoreError::Unknown("the database went away".into()),
            Failure::Away => StoreError::Unavailable("the database is away"),
            Failure::Refused => StoreError::Unavailable("the database refuses to write"),
            Failure::Fenced(_) => StoreError::Unavailable("another server has the database"),
        }
    }

    /// Decides `batches` in their order and adds what became of each; on a failure those without a verdict are undecided.
    async fn decide(&mut self, batches: &[&Batch], verdicts: &mut Vec<Verdict>) -> Result<(), Failure> {
        let mut attempts = 0;
        let mut by_facts = false;
        let decided = loop {
            attempts += 1;
            let (planned, told) = self.attempt(batches, by_facts).await;
            match told {
                Ok(()) => break planned,
                Err(Trouble::Conflict) if batches.len() == 1 => break vec![Err(StoreError::Conflict)],
                Err(Trouble::Conflict) if by_facts => return Box::pin(self.decide_singly(batches, verdicts)).await,
                Err(Trouble::Conflict) => by_facts = true,
                Err(Trouble::Fenced(reason)) => return Err(Failure::Fenced(reason)),
                Err(Trouble::Lost(reason)) => match self.settle(&reason).await? {
                    Fate::Written => break planned,
                    Fate::NotWritten => {}
                },
                Err(Trouble::Again(_)) if attempts < limits::DATABASE_ATTEMPTS => {}
                Err(Trouble::Refused(reason) | Trouble::Again(reason)) => {
                    tracing::error!(reason, "the database refuses to write");
                    return Err(Failure::Refused);
                }
            }
            if attempts >= limits::DATABASE_ATTEMPTS {
                return Err(Failure::Refused);
            }
        };
        verdicts.extend(decided);
        Ok(())
    }

    /// Each batch in a transaction of its own.
    async fn decide_singly(&mut self, batches: &[&Batch], verdicts: &mut Vec<Verdict>) -> Result<(), Failure> {
        for batch in batches {
            self.decide(&[*batch], verdicts).await?;
            if verdicts.last().is_some_and(Result::is_err) {
                judge::doom_chains(batch);
            }
        }
        Ok(())
    }

    /// Tries to write the group once; says what becomes of each batch if it is, or was, written.
    async fn attempt(&mut self, batches: &[&Batch], by_facts: bool) -> (Vec<Verdict>, Result<(), Trouble>) {
        let Some(lane) = &mut self.lane else { return (Vec::new(), Err(Trouble::Lost("it is away".into()))) };
        let facts = if by_facts { Some(lane.facts(plan::checked(batches)).await) } else { None };
        let facts = match facts.transpose() {
            Ok(facts) => facts,
            Err(trouble) => return (Vec::new(), Err(trouble)),
        };
        let plan = Plan::new(batches, facts.as_ref());
        self.is_in_doubt |= plan.has_changes();
        let told = lane.write(&plan).await;
        self.is_in_doubt &= matches!(told, Err(Trouble::Lost(_)));
        if told.is_ok() {
            self.seq = lane.seq;
        }
        (plan.verdicts, told)
    }

    /// Waits for the database after a broken connection, and reads back what became of the group under way.
    async fn settle(&mut self, reason: &str) -> Result<Fate, Failure> {
        tracing::warn!(reason, "the connection to the database broke");
        self.lose_lane();
        let until = Instant::now() + self.shared.road.options.patience;
        loop {
            match self.retake().await {
                Ok(fate) => return Ok(fate),
                Err(Trouble::Fenced(reason)) => return Err(Failure::Fenced(reason)),
                Err(trouble) if Instant::now() >= until => {
                    tracing::error!(?trouble, "the database stays away");
                    return Err(Failure::Away);
                }
                Err(_) => tokio::time::sleep(limits::DATABASE_NAP).await,
            }
        }
    }

    fn lose_lane(&mut self) {
        self.lane = None;
        self.shared.queue.stop(Stop::Failure);
        self.shared.show(Sight::Away);
    }

    /// Takes the lane again; from then on the fate of the last group is known, and cannot change any more.
    async fn retake(&mut self) -> Result<Fate, Trouble> {
        let lane = Lane::retake(&self.shared.road, &self.shared.holder).await?;
        let fate = match lane.seq - self.seq {
            0 => Fate::NotWritten,
            1 if self.is_in_doubt => Fate::Written,
            _ => {
                let (found, known) = (lane.seq, self.seq);
                let lost = format!("the database is at group {found}, group {known} was acknowledged: it lost writes");
                return Err(Trouble::Fenced(lost));
            }
        };
        self.seq = lane.seq;
        self.lane = Some(lane);
        self.is_in_doubt = false;
        metrics::STORE_REOPENED.inc();
        tracing::info!(seq = self.seq, "the database is back");
        self.shared.queue.resume(Stop::Failure);
        self.shared.show(Sight::Open);
        Ok(fate)
    }

    /// Refuses everything until the database takes writes again.
    fn fail(&mut self, failure: Failure, runtime: &Handle) {
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
            match runtime.block_on(self.retake()) {
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
