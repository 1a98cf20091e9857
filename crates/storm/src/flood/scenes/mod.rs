//! What a fleet plays. Each scene first makes its people, unmeasured, and then plays until nothing is under way.

pub mod arrivals;
mod group;
mod mixed;
mod pairs;
mod refused;
mod returning;
mod signup;

use std::future::Future;
use std::rc::Rc;

use anyhow::{Context as _, Result};
use futures::stream::{FuturesUnordered, StreamExt as _};

use super::limits;
use super::newcomer::settle;
use super::people::{Person, known};
use super::plan::Scene;
use super::seeds::is_among;
use super::worker::Crew;

/// A scene with its people.
pub enum Ready {
    /// Newcomers.
    Signup(signup::Signup),
    /// Pairs.
    Pairs(pairs::Pairs),
    /// People of a group.
    Group(group::Group),
    /// People who come back.
    Resume(returning::Resume),
    /// People who stay.
    Idle(returning::Idle),
    /// People whose server dies.
    Herd(returning::Herd),
    /// Strangers beyond their pace.
    Refused(refused::Refused),
    /// Everything at once.
    Mixed(mixed::Mixed),
}

/// Makes the people of a scene.
///
/// # Errors
/// When the server does not take them.
pub async fn prepare(crew: &Rc<Crew>) -> Result<Ready> {
    Ok(match crew.orders.scene.clone() {
        Scene::Signup(plan) => Ready::Signup(signup::Signup::new(plan)),
        Scene::Pairs(plan) => Ready::Pairs(pairs::Pairs::prepare(crew, plan).await?),
        Scene::Group(plan) => Ready::Group(group::Group::prepare(crew, plan).await?),
        Scene::Resume(plan) => Ready::Resume(returning::Resume::prepare(crew, plan).await?),
        Scene::Idle(plan) => Ready::Idle(returning::Idle::prepare(crew, plan).await?),
        Scene::Herd(plan) => Ready::Herd(returning::Herd::prepare(crew, plan).await?),
        Scene::Refused(plan) => Ready::Refused(refused::Refused::prepare(crew, plan).await?),
        Scene::Mixed(plan) => Ready::Mixed(mixed::Mixed::prepare(crew, plan).await?),
        Scene::Day(plan) => Ready::Mixed(mixed::Mixed::prepare(crew, plan.mixed()).await?),
    })
}

impl Ready {
    /// Plays it to its end.
    ///
    /// # Errors
    /// When it cannot be played.
    pub async fn play(&mut self, crew: &Rc<Crew>) -> Result<()> {
        match self {
            Self::Signup(scene) => scene.play(crew).await,
            Self::Pairs(scene) => scene.play(crew).await,
            Self::Group(scene) => scene.play(crew).await,
            Self::Resume(scene) => scene.play(crew).await,
            Self::Idle(scene) => scene.play(crew).await,
            Self::Herd(scene) => scene.play(crew).await,
            Self::Refused(scene) => scene.play(crew).await,
            Self::Mixed(scene) => scene.play(crew).await,
        }
    }
}

/// So many people, some of them with temporary keys: of those written beforehand, or newly made.
async fn people(crew: &Rc<Crew>, count: u32, temporary: f64) -> Result<Vec<Person>> {
    if crew.orders.seeded.is_some() {
        let coming = (0..count).map(|_| {
            let (crew, number) = (crew.clone(), crew.seedling());
            async move { known(&crew.place, number.context("the population is too small")?, temporary).await }
        });
        return some_at_a_time(coming, limits::PREPARING_AT_A_TIME).await;
    }
    let making = (0..count).map(|index| {
        let (crew, phone) = (crew.clone(), crew.phone());
        async move { settle(&crew.place, &phone, is_among(index, temporary)).await }
    });
    some_at_a_time(making, limits::PREPARING_AT_A_TIME).await
}

/// Runs these, so many at a time; the results are in their order.
async fn some_at_a_time<T, F: Future<Output = Result<T>>>(
    all: impl Iterator<Item = F>,
    at_a_time: usize,
) -> Result<Vec<T>> {
    let mut results: Vec<Option<T>> = Vec::new();
    let (mut all, mut running) = (all.enumerate(), FuturesUnordered::new());
    loop {
        while running.len() < at_a_time {
            let Some((index, next)) = all.next() else { break };
            running.push(async move { (index, next.await) });
        }
        let Some((index, result)) = running.next().await else { break };
        results.resize_with(results.len().max(index + 1), || None);
        results[index] = Some(result?);
    }
    Ok(results.into_iter().flatten().collect())
}
