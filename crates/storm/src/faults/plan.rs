//! The whole of `make faults`: which runs, in which order, and what they say together.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};

use super::bench::{Bench, Size, spread};
use super::disk::Disk;
use super::{kill, nth, points, power, trouble};
use crate::server::Launch;
use crate::verdict::Verdict;

/// Acknowledgements that a full run checks at least.
const ACKS_MIN: u64 = 1_000_000;
/// Kills of a full run.
const KILLS: u64 = 200;
/// Power cuts of a full run.
const CUTS: u64 = 50;
/// How often a full run dies at each place.
const ROUNDS: u64 = 2;
/// The disk whose power is cut, in MiB.
const POWER_DISK_MIB: u64 = 3072;
/// The disk that fills up, in MiB.
const SMALL_DISK_MIB: u64 = 512;
/// Where Debian puts libfaketime for programs with threads.
const FAKETIME: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"];

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// SIGKILL at random instants.
    Kill,
    /// Power cuts at random instants, on a disk of its own.
    Power,
    /// The same with fsync taken away: this must find losses.
    Unsynced,
    /// Death and failure at every named place.
    Points,
    /// The Nth call of store and blobs fails, for every N.
    Nth,
    /// A process that stands still for 30 s.
    Standstill,
    /// A disk that fills and empties.
    Disk,
    /// The clock set forth and back by an hour.
    Clock,
}

/// What to run.
#[derive(Clone, Debug, Args)]
pub struct Plan {
    /// The binary as it is shipped
    #[arg(long, value_name = "FILE")]
    pub binary: PathBuf,
    /// The binary with failpoints
    #[arg(long, value_name = "FILE")]
    pub armed: PathBuf,
    /// Folder for data, on a real disk
    #[arg(long, value_name = "DIR")]
    pub scratch: PathBuf,
    /// Only these kinds
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Kind>,
    /// The seed of the first run [default: drawn, and printed]
    #[arg(long)]
    pub seed: Option<u64>,
    /// Runs of each kind that has random instants [default: as many as a full run has]
    #[arg(long)]
    pub runs: Option<u64>,
    /// Of the Nth calls, make every so manyth fail
    #[arg(long, default_value_t = 1)]
    pub nth_step: u64,
    /// Leave out what this machine cannot do (mounting needs root), and say so, instead of failing
    #[arg(long)]
    pub allow_skips: bool,
}

/// What all runs said.
struct Sum {
    verdict: Verdict,
    recoveries: Vec<Duration>,
    skipped: Vec<String>,
}

/// Runs the plan; whether all is well.
///
/// # Errors
/// When it could not run at all.
pub async fn run(plan: &Plan) -> Result<bool> {
    let seed = plan.seed.unwrap_or_else(|| crate::session::random_id().unsigned_abs() % 1_000_000_000);
    let mut sum = Sum { verdict: Verdict::default(), recoveries: Vec::new(), skipped: Vec::new() };
    println!("faults: seed {seed}");
    for kind in plan.kinds() {
        let began = Instant::now();
        println!("{kind:?}:");
        if let Err(error) = run_kind(plan, kind, seed, &mut sum).await {
            sum.verdict.complain(format!("{kind:?}: {error:#}"));
            println!("  {kind:?} ended early: {error:#}");
        }
        println!("  {kind:?} took {:.0} s", began.elapsed().as_secs_f64());
    }
    Ok(sum.tell(plan))
}

impl Plan {
    fn kinds(&self) -> Vec<Kind> {
        if self.only.is_empty() { Kind::value_variants().to_vec() } else { self.only.clone() }
    }

    fn is_full(&self) -> bool {
        self.only.is_empty() && self.runs.is_none()
    }

    async fn bench(&self, name: &str, binary: &Path, folder: &Path, launch: Launch, size: Size) -> Result<Bench> {
        Bench::start(name, binary, folder.join("data"), launch, size).await
    }

    /// An empty folder of this name.
    fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.scratch.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

async fn run_kind(plan: &Plan, kind: Kind, seed: u64, sum: &mut Sum) -> Result<()> {
    let folder = plan.folder(&format!("{kind:?}").to_lowercase())?;
    let ended = match kind {
        Kind::Kill => kills(plan, &folder, seed, sum).await,
        Kind::Power => power(plan, &folder, seed, sum).await,
        Kind::Unsynced => unsynced(plan, &folder, seed, sum).await,
        Kind::Points => named_places(plan, &folder, seed, sum).await,
        Kind::Nth => nth_calls(plan, &folder, seed, sum).await,
        Kind::Standstill => standstill(plan, &folder, seed, sum).await,
        Kind::Disk => full_disk(plan, &folder, seed, sum).await,
        Kind::Clock => clock(plan, &folder, seed, sum).await,
    };
    std::fs::remove_dir_all(folder)?;
    ended
}

async fn kills(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    let mut bench = plan.bench("kill", &plan.binary, folder, Launch::default(), Size::default()).await?;
    let mut ended = Ok(());
    for run in 0..plan.runs.unwrap_or(KILLS) {
        let outcome = kill::run(&mut bench, run, seed + run).await;
        ended = bench.after(seed + run, outcome).await;
        if ended.is_err() {
            break;
        }
    }
    sum.end(bench, ended).await
}

async fn power(plan: &Plan, folder: &Path, seed: u64, sum: &mut Sum) -> Result<()> {
    let Some(mut disk) = sum.disk(Kind::Power, folder, POWER_DISK_MIB) else { return Ok(()) };
    let mut bench = plan.bench("power", &plan.binary, disk.path(), Launch::default(), Size::default()).await?;
    let mut ended = Ok(());
    for run in 0..plan.runs.unwrap_or(CUTS) {
        let outcome = power::run(&mut bench, &mut disk, run, seed + run).await;
        ended = bench.after(seed + run, outcome).await;
        if ended.is_err() {
            break;
        }
    }
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
    let mut ended = Ok(());
    for run in 0..plan.runs.unwrap_or(ROUNDS * points::POINTS.len() as u64) {
        let outcome = points::run(&mut bench, run, seed + run).await;
        ended = bench.after(seed + run, outcome).await;
        if ended.is_err() {
            break;
        }
    }
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

impl Sum {
    /// Judges everybody once more and takes what a series found. Of one that broke off, what it found until then.
    async fn end(&mut self, mut bench: Bench, ended: Result<()>) -> Result<()> {
        let ended = match ended {
            Ok(()) => bench.end().await,
            broken => broken,
        };
        if ended.is_err() {
            println!("{}", bench.server.log());
        }
        self.verdict.add(std::mem::take(&mut bench.verdict));
        self.recoveries.append(&mut bench.recoveries);
        ended
    }

    /// A disk of so many MiB, unless this machine has none to give.
    fn disk(&mut self, kind: Kind, folder: &Path, mib: u64) -> Option<Disk> {
        match Disk::check().and_then(|()| Disk::make(folder, mib)) {
            Ok(disk) => Some(disk),
            Err(error) => {
                self.skip(kind, &format!("{error:#}"));
                None
            }
        }
    }

    fn skip(&mut self, kind: Kind, why: &str) {
        println!("  skipped: {why}");
        self.skipped.push(format!("{kind:?}: {why}"));
    }

    /// Says everything; the last line is for machines. Whether all is well.
    fn tell(self, plan: &Plan) -> bool {
        let Self { verdict, recoveries, skipped } = self;
        for finding in &verdict.findings {
            println!("found: {finding}");
        }
        for what in &skipped {
            println!("skipped: {what}");
        }
        let is_enough = verdict.acks >= ACKS_MIN || !plan.is_full();
        if !is_enough {
            println!("too few acknowledgements were checked: {} of {ACKS_MIN}", verdict.acks);
        }
        println!("counters wrong={} other={}", verdict.counters, verdict.other);
        println!("{}", spread(&recoveries));
        println!("faults: {verdict}");
        verdict.is_clean() && is_enough && (skipped.is_empty() || plan.allow_skips)
    }
}
