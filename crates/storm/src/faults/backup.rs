//! Death in the middle of a backup, and in the middle of its restoring: what is not whole never looks whole, neither the server
//! nor an older backup is touched, and a second try goes through. The copy is then served, and people come to it with the
//! keys they have.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use rand::{RngExt as _, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::time::sleep;

use super::bench::Bench;
use crate::limits;
use crate::load::Fleet;
use crate::server::{Launch, Server, was_killed};

/// What happens to the first backup, by turns: frames are few when there are few files.
const TROUBLES: [(&str, &str); 4] = [
    ("backup.create.chunk", "kill"),
    ("backup.mid", "kill"),
    ("backup.create.chunk", "kill"),
    ("backup.create.chunk", "error"),
];
/// Every backup has so many frames, and a restore as many steps.
const STEPS_MIN: u64 = 6;
/// The load goes on for so long before an order.
const LOAD: Duration = Duration::from_millis(1000);

/// One backup that is broken off, one under load, and one restoring that is broken off before it is done.
///
/// # Errors
/// When something that is not whole is taken for whole, or what should work does not.
pub async fn run(bench: &mut Bench, folder: &Path, run: u64, seed: u64) -> Result<()> {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let (place, action) = TROUBLES[usize::try_from(run)? % TROUBLES.len()];
    let time = if place == "backup.mid" { 1 } else { dice.random_range(1..=STEPS_MIN) };
    let rule = format!("{place}={action}@{time}");
    let fleet = bench.fleet(run).await?;
    bench.server.kill()?;
    bench.server.start(&bench.launch.clone().failing(&rule)).await?;
    broken_off(bench, &fleet, &folder.join("broken.backup"), action == "kill", seed)
        .await
        .with_context(|| rule.clone())?;
    bench.judge(&fleet, &format!("SEED={seed} {rule}")).await?;
    let whole = folder.join("whole.backup");
    let copy = folder.join("copy");
    let before = under_load(bench, &fleet, &whole, seed).await.context("a backup under load")?;
    bench.judge(&fleet, &format!("SEED={seed} after a backup under load")).await?;
    let time = dice.random_range(1..=STEPS_MIN);
    let mut server = bench.other(&copy);
    half_restored(&mut server, &whole, time).await?;
    std::fs::remove_dir_all(&copy)?;
    fine(&order(&server, &Launch::default(), "restore", &whole).await?)?;
    server.start(&Launch::default()).await?;
    bench.judge_copy(&fleet, before, &server.door()?, &format!("SEED={seed} the copy")).await?;
    server.stop().await?;
    std::fs::remove_dir_all(&copy)?;
    std::fs::remove_file(&whole)?;
    Ok(())
}

/// A backup during which the server dies, or fails to write it: there is no file then, and the next life knows nothing of it.
async fn broken_off(bench: &mut Bench, fleet: &Fleet, target: &Path, dies: bool, seed: u64) -> Result<()> {
    let storm = fleet.begin(seed);
    sleep(LOAD).await;
    let told = order(&bench.server, &Launch::default(), "create", target).await?;
    ensure!(!told.status.success(), "a backup that was broken off is said to be made");
    ensure!(!target.exists(), "a backup that was broken off has its name");
    if dies {
        let status = bench.server.wait_for_end(limits::END_TIMEOUT).await?;
        ensure!(was_killed(status), "the server was to be killed, and ended with {status}");
        bench.recover().await?;
    }
    storm.finish().await
}

/// A backup that works while people write; what each of them had been told before it began.
async fn under_load(bench: &Bench, fleet: &Fleet, target: &Path, seed: u64) -> Result<Vec<crate::record::Told>> {
    let storm = fleet.begin(seed.wrapping_add(1));
    sleep(LOAD).await;
    let before = fleet.accounts().map(|account| account.record.told()).collect();
    fine(&order(&bench.server, &Launch::default(), "create", target).await?)?;
    sleep(LOAD).await;
    storm.finish().await?;
    fine(&order(&bench.server, &Launch::default(), "verify", target).await?)?;
    Ok(before)
}

/// A restoring that dies: what it left is no data folder, and no restoring goes on in it.
async fn half_restored(server: &mut Server, backup: &Path, time: u64) -> Result<()> {
    let deadly = Launch::default().failing(format!("backup.restore.chunk=kill@{time}"));
    let died = order(server, &deadly, "restore", backup).await?;
    ensure!(was_killed(died.status), "a restoring was to be killed, and {}", words(&died));
    match server.start(&Launch::default()).await {
        Ok(_) => bail!("a server opens what is half restored"),
        Err(refusal) if format!("{refusal}").contains("was not finished") => {}
        Err(refusal) => bail!("what is half restored is refused for another reason: {refusal}"),
    }
    let again = order(server, &Launch::default(), "restore", backup).await?;
    ensure!(!again.status.success(), "a second restoring filled what the first one had left");
    Ok(())
}

async fn order(server: &Server, launch: &Launch, verb: &str, file: &Path) -> Result<Output> {
    server.order(launch, &[OsStr::new("backup"), OsStr::new(verb), file.as_os_str()]).await
}

fn fine(output: &Output) -> Result<()> {
    ensure!(output.status.success(), "an order failed: {}", words(output));
    Ok(())
}

fn words(output: &Output) -> String {
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("it ended with {}: {} {}", output.status, said.trim(), complained.trim())
}
