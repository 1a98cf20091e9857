//! Pairs of people who write to each other. A message is done when its receiver has it, and the next one is written then, so
//! that so many are under way at any time. Each receiver insists on every message once and in order.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tl::{Serializable, enums, functions};
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::super::client::{Event, error_of};
use super::super::meter::SENDS_TOLD_TO_WAIT;
use super::super::people::{Person, find};
use super::super::plan;
use super::super::words::{Mark, marks, text};
use super::super::worker::Crew;
use super::{people, some_at_a_time};
use crate::client::unpacked;
use crate::flood::limits;
use crate::requests;
use crate::session::random_id;

const UPDATES_TOO_LONG: u32 = mtproto::session::schema::UPDATES_TOO_LONG;

/// The scene with its pairs.
pub struct Pairs {
    plan: plan::Pairs,
    pairs: Vec<Rc<Pair>>,
    /// Connected, and nothing else.
    bystanders: Vec<Person>,
}

/// Two people, of whom one writes.
pub struct Pair {
    sender: Person,
    receiver: Person,
    peer: enums::InputPeer,
    /// The sender's number among the senders.
    number: u32,
    /// The receiver's pts before the first message.
    first_pts: i32,
    /// Messages written.
    sent: Cell<u32>,
    /// Messages received, without a gap.
    received: Cell<u32>,
    /// When those under way were to be written.
    under_way: RefCell<VecDeque<Instant>>,
    /// Calls without an answer, and which message each wrote.
    calls: RefCell<Vec<(i64, u32)>>,
    /// Messages that were acknowledged, in the order of acknowledgements: only the greatest counts.
    acknowledged: Cell<u32>,
    /// Messages that the server refused: nobody waits for them.
    refused: RefCell<Vec<u32>>,
    /// Whether the receiver asked for what it missed: what was pushed meanwhile may come twice then.
    has_caught_up: Cell<bool>,
    /// Told whenever something arrives.
    news: Notify,
}

impl Pairs {
    /// Makes the people, and tells each sender of their receiver.
    ///
    /// # Errors
    /// When the server does not take them.
    pub async fn prepare(crew: &Rc<Crew>, plan: plan::Pairs) -> Result<Self> {
        let pairs = prepare(crew, plan.pairs, plan.temporary).await?;
        let bystanders = people(crew, plan.bystanders, plan.temporary).await?;
        Ok(Self { plan, pairs, bystanders })
    }

    /// Writes until the time is over, and waits for what is under way.
    ///
    /// # Errors
    /// When a connection breaks.
    pub async fn play(&mut self, crew: &Rc<Crew>) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(self.plan.seconds);
        let mut tasks = JoinSet::new();
        for pair in &self.pairs {
            pair.listen(crew, &mut tasks, Some(until));
            (0..self.plan.window).try_for_each(|_| pair.write(Instant::now()))?;
        }
        let ending = async {
            tokio::time::sleep_until(until.into()).await;
            for pair in &self.pairs {
                pair.settle(crew).await?;
            }
            Ok(())
        };
        let ended = tokio::select! {
            ended = ending => ended,
            Some(broken) = tasks.join_next() => broken?,
        };
        tasks.abort_all();
        ended?;
        // Whose connection broke meanwhile cannot ask.
        self.bystanders.iter().try_for_each(|person| person.client.ping()).context("a bystander")
    }
}

/// Makes so many pairs.
///
/// # Errors
/// When the server does not take them.
pub async fn prepare(crew: &Rc<Crew>, count: u32, temporary: f64) -> Result<Vec<Rc<Pair>>> {
    let mut all = people(crew, 2 * count, temporary).await?.into_iter();
    let two = std::iter::from_fn(|| Some((all.next()?, all.next()?))).enumerate();
    let making = two.map(|(number, (sender, receiver))| Pair::new(number, sender, receiver));
    some_at_a_time(making, limits::PREPARING_AT_A_TIME).await
}

impl Pair {
    async fn new(number: usize, sender: Person, receiver: Person) -> Result<Rc<Self>> {
        let peer = find(&sender.client, &receiver.phone).await?;
        let asked = receiver.client.call(&functions::updates::GetState {}, &mut |_: &[u8]| ()).await??;
        let enums::updates::State::State(state) = asked;
        Ok(Rc::new(Self {
            sender,
            receiver,
            peer,
            number: u32::try_from(number)?,
            first_pts: state.pts,
            sent: Cell::new(0),
            received: Cell::new(0),
            under_way: RefCell::default(),
            calls: RefCell::default(),
            acknowledged: Cell::new(0),
            refused: RefCell::default(),
            has_caught_up: Cell::new(false),
            news: Notify::new(),
        }))
    }

    /// Listens at both ends. Each arrival before `until` is followed by another message.
    pub fn listen(self: &Rc<Self>, crew: &Rc<Crew>, tasks: &mut JoinSet<Result<()>>, until: Option<Instant>) {
        let (pair, by) = (self.clone(), crew.clone());
        tasks.spawn_local(async move { pair.hear_answers(&by).await.context("a sender") });
        let (pair, by) = (self.clone(), crew.clone());
        tasks.spawn_local(async move { pair.hear_messages(&by, until).await.context("a receiver") });
    }

    /// Writes the next message, which was to be written at `due`.
    ///
    /// # Errors
    /// When the connection is broken.
    pub fn write(&self, due: Instant) -> Result<()> {
        let place = self.sent.get() + 1;
        let request = requests::send(self.peer.clone(), text(Mark { sender: self.number, place }), random_id());
        let number = self.sender.client.send(request.to_bytes().into())?;
        self.sent.set(place);
        self.under_way.borrow_mut().push_back(due);
        self.calls.borrow_mut().push((number, place));
        Ok(())
    }

    async fn hear_answers(&self, crew: &Crew) -> Result<()> {
        loop {
            let Event::Answer(number, body) = self.sender.client.next().await? else { continue };
            let mut calls = self.calls.borrow_mut();
            let Some(at) = calls.iter().position(|(call, _)| *call == number) else { continue };
            let (_, place) = calls.swap_remove(at);
            match error_of(&body) {
                None => self.acknowledged.set(self.acknowledged.get().max(place)),
                Some(error) => {
                    self.refused.borrow_mut().push(place);
                    let wait = error.flood_wait();
                    wait.map_or_else(
                        || crew.find(format!("a send is answered {error}")),
                        |_| crew.count(SENDS_TOLD_TO_WAIT),
                    );
                }
            }
            self.news.notify_one();
        }
    }

    async fn hear_messages(&self, crew: &Crew, until: Option<Instant>) -> Result<()> {
        loop {
            let (body, is_difference) = match self.receiver.client.next().await? {
                Event::Push(body) => (body, false),
                Event::Answer(_, body) => (unpacked(body)?, true),
            };
            let before = self.received.get();
            let is_late = mtproto::wire::constructor_of(&body) == UPDATES_TOO_LONG;
            let has_gap = self.take(crew, marks(&body), is_difference);
            if (is_late || has_gap) && !is_difference {
                self.catch_up(crew)?;
            }
            let arrived = self.received.get() - before;
            if until.is_some_and(|until| Instant::now() < until) {
                (0..arrived).try_for_each(|_| self.write(Instant::now()))?;
            }
            if arrived > 0 || is_difference {
                self.news.notify_one();
            }
        }
    }

    /// Takes what arrived; whether something before it is missing.
    fn take(&self, crew: &Crew, arrived: impl Iterator<Item = Mark>, is_difference: bool) -> bool {
        for mark in arrived.filter(|mark| mark.sender == self.number) {
            let mut next = self.received.get() + 1;
            while mark.place > next && self.refused.borrow().contains(&next) {
                self.pass_over(next);
                next += 1;
            }
            if mark.place > next && !is_difference {
                return true;
            }
            if mark.place > next {
                crew.find(format!("message {next} of sender {} is missing before {}", self.number, mark.place));
            }
            if mark.place < next {
                if !is_difference && !self.has_caught_up.get() {
                    crew.find(format!("message {} of sender {} came twice", mark.place, self.number));
                }
                continue;
            }
            self.received.set(mark.place);
            if let Some(due) = self.under_way.borrow_mut().pop_front() {
                crew.done("delivery", due);
            }
        }
        false
    }

    fn pass_over(&self, place: u32) {
        self.received.set(place);
        self.under_way.borrow_mut().pop_front();
    }

    /// Asks for what was missed.
    fn catch_up(&self, crew: &Crew) -> Result<()> {
        crew.count("differences");
        self.has_caught_up.set(true);
        let refused = self.refused.borrow().iter().filter(|place| **place <= self.received.get()).count();
        let pts = self.first_pts + i32::try_from(self.received.get())? - i32::try_from(refused)?;
        let request = requests::difference(pts, 1);
        self.receiver.client.send(request.to_bytes().into())?;
        Ok(())
    }

    /// Waits until everything acknowledged has arrived; what has not, although it was asked for, is lost.
    ///
    /// # Errors
    /// When a connection breaks.
    pub async fn settle(&self, crew: &Crew) -> Result<()> {
        for last_try in [false, true] {
            if timeout(limits::FINISH_TIMEOUT, self.until_quiet()).await.is_ok() {
                return Ok(());
            }
            if last_try {
                break;
            }
            self.catch_up(crew)?;
        }
        let (sent, acknowledged, received) = (self.sent.get(), self.acknowledged.get(), self.received.get());
        if acknowledged > received {
            crew.find(format!(
                "{} acknowledged messages of sender {} never arrived",
                acknowledged - received,
                self.number
            ));
        }
        if !self.calls.borrow().is_empty() {
            bail!("{} of {sent} sends were never answered", self.calls.borrow().len());
        }
        Ok(())
    }

    async fn until_quiet(&self) {
        while !self.calls.borrow().is_empty() || self.arrived() < self.sent.get() {
            self.news.notified().await;
        }
    }

    /// Up to where everything arrived or was refused.
    fn arrived(&self) -> u32 {
        let refused = self.refused.borrow();
        (self.received.get() + 1..).find(|place| !refused.contains(place)).map_or(u32::MAX, |next| next - 1)
    }
}
