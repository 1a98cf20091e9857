//! People who come back with the keys they have: one after the other, all to stay, or all at once after the server died.

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::stream::{FuturesUnordered, StreamExt as _};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::super::client::Client;
use super::super::people::{Keys, Refusal, resume};
use super::super::plan;
use super::super::worker::Crew;
use super::arrivals::{Arrivals, Shape};
use super::people;
use crate::flood::limits;

/// People who come, look, and leave.
pub struct Resume {
    plan: plan::Resume,
    keys: Vec<Keys>,
}

/// People who come and stay.
pub struct Idle {
    plan: plan::Idle,
    keys: Vec<Keys>,
    here: Vec<Client>,
}

/// People whose server dies under them.
pub struct Herd {
    plan: plan::Herd,
    people: Vec<(Keys, Client)>,
    /// Those who are back; they stay.
    here: Vec<Client>,
}

async fn keys(crew: &Rc<Crew>, count: u32, temporary: f64) -> Result<Vec<Keys>> {
    Ok(people(crew, count, temporary).await?.into_iter().map(|person| person.keys).collect())
}

impl Resume {
    /// Makes the people, who leave again.
    ///
    /// # Errors
    /// When the server does not take them.
    pub async fn prepare(crew: &Rc<Crew>, plan: plan::Resume) -> Result<Self> {
        let keys = keys(crew, plan.people, plan.temporary).await?;
        ensure!(!keys.is_empty(), "nobody is there to come back");
        Ok(Self { plan, keys })
    }

    /// Lets them come back.
    ///
    /// # Errors
    /// Never: what the server refuses is found.
    pub async fn play(&mut self, crew: &Rc<Crew>) -> Result<()> {
        match self.plan.rate {
            Some(rate) => arrive(crew, &self.keys, rate, Duration::from_secs(self.plan.seconds)).await,
            None => self.push(crew).await,
        }
        Ok(())
    }

    async fn push(&self, crew: &Rc<Crew>) {
        let until = Instant::now() + Duration::from_secs(self.plan.seconds);
        let lanes = (0..self.plan.window as usize).map(|lane| async move {
            let mut own = self.keys.iter().skip(lane).step_by(self.plan.window as usize).cycle();
            while Instant::now() < until {
                let Some(keys) = own.next() else { break };
                back(crew, keys, Instant::now()).await;
            }
        });
        lanes.collect::<FuturesUnordered<_>>().collect::<()>().await;
    }
}

/// Lets people come back, so many a second.
pub async fn arrive(crew: &Rc<Crew>, all: &[Keys], rate: f64, lasts: Duration) {
    let (mut arrivals, mut running) = (Arrivals::new(rate, lasts, Shape::Flat), JoinSet::new());
    let mut next = all.iter().cycle();
    while let (Some(due), Some(keys)) = (arrivals.next().await, next.next()) {
        let (crew, keys) = (crew.clone(), keys.clone());
        running.spawn_local(async move { back(&crew, &keys, due).await });
        while running.try_join_next().is_some() {}
    }
    let finishing = async { while running.join_next().await.is_some() {} };
    if tokio::time::timeout(limits::FINISH_TIMEOUT, finishing).await.is_err() {
        crew.count("unfinished");
    }
}

async fn back(crew: &Crew, keys: &Keys, due: Instant) {
    match resume(&crew.place, keys).await {
        Ok(_) => crew.done("resume", due),
        Err(Refusal::Wait(_)) => crew.count("told to wait"),
        Err(refusal) => crew.find(format!("whoever comes back hears: {refusal}")),
    }
}

impl Idle {
    /// Makes the people, who leave again.
    ///
    /// # Errors
    /// When the server does not take them.
    pub async fn prepare(crew: &Rc<Crew>, plan: plan::Idle) -> Result<Self> {
        let keys = keys(crew, plan.connections, plan.temporary).await?;
        Ok(Self { plan, keys, here: Vec::new() })
    }

    /// Lets them come back and stay: they say nothing, and are pinged for at the end.
    ///
    /// # Errors
    /// When a connection breaks.
    pub async fn play(&mut self, crew: &Rc<Crew>) -> Result<()> {
        for some in self.keys.chunks(limits::PREPARING_AT_A_TIME) {
            let coming = some.iter().map(|keys| async move {
                let began = Instant::now();
                let client = resume(&crew.place, keys).await?;
                crew.done("resume", began);
                anyhow::Ok(client)
            });
            self.here.extend(futures::future::try_join_all(coming).await?);
        }
        sleep(Duration::from_secs(self.plan.seconds)).await;
        self.here.iter().try_for_each(Client::ping)
    }
}

impl Herd {
    /// Makes the people.
    ///
    /// # Errors
    /// When the server does not take them.
    pub async fn prepare(crew: &Rc<Crew>, plan: plan::Herd) -> Result<Self> {
        let people = people(crew, plan.people, plan.temporary).await?.into_iter();
        Ok(Self { plan, people: people.map(|person| (person.keys, person.client)).collect(), here: Vec::new() })
    }

    /// Waits until the server is gone, and lets everybody come back as TDLib does: at once, then after 1, 2, 4 … 64 s.
    ///
    /// # Errors
    /// Never: whoever is not served in time is counted.
    pub async fn play(&mut self, crew: &Rc<Crew>) -> Result<()> {
        let mut running = JoinSet::new();
        let patience = Duration::from_secs(self.plan.seconds);
        for (keys, client) in self.people.drain(..) {
            let crew = crew.clone();
            running.spawn_local(async move {
                while client.next().await.is_ok() {}
                let lost = Instant::now();
                drop(client);
                let back = tokio::time::timeout(patience, again(&crew, &keys, lost)).await;
                if back.is_err() {
                    crew.find("somebody was not served in time after a restart".to_owned());
                }
                back.ok()
            });
        }
        self.here = running.join_all().await.into_iter().flatten().collect();
        Ok(())
    }
}

/// Comes back until served.
async fn again(crew: &Crew, keys: &Keys, lost: Instant) -> Client {
    let mut pause = Duration::ZERO;
    loop {
        sleep(pause).await;
        match resume(&crew.place, keys).await {
            Ok(client) => {
                crew.done("served", lost);
                return client;
            }
            Err(refusal) => crew.count(why(&refusal)),
        }
        pause = (pause * 2).clamp(limits::BACK_OFF_FIRST, limits::BACK_OFF_MAX);
    }
}

fn why(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Wait(_) => "told to wait",
        Refusal::Answer(_) => "findings",
        Refusal::Broken(error) if error.to_string().contains("transport error -404") => "findings",
        Refusal::Broken(_) => "tries in vain",
    }
}
