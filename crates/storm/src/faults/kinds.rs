//! Each kind of fault as a series: on which binary, with which start, how many runs.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, ensure};
use testing_postgres::Instance;

use super::bench::{Size, series};
use super::plan::{Kind, Plan, Sum};
use super::{backup, database, kill, nth, points, power, trouble};
use crate::load::Mix;
use crate::oracle::Order;
use crate::server::Launch;

/// Kills of a full run.
const KILLS: u64 = 200;
/// Of those who send files, and of those whose deeds travel by letter.
const SPECIAL_KILLS: u64 = 20;
/// Power cuts of a full run.
const CUTS: u64 = 50;
/// How often a full run dies at each place.
const ROUNDS: u64 = 2;
/// Deaths of the database in a full run.
const DATABASE_RUNS: u64 = 20;
/// Deaths in backups in a full run.
const BACKUP_RUNS: u64 = 12;
/// The disk whose power is cut, in MiB.
const POWER_DISK_MIB: u64 = 3072;
/// The disk that fills up, in MiB.
const SMALL_DISK_MIB: u64 = 512;
/// Where Debian puts libfaketime for programs with threads.
const FAKETIME: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"];

/// Runs one kind in a folder of its own.
///
/// # Errors
/// When it could not run, or too many of its runs failed.
pub(super) async fn run(plan: &Plan, kind: Kind, seed: u64, sum: &mut Sum) -> Result<()> {
    let folder = plan.folder(&format!("{kind:?}").to_lowercase())?;
    let ended = match kind {
        Kind::Kill => kills(plan, &folder, seed, sum).await,
        Kind::Upload => uploads(plan, &folder, seed, sum).await,
        Kind::Letters => letters(plan, &folder, seed, sum).await,
        Kind::Power => cuts(plan, &folder, seed, sum).await,
        Kind::Unsynced => unsynced(plan, &folder, seed, sum).await,
        Kind::Points => named_places(plan, &folder, seed, sum).await,
        Kind::Nth => nth_calls(plan, &folder, seed, sum).await,
        Kind::Standstill => standstill(plan, &folder, seed, sum).await,
        Kind::Disk => full_disk(plan, &folder, seed, sum).await,
        Kind::Clock => clock(plan, &folder, seed, sum).await,
        Kind::Database => databases(plan, &folder, seed, sum).await,
        Kind::Backup => backups(plan, &folder, seed, sum).await,
    };
    std::fs::remove_dir_all(folder)?;
    ended
}

async fn kills(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    let mut bench = plan.bench("kill", &plan.binary, folder, Launch::default(), Size::default()).await?;
    let runs = plan.runs.unwrap_or(KILLS);
    let ended =
        series(&mut bench, runs, seed, async |bench, run, seed| kill::run(bench, run, seed, Mix::Talk).await).await;
    sum.end(bench, ended).await
}

async fn uploads(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    let mut bench = plan.bench("upload", &plan.binary, folder, Launch::default(), Size::default()).await?;
    let runs = plan.runs.unwrap_or(SPECIAL_KILLS);
    let ended =
        series(&mut bench, runs, seed, async |bench, run, seed| kill::run(bench, run, seed, Mix::Files).await).await;
    sum.end(bench, ended).await
}

/// At random instants, and at the places that only letters pass.
async fn letters(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    let launch = Launch::default().with("KENTONG_SERVER_DELIVERY", "outbox");
    let size = Size { order: Order::OfEach, ..Size::default() };
    let mut bench = plan.bench("letters", &plan.binary, folder, launch.clone(), size.clone()).await?;
    let runs = plan.runs.unwrap_or(SPECIAL_KILLS);
    let ended =
        series(&mut bench, runs, seed, async |bench, run, seed| kill::run(bench, run, seed, Mix::Talk).await).await;
    sum.end(bench, ended).await?;
    let places = folder.join("places");
    let per_round = points::LETTER_POINTS.len() as u64;
    // The first place is passed once for each person: every round begins with new ones.
    let size = Size { runs_per_fleet: per_round, ..size };
    let mut bench = plan.bench("letter places", &plan.armed, &places, launch, size).await?;
    let runs = plan.runs.unwrap_or(ROUNDS * per_round);
    let ended = series(&mut bench, runs, seed, async |bench, run, seed| {
        points::run(bench, &points::LETTER_POINTS, run, seed).await
    })
    .await;
    sum.end(bench, ended).await
}

async fn cuts(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    let Some(mut disk) = sum.disk(Kind::Power, folder, POWER_DISK_MIB) else { return Ok(()) };
    let mut bench = plan.bench("power", &plan.binary, disk.path(), Launch::default(), Size::default()).await?;
    let runs = plan.runs.unwrap_or(CUTS);
    let ended =
        series(&mut bench, runs, seed, async |bench, run, seed| power::run(bench, &mut disk, run, seed).await).await;
    sum.end(bench, ended).await
}

async fn unsynced(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    let Some(mut disk) = sum.disk(Kind::Unsynced, folder, POWER_DISK_MIB) else { return Ok(()) };
    let launch = Launch::default().failing("store.commit.unsynced=error@1+");
    let mut bench = plan.bench("unsynced", &plan.armed, disk.path(), launch, Size::default()).await?;
    let lost = power::without_fsync(&mut bench, &mut disk, seed).await?;
    println!("  without fsync: {lost} acknowledgements lost, as it must be");
    sum.verdict.runs += 1;
    ensure!(lost > 0, "a power cut without fsync lost nothing: this test is blind");
    Ok(())
}

async fn named_places(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    let launch = Launch::default().failing("platform.short_log=error@1+");
    let size = Size { runs_per_fleet: 13, ..Size::default() };
    let mut bench = plan.bench("points", &plan.armed, folder, launch, size).await?;
    let runs = plan.runs.unwrap_or(ROUNDS * points::POINTS.len() as u64);
    let ended =
        series(&mut bench, runs, seed, async |bench, run, seed| points::run(bench, &points::POINTS, run, seed).await)
            .await;
    sum.end(bench, ended).await
}

async fn nth_calls(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    let mut bench = plan.bench("nth", &plan.armed, folder, Launch::default(), Size::default()).await?;
    let mut ended = Ok(());
    for place in nth::PLACES {
        let outcome = nth::run(&mut bench, place, seed, plan.nth_step).await;
        if let Ok(calls) = &outcome {
            println!("  {place}: each of {calls} calls failed once");
        }
        ended = bench.after(seed, outcome.map(drop)).await;
        if ended.is_err() {
            break;
        }
    }
    sum.end(bench, ended).await
}

async fn standstill(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    let mut bench = plan.bench("standstill", &plan.binary, folder, Launch::default(), Size::default()).await?;
    let ended = trouble::standstill(&mut bench, seed).await;
    sum.end(bench, ended).await
}

async fn full_disk(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    let Some(disk) = sum.disk(Kind::Disk, folder, SMALL_DISK_MIB) else { return Ok(()) };
    let mut bench = plan.bench("disk", &plan.binary, disk.path(), Launch::default(), Size::default()).await?;
    let ended = trouble::full_disk(&mut bench, &disk, seed).await;
    sum.end(bench, ended).await
}

async fn clock(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    let Some(library) = FAKETIME.iter().find(|path| Path::new(path).exists()) else {
        sum.skip(Kind::Clock, "libfaketime is not installed");
        return Ok(());
    };
    let file = folder.join("clock");
    std::fs::write(&file, "+0\n")?;
    // The wall clock alone is set, as by an operator; the monotonic one goes on, as a kernel promises.
    let launch = Launch::default()
        .with("LD_PRELOAD", *library)
        .with("FAKETIME_TIMESTAMP_FILE", file.display().to_string())
        .with("FAKETIME_CACHE_DURATION", "1")
        .with("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let mut bench = plan.bench("clock", &plan.binary, folder, launch, Size::default()).await?;
    let ended = trouble::clock(&mut bench, &file, seed).await;
    sum.end(bench, ended).await
}

async fn databases(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    if !Instance::is_installed() {
        sum.skip(Kind::Database, "PostgreSQL is not installed");
        return Ok(());
    }
    let instance = Arc::new(tokio::task::spawn_blocking(Instance::start).await?);
    let launch = Launch::default().with("KENTONG_STORE", instance.url());
    let mut bench = plan.bench("database", &plan.binary, folder, launch, Size::default()).await?;
    let runs = plan.runs.unwrap_or(DATABASE_RUNS);
    let ended =
        series(&mut bench, runs, seed, async |bench, run, seed| database::run(bench, &instance, run, seed).await).await;
    sum.end(bench, ended).await
}

async fn backups(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    let mut bench = plan.bench("backup", &plan.armed, folder, Launch::default(), Size::default()).await?;
    let runs = plan.runs.unwrap_or(BACKUP_RUNS);
    let ended =
        series(&mut bench, runs, seed, async |bench, run, seed| backup::run(bench, folder, run, seed).await).await;
    sum.end(bench, ended).await
}
