//! The carriers: who reads outboxes and when.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::future::pending;
use std::pin::pin;
use std::time::Duration;

use failpoint::failpoint;
use futures::future::{BoxFuture, Either, join, select};
use futures::stream::{self, FuturesUnordered, StreamExt as _};
use store::{Scan, StoreError};

use super::bring::Addressed;
use super::listed::Place;
use crate::codec::decode;
use crate::keys::{self, user_suffix};
use crate::limits::outbox::{
    CARRIERS_MAX, CARRY_ATTEMPTS, CARRY_PAUSE, DRAIN_ATTEMPTS, LETTERS_PAGE, LETTERS_PAGE_BYTES, LETTERS_PAGES_MAX,
    LOOK_INTERVAL, RECIPIENTS_AT_ONCE, UNREADABLE_MAX,
};
use crate::mailbox::keys as suffix;
use crate::{Actor, Platform, PlatformError, UserId};

/// Letters of one sender, in their order, and where more begin.
struct Page {
    letters: Vec<Addressed>,
    next: Option<Vec<u8>>,
}

/// What became of a page: which letters need no more, and to whom the rest could not be taken.
#[derive(Default)]
struct Brought {
    done: Vec<(i64, UserId)>,
    held_up: Vec<(UserId, PlatformError)>,
}

impl Platform {
    /// Takes letters to their recipients for as long as it is polled. A node whose deeds travel by letter
    /// ([`crate::Delivery::Outbox`]) runs it once; where they do not it rests. `pause` waits, in the time of the caller. It
    /// may be dropped at any moment; what was not done is done by the next one.
    pub async fn run_outbox<P>(&self, pause: P)
    where
        P: Fn(Duration) -> BoxFuture<'static, ()>,
    {
        if !self.is_by_letter() {
            return pending().await;
        }
        join(self.answer_bells(&pause), self.look_through(&pause)).await;
    }

    /// Takes all letters that were durable when it was called.
    ///
    /// # Errors
    /// Why the last ones could not be taken, after several attempts.
    pub async fn drain_outbox(&self) -> Result<(), PlatformError> {
        let mut outcome = Ok(());
        for _ in 0..DRAIN_ATTEMPTS {
            outcome = self.drain_once().await;
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    async fn drain_once(&self) -> Result<(), PlatformError> {
        if !self.is_by_letter() {
            return Ok(());
        }
        let mut outcome = Ok(());
        let mut place = Some(Place::default());
        while let Some(from) = place {
            let (writers, next) = self.listed(from).await?;
            for writer in writers {
                outcome = self.carry(writer, usize::MAX).await.map(drop).and(outcome);
            }
            place = next;
        }
        outcome
    }

    /// One carrier for each who rang, so many at a time.
    async fn answer_bells<P>(&self, pause: &P)
    where
        P: Fn(Duration) -> BoxFuture<'static, ()>,
    {
        let bell = &self.inner.outbox.bell;
        let mut served: HashSet<UserId> = HashSet::new();
        let mut carriers = FuturesUnordered::new();
        loop {
            while carriers.len() < CARRIERS_MAX
                && let Some(sender) = bell.answer(|sender| served.contains(&sender))
            {
                served.insert(sender);
                carriers.push(self.carry_patiently(sender, pause));
            }
            if carriers.is_empty() {
                bell.rung().await;
                continue;
            }
            if let Either::Left((Some(sender), _)) = select(carriers.next(), pin!(bell.rung())).await {
                served.remove(&sender);
            }
        }
    }

    /// Takes a sender's letters, and tries again after failures: a few times now, later when all are looked through.
    async fn carry_patiently<P>(&self, sender: UserId, pause: &P) -> UserId
    where
        P: Fn(Duration) -> BoxFuture<'static, ()>,
    {
        for attempt in 0..CARRY_ATTEMPTS {
            match self.carry(sender, LETTERS_PAGES_MAX).await {
                Ok(is_more) => {
                    if is_more {
                        self.inner.outbox.bell.ring(sender);
                    }
                    return sender;
                }
                Err(error) => tracing::debug!(%error, %sender, attempt, "letters were not taken yet"),
            }
            metrics::LETTERS_FAILED.inc();
            pause(CARRY_PAUSE * 2_u32.saturating_pow(attempt)).await;
        }
        tracing::warn!(%sender, "letters cannot be taken to their recipients; tried again soon");
        sender
    }

    /// Finds what no bell told of.
    async fn look_through<P>(&self, pause: &P)
    where
        P: Fn(Duration) -> BoxFuture<'static, ()>,
    {
        loop {
            if let Err(error) = self.look_once().await {
                tracing::warn!(%error, "the list of people with letters cannot be read; tried again soon");
            }
            pause(LOOK_INTERVAL).await;
        }
    }

    async fn look_once(&self) -> Result<(), PlatformError> {
        let mut place = Some(Place::default());
        while let Some(from) = place {
            let (writers, next) = self.listed(from).await?;
            for writer in writers {
                if let Err(error) = self.look_at_writer(writer).await {
                    tracing::warn!(%error, %writer, "the letters of a person cannot be looked at; tried again soon");
                }
            }
            place = next;
        }
        Ok(())
    }

    /// Takes the letters of one sender, so many pages of them; says whether there may be more. While somebody cannot be
    /// reached all pages are looked through, for whoever stands behind: there are no more than `LETTERS_MAX` letters.
    async fn carry(&self, sender: UserId, pages: usize) -> Result<bool, PlatformError> {
        let _alone = self.inner.outbox.carriers.take(sender).await;
        let mailbox = self.mailbox(sender).await?;
        // What failed is not there to be read; what is durable is taken all the same.
        let _ = mailbox.settle().await;
        drop(mailbox);
        let (mut from, mut held_up, mut trouble) = (None, BTreeSet::new(), None);
        for page_number in 1.. {
            let page = self.letters(sender, from).await?;
            failpoint!("platform.letter.read", return Err(fault()));
            let brought = self.bring_page(sender, page.letters, &held_up).await;
            failpoint!("platform.letter.brought", return Err(fault()));
            self.remove_letters(sender, &brought.done).await?;
            failpoint!("platform.letter.removed", return Err(fault()));
            for (to, error) in brought.held_up {
                held_up.insert(to);
                trouble = Some(error);
            }
            from = page.next;
            if from.is_none() || (page_number >= pages && trouble.is_none()) {
                break;
            }
        }
        trouble.map_or(Ok(from.is_some()), Err)
    }

    async fn letters(&self, sender: UserId, from: Option<Vec<u8>>) -> Result<Page, PlatformError> {
        let scan = Scan {
            owner: keys::user(sender),
            prefix: vec![user_suffix::LETTER],
            from,
            to: None,
            reverse: false,
            limit: LETTERS_PAGE,
            max_bytes: LETTERS_PAGE_BYTES,
        };
        let page = self.store().scan(&scan).await?;
        let mut letters = Vec::with_capacity(page.items.len());
        for (key, record) in page.items {
            let damaged = || PlatformError::Damaged { what: "letter", detail: "its key names nobody".to_owned() };
            let (number, to) = suffix::letter_parts(&key).ok_or_else(damaged)?;
            match decode(&record.value) {
                Ok(letter) => letters.push(Addressed { number, to, letter }),
                Err(error) => self.step_over(sender, number, to, &error),
            }
        }
        Ok(Page { letters, next: page.next })
    }

    /// A letter that nobody can read any more stays where it is, for the doctor, and keeps no other from being taken.
    fn step_over(&self, sender: UserId, number: i64, to: UserId, error: &PlatformError) {
        let mut unreadable = self.inner.outbox.unreadable.lock();
        if unreadable.len() < UNREADABLE_MAX && unreadable.insert((sender, number)) {
            metrics::LETTERS_UNREADABLE.inc();
            tracing::error!(%sender, number, %to, %error, "a letter cannot be read; it is passed over");
        }
    }

    /// Takes letters to their recipients; who cannot be reached holds up nobody else.
    async fn bring_page(&self, sender: UserId, letters: Vec<Addressed>, held_up: &BTreeSet<UserId>) -> Brought {
        let mut by_recipient: BTreeMap<UserId, Vec<Addressed>> = BTreeMap::new();
        for letter in letters.into_iter().filter(|letter| !held_up.contains(&letter.to)) {
            by_recipient.entry(letter.to).or_default().push(letter);
        }
        let bring = |(to, letters): (UserId, Vec<Addressed>)| async move {
            let mut done = 0;
            let outcome = self.bring(sender, to, &letters, &mut done).await;
            let done: Vec<(i64, UserId)> = letters.iter().take(done).map(|letter| (letter.number, to)).collect();
            (done, outcome.err().map(|error| (to, error)))
        };
        let mut all = stream::iter(by_recipient).map(bring).buffered(RECIPIENTS_AT_ONCE);
        let mut brought = Brought::default();
        while let Some((done, trouble)) = all.next().await {
            brought.done.extend(done);
            brought.held_up.extend(trouble);
        }
        brought.done.sort_unstable();
        brought
    }

    async fn remove_letters(&self, sender: UserId, taken: &[(i64, UserId)]) -> Result<(), PlatformError> {
        if taken.is_empty() {
            return Ok(());
        }
        let mailbox = self.mailbox(sender).await?;
        let written = self.write(&[mailbox], Actor::server(sender), |write| {
            write.remove_letters(sender, taken);
            Ok(())
        })?;
        metrics::LETTERS_TAKEN.add(taken.len() as u64);
        written.settled(self).await
    }
}

/// What a failpoint makes of a step.
#[allow(dead_code, reason = "a failpoint is nothing in what is shipped")]
fn fault() -> PlatformError {
    StoreError::Unavailable("a fault that a test asked for").into()
}
