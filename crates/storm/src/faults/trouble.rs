//! What does not kill: a process that stands still, a disk that fills and empties, a clock that is set.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::Signal;
use tokio::time::sleep;

use super::bench::{Bench, until_more};
use super::disk::Disk;
use crate::mailbox;

/// The process stands still for so long.
const PAUSE: Duration = Duration::from_secs(30);
/// The load runs for so long before and after each trouble.
const LOAD: Duration = Duration::from_secs(3);
/// Offsets of the clock that are set while the server runs, in seconds.
const CLOCKS: [i64; 5] = [3600, 0, -3600, 3600, 0];

/// SIGSTOP, a long while, SIGCONT.
///
/// # Errors
/// When the server does not go on.
pub async fn standstill(bench: &mut Bench, seed: u64) -> Result<()> {
    let fleet = bench.fleet(0).await?;
    let storm = fleet.begin(seed);
    sleep(LOAD).await;
    bench.server.signal(Signal::STOP)?;
    sleep(PAUSE).await;
    bench.server.signal(Signal::CONT)?;
    bench.recoveries.push(until_more(&fleet).await?);
    sleep(LOAD).await;
    storm.finish().await?;
    bench.judge(&fleet, "after a standstill").await
}

/// The disk fills up under the load, stays full, and empties; in the second round the server is killed while it is full.
///
/// # Errors
/// When reading stops or writing does not resume.
pub async fn full_disk(bench: &mut Bench, disk: &Disk, seed: u64) -> Result<()> {
    for round in 0..2 {
        let fleet = bench.fleet(0).await?;
        let storm = fleet.begin(seed + round);
        sleep(LOAD).await;
        let ballast = disk.fill()?;
        sleep(LOAD).await;
        let reader = fleet.accounts().next().context("somebody")?;
        mailbox::read(&reader.fresh()).await.context("reading on a full disk")?;
        if round == 1 {
            bench.server.kill()?;
            bench.recover().await.context("starting on a full disk")?;
        }
        std::fs::remove_file(ballast)?;
        bench.recoveries.push(until_more(&fleet).await?);
        storm.finish().await?;
        bench.judge(&fleet, &format!("after a full disk, round {round}")).await?;
    }
    Ok(())
}

/// The wall clock is set forth and back by an hour under the load, with and without a restart.
///
/// # Errors
/// When the server does not go on.
pub async fn clock(bench: &mut Bench, file: &Path, seed: u64) -> Result<()> {
    let fleet = bench.fleet(0).await?;
    for (round, offset) in (0..).zip(CLOCKS) {
        let storm = fleet.begin(seed + round);
        sleep(LOAD).await;
        std::fs::write(file, format!("{offset:+}\n"))?;
        sleep(LOAD).await;
        if round >= 2 {
            bench.server.kill()?;
            bench.recover().await?;
            until_more(&fleet).await?;
        }
        storm.finish().await?;
        bench.judge(&fleet, &format!("clock {offset:+} s")).await?;
    }
    Ok(())
}
