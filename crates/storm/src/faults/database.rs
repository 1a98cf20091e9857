//! The database dies under the server, or stands still for a while, and comes back: senders wait, then go on. Every third
//! time the server is killed while the database is away.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use rand::{RngExt as _, SeedableRng};
use rand_chacha::ChaCha8Rng;
use testing_postgres::Instance;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::bench::{Bench, until_more};

/// The database is away for so long at most.
const AWAY_MAX: Duration = Duration::from_millis(2000);
/// The load goes on for so long after it came back.
const AFTERWARDS: Duration = Duration::from_millis(500);
/// Of so many runs, in one the database stands still instead of dying.
const PAUSE_EVERY: u64 = 5;
/// Of so many runs, in one the server dies as well.
const KILL_EVERY: u64 = 3;

/// One death of the database.
///
/// # Errors
/// When it or the server does not come back, or people hear what nobody expects.
pub async fn run(bench: &mut Bench, database: &Arc<Instance>, run: u64, seed: u64) -> Result<()> {
    let outcome = one(bench, database, run, seed).await;
    if outcome.is_err() {
        // Wherever the run broke off, the next one finds a database.
        apply(database, Instance::resume).await?;
        apply(database, Instance::kill).await?;
        apply(database, Instance::start_again).await?;
    }
    outcome
}

async fn one(bench: &mut Bench, database: &Arc<Instance>, run: u64, seed: u64) -> Result<()> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let fleet = bench.fleet(run).await?;
    let storm = fleet.begin(seed);
    sleep(bench.size.load_max.mul_f64(dice.random())).await;
    let (away, back): (Deed, Deed) = match run % PAUSE_EVERY == PAUSE_EVERY - 1 {
        true => (Instance::pause, Instance::resume),
        false => (Instance::kill, Instance::start_again),
    };
    apply(database, away).await?;
    let kills = run % KILL_EVERY == KILL_EVERY - 1;
    if kills {
        bench.server.kill()?;
    }
    sleep(AWAY_MAX.mul_f64(dice.random())).await;
    apply(database, back).await?;
    if kills {
        bench.recover().await?;
    }
    bench.recoveries.push(until_more(&fleet).await?);
    sleep(AFTERWARDS).await;
    storm.finish().await?;
    bench.judge(&fleet, &format!("SEED={seed}")).await
}

/// What is done to a database.
type Deed = fn(&Instance);

async fn apply(database: &Arc<Instance>, deed: Deed) -> Result<()> {
    let database = database.clone();
    Ok(spawn_blocking(move || deed(&database)).await?)
}
