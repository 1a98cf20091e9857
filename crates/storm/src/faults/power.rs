//! Power cuts: at a random instant the process stands still and the file system under its data folder takes nothing any more;
//! then the process dies and the disk is mounted again. And the proof that this test sees: with fsync taken away it must find
//! losses.
//!
//! The process stands still first, because on a machine without power nothing is acknowledged. It matters: Linux 6.18 reports
//! success for an fdatasync that is under way while ext4 is shut down, although the bytes never arrive (a loop of write and
//! fdatasync shows it about once in a hundred cuts), and a server that went on for a moment would pass that on.

use anyhow::{Result, ensure};
use rand::{RngExt as _, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rustix::process::Signal;
use tokio::time::sleep;

use super::bench::Bench;
use super::disk::Disk;
use crate::oracle;

/// One cut.
///
/// # Errors
/// When the server does not come back.
pub async fn run(bench: &mut Bench, disk: &mut Disk, run: u64, seed: u64) -> Result<()> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let fleet = bench.fleet(run).await?;
    let storm = fleet.begin(seed);
    let switch = disk.switch()?;
    sleep(bench.size.load_max.mul_f64(dice.random())).await;
    bench.server.signal(Signal::STOP)?;
    switch.cut()?;
    bench.server.kill()?;
    storm.calm();
    disk.unmount()?;
    disk.mount()?;
    bench.recover().await?;
    storm.finish().await?;
    bench.judge(&fleet, &format!("SEED={seed}")).await
}

/// The same without fsync: how many acknowledgements were lost. The server is told to go on with what is left.
///
/// # Errors
/// When the run cannot be made; when nothing is lost, the caller has a blind test.
pub async fn without_fsync(bench: &mut Bench, disk: &mut Disk, seed: u64) -> Result<u64> {
    let fleet = bench.fleet(0).await?;
    fleet.ping().await?;
    disk.sync()?;
    let storm = fleet.begin(seed);
    let switch = disk.switch()?;
    sleep(bench.size.load_max / 2).await;
    bench.server.signal(Signal::STOP)?;
    switch.cut()?;
    bench.server.kill()?;
    storm.abort();
    disk.unmount()?;
    disk.mount()?;
    let refusal = bench.server.start(&bench.launch.clone()).await.err();
    let is_noticed = refusal.as_ref().is_some_and(|refusal| format!("{refusal}").contains("lost acknowledged writes"));
    ensure!(refusal.is_none() || is_noticed, "refused for another reason: {refusal:?}");
    println!("  without fsync: the server {} at its start", if is_noticed { "noticed" } else { "noticed nothing" });
    if is_noticed {
        bench.launch = bench.launch.clone().with("KENTONG_EMBEDDED_ACCEPT_LOSS", "true");
        bench.recover().await?;
    }
    Ok(oracle::judge(fleet.accounts(), bench.size.order).await?.lost)
}
