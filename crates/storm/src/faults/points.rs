//! Death and failure at every named place: each several times, at a random one of the times the place is passed.

use std::time::Duration;

use anyhow::{Result, bail};
use rand::{RngExt as _, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::time::{Instant, sleep};

use super::bench::Bench;
use crate::account::Account;

/// A place must be passed often enough within this time.
const PATIENCE: Duration = Duration::from_secs(60);
/// The load goes on for so long after a failure that is not a death.
const AFTERWARDS: Duration = Duration::from_millis(1500);
const NAP: Duration = Duration::from_millis(5);
/// Newcomers who come in meanwhile, in people.
const NEWCOMERS: u32 = 2;

/// A place, what happens there, and the latest of its times, counted from a start, at which it happens.
pub struct Point {
    name: &'static str,
    action: &'static str,
    latest: u64,
    /// What else must be in force to come there.
    with: &'static str,
}

const fn kill(name: &'static str, latest: u64) -> Point {
    Point { name, action: "kill", latest, with: "" }
}

const fn error(name: &'static str, latest: u64) -> Point {
    Point { name, action: "error", latest, with: "" }
}

/// Every place.
pub const POINTS: [Point; 26] = [
    kill("store.commit.before_write", 300),
    kill("store.commit.after_write", 300),
    kill("store.commit.after_mark", 300),
    kill("store.commit.before_resolve", 300),
    error("store.commit.write", 300),
    error("store.commit.after_write", 300),
    error("store.enqueue", 1000),
    error("store.read", 1000),
    kill("store.open.before_engine", 1),
    kill("store.open.after_engine", 1),
    Point { name: "store.reopen", action: "kill", latest: 1, with: "store.commit.write=error@40" },
    Point { name: "store.reopen", action: "kill", latest: 1, with: "store.commit.after_write=error@40" },
    kill("platform.checkpoint", 8),
    kill("gateway.exchange.key_durable", 2),
    kill("gateway.rpc.before_answer", 3000),
    kill("blobs.make", 5),
    kill("blobs.put.before", 5),
    kill("blobs.put.after", 5),
    kill("blobs.read", 5),
    kill("blobs.copy", 3),
    error("blobs.make", 5),
    error("blobs.put.before", 5),
    error("blobs.put.after", 5),
    error("blobs.read", 5),
    error("blobs.copy", 3),
    Point { name: "store.read", action: "kill", latest: 2000, with: "" },
];

/// Places that are passed only where deeds travel by letter.
pub const LETTER_POINTS: [Point; 7] = [
    kill("platform.letter.listed", 5),
    kill("platform.letter.read", 100),
    kill("platform.letter.brought", 100),
    kill("platform.letter.removed", 100),
    error("platform.letter.read", 100),
    error("platform.letter.brought", 100),
    error("platform.letter.removed", 100),
];

/// One death or failure at one of these places; `run` says at which.
///
/// # Errors
/// When the place is never passed, or the server does not come back.
pub async fn run(bench: &mut Bench, points: &[Point], run: u64, seed: u64) -> Result<()> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let point = &points[usize::try_from(run)? % points.len()];
    let time = dice.random_range(1..=point.latest);
    let rule = format!("{}={}@{time};{}", point.name, point.action, point.with);
    let fleet = bench.fleet(run).await?;
    let fired = bench.server.fired(point.name);
    bench.server.kill()?;
    let launch = bench.launch.clone().failing(&rule);
    bench.server.start(&launch).await?;
    let storm = fleet.begin(seed);
    let newcomers = newcomers(bench);
    let happened = wait_for_it(bench, point, fired).await;
    storm.calm();
    if happened.is_ok() && point.action == "kill" {
        bench.recover().await?;
    }
    storm.finish().await?;
    for newcomer in newcomers {
        newcomer.await??;
    }
    bench.judge(&fleet, &format!("SEED={seed} {rule}")).await?;
    bench.restart().await?;
    happened
}

type Newcomer = tokio::task::JoinHandle<Result<Account>>;

/// People who make keys and sign up while it happens.
fn newcomers(bench: &mut Bench) -> Vec<Newcomer> {
    let first = bench.numbers(NEWCOMERS);
    let world = bench.world();
    let coming = (first..first + NEWCOMERS).map(|number| {
        let world = world.clone();
        tokio::spawn(async move { Account::sign_up(&world, number).await })
    });
    coming.collect()
}

async fn wait_for_it(bench: &mut Bench, point: &Point, fired: u64) -> Result<()> {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        if point.action == "kill" {
            if bench.server.ended()?.is_some() || !bench.server.is_started() {
                return Ok(());
            }
        } else if bench.server.fired(point.name) > fired {
            sleep(AFTERWARDS).await;
            return Ok(());
        }
        sleep(NAP).await;
    }
    bail!("{} was not passed often enough", point.name)
}
