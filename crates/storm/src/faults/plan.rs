//! The whole of `make faults`: which runs, in which order, and what they say together.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use super::bench::{Bench, Size, spread};
use super::disk::Disk;
use super::kinds;
use crate::server::Launch;
use crate::verdict::Verdict;

/// Acknowledgements that a full run checks at least.
const ACKS_MIN: u64 = 1_000_000;

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// SIGKILL at random instants.
    Kill,
    /// The same while people send files of many parts.
    Upload,
    /// The same where deeds travel by letter.
    Letters,
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
    /// PostgreSQL killed, stopped and restarted under a server that keeps everything there.
    Database,
    /// Death in the middle of a backup and of its restoring.
    Backup,
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
    /// Longest load before a fault at a random instant, in milliseconds [default: what a full run takes]
    #[arg(long, value_name = "MILLISECONDS")]
    pub load: Option<u64>,
    /// Of the Nth calls, make every so manyth fail
    #[arg(long, default_value_t = 1)]
    pub nth_step: u64,
    /// Leave out what this machine cannot do (mounting needs root), and say so, instead of failing
    #[arg(long)]
    pub allow_skips: bool,
}

/// What all runs said.
pub(super) struct Sum {
    pub(super) verdict: Verdict,
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
    let began = Instant::now();
    println!("faults: seed {seed}");
    for kind in plan.kinds() {
        let began = Instant::now();
        println!("{kind:?}:");
        if let Err(error) = kinds::run(plan, kind, seed, &mut sum).await {
            sum.verdict.complain(format!("{kind:?}: {error:#}"));
            println!("  {kind:?} ended early: {error:#}");
        }
        println!("  {kind:?} took {:.0} s", began.elapsed().as_secs_f64());
    }
    println!("all of it took {:.0} s", began.elapsed().as_secs_f64());
    Ok(sum.tell(plan))
}

impl Plan {
    fn kinds(&self) -> Vec<Kind> {
        if self.only.is_empty() { Kind::value_variants().to_vec() } else { self.only.clone() }
    }

    fn is_full(&self) -> bool {
        self.only.is_empty() && self.runs.is_none()
    }

    pub(super) async fn bench(
        &self,
        name: &str,
        binary: &Path,
        folder: &Path,
        launch: Launch,
        size: Size,
    ) -> Result<Bench> {
        let load_max = self.load.map_or(size.load_max, Duration::from_millis);
        Bench::start(name, binary, folder.join("data"), launch, Size { load_max, ..size }).await
    }

    /// An empty folder of this name.
    pub(super) fn folder(&self, name: &str) -> Result<PathBuf> {
        let folder = self.scratch.join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
        }
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }
}

impl Sum {
    /// Judges everybody once more and takes what a series found. Of one that broke off, what it found until then.
    pub(super) async fn end(&mut self, mut bench: Bench, ended: Result<()>) -> Result<()> {
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
    pub(super) fn disk(&mut self, kind: Kind, folder: &Path, mib: u64) -> Option<Disk> {
        match Disk::check().and_then(|()| Disk::make(folder, mib)) {
            Ok(disk) => Some(disk),
            Err(error) => {
                self.skip(kind, &format!("{error:#}"));
                None
            }
        }
    }

    pub(super) fn skip(&mut self, kind: Kind, why: &str) {
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
        println!("counters wrong={} keys refused={} other={}", verdict.counters, verdict.refused, verdict.other);
        println!("{}", spread(&recoveries));
        let skipped_kinds = if skipped.is_empty() { String::new() } else { format!(" SKIPPED={}", skipped.len()) };
        println!("faults: {verdict}{skipped_kinds}");
        verdict.is_clean() && is_enough && (skipped.is_empty() || plan.allow_skips)
    }
}
