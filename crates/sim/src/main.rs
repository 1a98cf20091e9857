//! The simulator's command line: plays seeds, prints a line for each mode and seed, and everything about one that fails.

use std::ops::Range;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};
use sim::{Delivery, Lie, Order, Outcome, run};

/// Plays the platform in simulated time, with everything going wrong that a seed says, and judges what is left.
#[derive(Parser)]
struct Cli {
    /// One seed.
    #[arg(long, conflicts_with = "seeds")]
    seed: Option<u64>,
    /// Seeds from A up to, not including, B: A..B.
    #[arg(long, value_parser = range)]
    seeds: Option<Range<u64>>,
    /// How deeds reach the other mailbox.
    #[arg(long, value_enum, default_value = "both")]
    mode: Mode,
    /// About how many deeds each device does.
    #[arg(long, default_value_t = 20)]
    steps: usize,
    /// Print every line of the trace.
    #[arg(long)]
    trace: bool,
    /// Print a line for each seed, not only for those that fail.
    #[arg(long)]
    verbose: bool,
    /// Begin no further seed after so many seconds.
    #[arg(long)]
    seconds: Option<u64>,
    /// Begin no further seed after the first that fails.
    #[arg(long)]
    first: bool,
    /// Let the disk lie: every seed should fail.
    #[arg(long, value_enum)]
    lie: Option<LieName>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    Folded,
    Outbox,
    Both,
}

#[derive(Clone, Copy, ValueEnum)]
enum LieName {
    Lost,
    Torn,
    Unsynced,
}

/// What all runs come to.
#[derive(Default)]
struct Total {
    runs: u64,
    failures: u64,
    acknowledged: u64,
    starts: u64,
    lines: u64,
    simulated_ms: i64,
}

fn main() -> ExitCode {
    match play(&Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("sim: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn range(text: &str) -> Result<Range<u64>> {
    let (from, to) = text.split_once("..").context("seeds are given as A..B")?;
    let range = from.parse()?..to.parse()?;
    if range.is_empty() { bail!("no seeds in {text}") } else { Ok(range) }
}

fn play(cli: &Cli) -> Result<bool> {
    let seeds = match (cli.seed, &cli.seeds) {
        (Some(seed), _) => seed..seed + 1,
        (None, Some(seeds)) => seeds.clone(),
        (None, None) => 0..200,
    };
    let is_loud = cli.verbose || seeds.end - seeds.start == 1;
    let began = Instant::now();
    let limit = cli.seconds.map(Duration::from_secs);
    let mut total = Total::default();
    for seed in seeds {
        if limit.is_some_and(|limit| began.elapsed() > limit) || (cli.first && total.failures > 0) {
            break;
        }
        for delivery in modes(cli.mode) {
            let order = Order { seed, delivery, deeds: cli.steps, is_loud: cli.trace, lie: cli.lie.map(Into::into) };
            let outcome = run(order);
            total.add(&outcome);
            if is_loud && outcome.broken.is_none() {
                println!("{}", line(&order, &outcome));
            }
            report(&order, &outcome);
        }
    }
    println!("{}", total.line(began.elapsed()));
    Ok(total.failures == 0)
}

fn modes(mode: Mode) -> Vec<Delivery> {
    match mode {
        Mode::Folded => vec![Delivery::Folded],
        Mode::Outbox => vec![Delivery::Outbox],
        Mode::Both => vec![Delivery::Folded, Delivery::Outbox],
    }
}

fn name(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Folded => "folded",
        Delivery::Outbox => "outbox",
    }
}

fn line(order: &Order, outcome: &Outcome) -> String {
    format!(
        "seed={} mode={} trace={} lines={} acks={} starts={} simulated={} s",
        order.seed,
        name(order.delivery),
        outcome.trace_hash,
        outcome.lines,
        outcome.acknowledged,
        outcome.starts,
        outcome.simulated_ms / 1000
    )
}

/// Everything about a run that failed.
fn report(order: &Order, outcome: &Outcome) {
    let Some(broken) = &outcome.broken else { return };
    println!("\nthe last {} lines of the trace:", outcome.tail.len());
    outcome.tail.iter().for_each(|line| println!("  {line}"));
    println!("BROKEN: {}\n  {}", broken.rule, broken.detail);
    println!("{} commit={}", line(order, outcome), commit());
    let (seed, mode, steps) = (order.seed, name(order.delivery), order.deeds);
    println!("again: cargo run -p sim -- --seed {seed} --mode {mode} --steps {steps} --trace\n");
}

fn commit() -> String {
    let told = Command::new("git").args(["describe", "--always", "--dirty"]).output();
    let told = told.ok().filter(|told| told.status.success());
    told.map_or_else(|| "unknown".to_owned(), |told| String::from_utf8_lossy(&told.stdout).trim().to_owned())
}

impl Total {
    fn add(&mut self, outcome: &Outcome) {
        self.runs += 1;
        self.failures += u64::from(outcome.broken.is_some());
        self.acknowledged += outcome.acknowledged;
        self.starts += outcome.starts;
        self.lines += outcome.lines;
        self.simulated_ms += outcome.simulated_ms;
    }

    fn line(&self, took: Duration) -> String {
        format!(
            "sim: runs={} failures={} acks={} starts={} lines={} simulated={} h took={:.1} s",
            self.runs,
            self.failures,
            self.acknowledged,
            self.starts,
            self.lines,
            self.simulated_ms / 3_600_000,
            took.as_secs_f64()
        )
    }
}

impl From<LieName> for Lie {
    fn from(name: LieName) -> Self {
        match name {
            LieName::Lost => Self::Lost,
            LieName::Torn => Self::Torn,
            LieName::Unsynced => Self::Unsynced,
        }
    }
}
