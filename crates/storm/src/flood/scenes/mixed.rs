//! Everything at once, each at its own rate: people who are here write to each other, others come back, newcomers come. With
//! many newcomers it is the flood; in its control run the same newcomers knock at a sink instead of the server, so that what
//! the fleet itself costs its people's latencies is the same in both.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::super::people::Keys;
use super::super::plan;
use super::super::worker::Crew;
use super::arrivals::{Arrivals, Shape};
use super::pairs::{self, Pair};
use super::signup::Crowd;
use super::{people, returning};
use crate::flood::limits;

/// The scene with those who are here.
pub struct Mixed {
    plan: plan::Mixed,
    pairs: Vec<Rc<Pair>>,
    returning: Vec<Keys>,
}

impl Mixed {
    /// Makes those who are here, and those who come back.
    ///
    /// # Errors
    /// When the server does not take them.
    pub async fn prepare(crew: &Rc<Crew>, plan: plan::Mixed) -> Result<Self> {
        let pairs = pairs::prepare(crew, plan.pairs, 0.0).await?;
        let count = if plan.resumes > 0.0 { plan.people } else { 0 };
        let returning = people(crew, count, 0.5).await?.into_iter().map(|person| person.keys).collect();
        Ok(Self { plan, pairs, returning })
    }

    /// Plays until the time is over and everything is answered.
    ///
    /// # Errors
    /// When the connection of somebody who was here breaks.
    pub async fn play(&mut self, crew: &Rc<Crew>) -> Result<()> {
        let mut tasks = JoinSet::new();
        self.pairs.iter().for_each(|pair| pair.listen(crew, &mut tasks, None));
        let playing = async {
            let (talked, (), ()) = tokio::join!(self.talk(crew), self.newcomers(crew), self.come_back(crew));
            talked
        };
        let ended = tokio::select! {
            ended = playing => ended,
            Some(broken) = tasks.join_next() => broken?,
        };
        tasks.abort_all();
        ended
    }

    fn lasts(&self) -> Duration {
        Duration::from_secs(self.plan.seconds)
    }

    async fn talk(&self, crew: &Rc<Crew>) -> Result<()> {
        let lasts = self.lasts() + Duration::from_secs(self.plan.calm);
        let mut arrivals = Arrivals::new(self.plan.messages, lasts, Shape::Flat);
        let mut next = self.pairs.iter().cycle();
        while let (Some(due), Some(pair)) = (arrivals.next().await, next.next()) {
            pair.write(due)?;
        }
        for pair in &self.pairs {
            pair.settle(crew).await?;
        }
        Ok(())
    }

    async fn come_back(&self, crew: &Rc<Crew>) {
        if !self.returning.is_empty() {
            returning::arrive(crew, &self.returning, self.plan.resumes, self.lasts()).await;
        }
    }

    async fn newcomers(&self, crew: &Rc<Crew>) {
        let shape = if self.plan.day { Shape::Day } else { Shape::Flat };
        let sink = match self.plan.sink.then(sink).transpose() {
            Ok(sink) => sink,
            Err(error) => return crew.find(format!("no sink: {error}")),
        };
        let crowd = Crowd::new(crew, self.lasts(), 0.0, sink);
        if self.plan.window > 0 {
            return crowd.push(self.plan.window, self.lasts()).await;
        }
        crowd.come(Arrivals::new(self.plan.signups, self.lasts(), shape)).await;
    }
}

/// Somebody who takes every connection and resets it as soon as something was said, as a server does that turns everybody
/// away.
fn sink() -> Result<SocketAddr> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let (address, listener) = (listener.local_addr()?, TcpListener::from_std(listener)?);
    tokio::task::spawn_local(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::task::spawn_local(async move {
                let mut chunk = [0; limits::SINK_CHUNK_BYTES];
                let _ = stream.read(&mut chunk).await;
                let _ = stream.set_zero_linger();
            });
        }
    });
    Ok(address)
}
