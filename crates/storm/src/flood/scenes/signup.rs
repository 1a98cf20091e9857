//! Newcomers. With a rate they come whether the server keeps up or not, and each one's time counts from when they were to
//! come: a slow server cannot hide behind those who had to wait for it.

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::super::people::{Refusal, sign_up};
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
        match self.plan.rate {
            Some(rate) => {
                let lasts = Duration::from_secs(self.plan.seconds);
                arrive(crew, Arrivals::new(rate, lasts, Shape::Flat), lasts, self.plan.temporary).await;
            }
            None => self.push(crew).await,
        }
        Ok(())
    }

    /// So many under way at a time.
    async fn push(&self, crew: &Rc<Crew>) {
        let mut running = JoinSet::new();
        let until = Instant::now() + Duration::from_secs(self.plan.seconds);
        for lane in 0..self.plan.window {
            let (crew, temporary) = (crew.clone(), self.plan.temporary);
            running.spawn_local(async move {
                let mut number = lane;
                while Instant::now() < until {
                    come(&crew, Instant::now(), is_among(number, temporary), until).await;
                    number = number.wrapping_add(1);
                }
            });
        }
        running.join_all().await;
    }
}

/// Lets newcomers come, whether the server keeps up or not.
pub async fn arrive(crew: &Rc<Crew>, mut arrivals: Arrivals, lasts: Duration, temporary: f64) {
    let patience = Instant::now() + lasts + limits::FINISH_TIMEOUT;
    let mut running = JoinSet::new();
    let mut number = 0;
    while let Some(due) = arrivals.next().await {
        while running.try_join_next().is_some() {}
        number += 1;
        if running.len() >= limits::NEWCOMERS_UNDER_WAY_MAX {
            crew.count("turned away by the fleet");
            continue;
        }
        let (crew, is_temporary) = (crew.clone(), is_among(number, temporary));
        running.spawn_local(async move { come(&crew, due, is_temporary, patience).await });
    }
    let finishing = async { while running.join_next().await.is_some() {} };
    if tokio::time::timeout_at(patience.into(), finishing).await.is_err() {
        (0..running.len()).for_each(|_| crew.count("unfinished"));
    }
}

/// One newcomer, who comes back as long as the server asks them to and there is time.
async fn come(crew: &Rc<Crew>, due: Instant, is_temporary: bool, until: Instant) {
    let phone = crew.phone();
    loop {
        match sign_up(&crew.place, phone.clone(), is_temporary).await {
            Ok(_) => return crew.done("signup", due),
            Err(Refusal::Wait(pause)) => {
                crew.count("told to wait");
                if Instant::now() + pause > until {
                    return crew.count("gave up waiting");
                }
                sleep(pause).await;
            }
            Err(Refusal::Broken(error)) => {
                crew.count("connections broken");
                crew.note(format!("a newcomer's connection: {error:#}"));
                return;
            }
            Err(Refusal::Answer(error)) => return crew.find(format!("a newcomer is told {error}")),
        }
    }
}
