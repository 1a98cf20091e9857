//! SIGKILL at random instants: in the middle of the load, whatever people do above all, and every fifth time once more while
//! the server recovers.

use std::time::Duration;

use anyhow::Result;
use rand::{RngExt as _, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::time::sleep;

use super::bench::Bench;
use crate::load::Mix;

/// A second kill comes so long after the start at most.
const RECOVERY_MAX: Duration = Duration::from_millis(120);
/// Runs with a kill during recovery: one in so many.
const SECOND_KILL_EVERY: u64 = 5;

/// One kill.
///
/// # Errors
/// When the server does not come back, or answers what nobody expects.
pub async fn run(bench: &mut Bench, run: u64, seed: u64, mix: Mix) -> Result<()> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let fleet = bench.fleet(run).await?;
    let storm = fleet.begin_with(seed, mix);
    sleep(bench.size.load_max.mul_f64(dice.random())).await;
    bench.server.kill()?;
    storm.calm();
    if run % SECOND_KILL_EVERY == SECOND_KILL_EVERY - 1 {
        let launch = bench.launch.clone();
        bench.server.spawn(&launch)?;
        sleep(RECOVERY_MAX.mul_f64(dice.random())).await;
        bench.server.kill()?;
    }
    bench.recover().await?;
    storm.finish().await?;
    bench.judge(&fleet, &format!("SEED={seed}")).await
}
