//! Newcomers. With a rate they come whether the server keeps up or not, and each one's time counts from when they were to
//! come: a slow server cannot hide behind those who had to wait for it.
//!
//! Whoever is turned away comes back as TDLib does. The rate is that of all tries together: one who comes back takes the turn
//! of somebody new, so that so many tries a second are offered for as long as it lasts, and no more.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::super::newcomer::{Newcomer, Patience};
use super::super::people::Refusal;
use super::super::plan;
use super::super::seeds::is_among;
use super::super::worker::Crew;
use super::arrivals::{Arrivals, Shape};
use crate::flood::limits;

/// The scene.
pub struct Signup {
    plan: plan::Signup,
}

impl Signup {
    /// Nobody needs to be there beforehand.
    pub fn new(plan: plan::Signup) -> Self {
        Self { plan }
    }

    /// Lets them come.
    ///
    /// # Errors
    /// Never: what the server refuses is counted.
    pub async fn play(&mut self, crew: &Rc<Crew>) -> Result<()> {
        let lasts = Duration::from_secs(self.plan.seconds);
        let crowd = Crowd::new(crew, lasts, self.plan.temporary, None);
        match self.plan.rate {
            Some(rate) => crowd.come(Arrivals::new(rate, lasts, Shape::Flat)).await,
            None => crowd.push(self.plan.window, lasts).await,
        }
        Ok(())
    }
}

/// Newcomers, whether the server keeps up with them or not.
#[derive(Clone)]
pub struct Crowd {
    crew: Rc<Crew>,
    temporary: f64,
    /// Nobody waits for longer.
    patience: Instant,
    /// A sink to knock at instead of the server.
    sink: Option<SocketAddr>,
    /// Those who were turned away.
    away: Rc<RefCell<BinaryHeap<Away>>>,
}

/// Somebody who is to come at a time.
struct Away {
    at: Instant,
    /// When they were to come first.
    due: Instant,
    newcomer: Newcomer,
}

impl Ord for Away {
    /// The greatest is whose time comes first.
    fn cmp(&self, other: &Self) -> Ordering {
        other.at.cmp(&self.at)
    }
}

impl PartialOrd for Away {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Away {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
    }
}

impl Eq for Away {}

impl Crowd {
    /// A crowd that comes for so long, to the server or to a sink.
    pub fn new(crew: &Rc<Crew>, lasts: Duration, temporary: f64, sink: Option<SocketAddr>) -> Self {
        let patience = Instant::now() + lasts + limits::FINISH_TIMEOUT;
        Self { crew: crew.clone(), temporary, patience, sink, away: Rc::default() }
    }

    /// Comes, and waits until those who are under way have come in or given up. Those who are away then stay away.
    pub async fn come(&self, mut arrivals: Arrivals) {
        let mut running = JoinSet::new();
        let mut number = 0;
        while let Some(due) = arrivals.next().await {
            // A fleet that is short of its processor shows here before it shows in anything the server does.
            self.crew.done("setting out", due);
            while running.try_join_next().is_some() {}
            if running.len() >= limits::NEWCOMERS_UNDER_WAY_MAX {
                self.crew.count("turned away by the fleet");
                continue;
            }
            let next = self.who_comes_back().unwrap_or_else(|| {
                number += 1;
                self.stranger(due, is_among(number, self.temporary))
            });
            let crowd = self.clone();
            running.spawn_local(async move {
                if let Some(away) = Box::pin(crowd.try_once(next)).await {
                    crowd.remember(away);
                }
            });
        }
        let finishing = async { while running.join_next().await.is_some() {} };
        if tokio::time::timeout_at(self.patience.into(), finishing).await.is_err() {
            (0..running.len()).for_each(|_| self.crew.count("unfinished"));
        }
        (0..self.away.borrow().len()).for_each(|_| self.crew.count("still away"));
    }

    /// Comes for so long, so many under way at a time.
    pub async fn push(&self, window: u32, lasts: Duration) {
        let mut running = JoinSet::new();
        let until = Instant::now() + lasts;
        for lane in 0..window {
            let crowd = self.clone();
            running.spawn_local(async move {
                let mut number = lane;
                while Instant::now() < until {
                    let mut away = Some(crowd.stranger(Instant::now(), is_among(number, crowd.temporary)));
                    while let Some(again) = away.filter(|_| Instant::now() < until) {
                        sleep(again.at.saturating_duration_since(Instant::now())).await;
                        away = crowd.try_once(again).await;
                    }
                    number = number.wrapping_add(1);
                }
            });
        }
        running.join_all().await;
    }

    fn who_comes_back(&self) -> Option<Away> {
        let mut away = self.away.borrow_mut();
        let is_time = away.peek().is_some_and(|first| first.at <= Instant::now());
        if is_time { away.pop() } else { None }
    }

    fn remember(&self, away: Away) {
        let mut all = self.away.borrow_mut();
        if all.len() >= limits::AWAY_MAX {
            return self.crew.count("gave up coming back");
        }
        all.push(away);
    }

    fn stranger(&self, due: Instant, is_temporary: bool) -> Away {
        Away { at: due, due, newcomer: Newcomer::new(&self.crew.place, self.crew.phone(), is_temporary) }
    }

    /// One try. Whoever is turned away is given back, to come again.
    async fn try_once(&self, mut away: Away) -> Option<Away> {
        let crew = &self.crew;
        let patience = Patience { until: self.patience, on_wait: &|| crew.count("told to wait") };
        let tried = match self.sink {
            Some(sink) => away.newcomer.knock(&crew.place, sink).await.map(|()| None),
            None => away.newcomer.come(&crew.place, &patience).await.map(Some),
        };
        match tried {
            Ok(_) => crew.done("signup", away.due),
            Err(Refusal::Wait(_)) => crew.count("gave up waiting"),
            Err(Refusal::Answer(error)) => crew.find(format!("a newcomer is told {error}")),
            Err(Refusal::Broken(error)) => {
                crew.count(if away.newcomer.has_key() { "connections broken" } else { "turned away" });
                if away.newcomer.has_key() {
                    crew.note(format!("a newcomer's connection: {error:#}"));
                }
                away.at = Instant::now() + away.newcomer.stay_away();
                return Some(away);
            }
        }
        None
    }
}
