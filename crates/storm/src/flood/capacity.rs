//! From what one machine was measured to do to how many machines a day needs. Every assumption is a number that can be changed,
//! and is printed with the result.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use clap::Args;

use super::bench::{Figure, Figures};

/// The figures of this source tree's own reference run (docs/measured.md), which `make bench` replaces with a machine's own.
const REFERENCE: &str = include_str!("reference.json");
/// A plan counts no more machines than this: beyond it the question was wrong.
const MACHINES_MAX: f64 = 1e6;
const DAY_SECONDS: f64 = 86_400.0;

/// How many machines a day needs.
#[derive(Clone, Debug, Args)]
pub struct Capacity {
    /// Newcomers on the day
    #[arg(long, default_value_t = 70_000_000)]
    pub signups_per_day: u64,
    /// The busiest second's rate over the mean of the day
    #[arg(long, default_value_t = 10.0)]
    pub peak: f64,
    /// People who have an account already
    #[arg(long, default_value_t = 500_000_000)]
    pub people: u64,
    /// The part of all people, newcomers included, connected at the peak
    #[arg(long, default_value_t = 0.1)]
    pub online: f64,
    /// Private messages that somebody writes on the day
    #[arg(long, default_value_t = 40.0)]
    pub messages_per_person: f64,
    /// The busiest second's messages over the mean of the day
    #[arg(long, default_value_t = 3.0)]
    pub message_peak: f64,
    /// Times that a connected device comes back in an hour
    #[arg(long, default_value_t = 4.0)]
    pub returns_per_hour: f64,
    /// Newcomers with a temporary key beside the permanent one, as a part of all: each costs a second key exchange
    #[arg(long, default_value_t = 0.5)]
    pub temporary: f64,
    /// Cores of one machine
    #[arg(long, default_value_t = 64)]
    pub cores: u32,
    /// Memory of one machine for connections, in GiB
    #[arg(long, default_value_t = 64)]
    pub memory_gib: u32,
    /// The part of the processors that is planned with; the rest is for what was not thought of
    #[arg(long, default_value_t = 0.6)]
    pub load: f64,
    /// Machines that may be gone at the peak, as a part of all
    #[arg(long, default_value_t = 0.1)]
    pub spare: f64,
    /// Figures of `storm bench --json` on a machine like those [default: this source tree's reference run]
    #[arg(long, value_name = "FILE")]
    pub bench: Option<PathBuf>,
}

/// What one core was measured to do.
struct Measured {
    signups_per_cpu_s: f64,
    temporary_signups_per_cpu_s: f64,
    deliveries_per_cpu_s: f64,
    resumes_per_cpu_s: f64,
    bytes_per_connection: f64,
}

impl Measured {
    fn of(figures: &[Figure]) -> Result<Self> {
        let value = |name: &str| {
            let figure = figures.iter().find(|figure| figure.name == name);
            let value = figure.with_context(|| format!("the figures lack {name}"))?.value;
            ensure!(value > 0.0 && value.is_finite(), "{name} is {value}");
            Ok(value)
        };
        Ok(Self {
            signups_per_cpu_s: value("signup_per_cpu_s")?,
            temporary_signups_per_cpu_s: value("signup_temporary_per_cpu_s")?,
            deliveries_per_cpu_s: value("pairs_per_cpu_s")?,
            resumes_per_cpu_s: value("resume_per_cpu_s")?,
            bytes_per_connection: value("idle_bytes_per_conn")?,
        })
    }
}

/// What the day needs at its peak.
#[derive(Debug)]
struct Need {
    signups_mean: f64,
    signups_peak: f64,
    messages_peak: f64,
    returns_peak: f64,
    online: f64,
    signup_cores: f64,
    message_cores: f64,
    return_cores: f64,
    memory_gib: f64,
    machines: f64,
}

impl Capacity {
    /// The answer, in words.
    ///
    /// # Errors
    /// When an assumption is out of range or the figures lack one.
    pub fn text(&self) -> Result<String> {
        self.check()?;
        let (source, text) = match &self.bench {
            Some(path) => (path.display().to_string(), std::fs::read_to_string(path)?),
            None => ("the reference run of this version".to_owned(), REFERENCE.to_owned()),
        };
        let figures: Figures = serde_json::from_str(&text).with_context(|| format!("cannot read {source}"))?;
        let measured = Measured::of(&figures.figures)?;
        let need = self.need(&measured);
        ensure!(need.machines <= MACHINES_MAX, "more than a million machines: look at the assumptions again");
        Ok(self.assumptions(&source, &figures.machine) + &self.answer(&need, &measured))
    }

    fn check(&self) -> Result<()> {
        ensure!(self.peak >= 1.0 && self.message_peak >= 1.0, "a peak is at least the mean: 1");
        let parts = [self.online, self.temporary, self.load, 1.0 - self.spare];
        ensure!(parts.iter().all(|part| (0.0..=1.0).contains(part)), "parts lie between 0 and 1");
        ensure!(self.load > 0.0 && self.spare < 1.0, "something must be left to work with");
        ensure!(self.messages_per_person >= 0.0 && self.returns_per_hour >= 0.0, "nobody does less than nothing");
        ensure!(self.cores > 0 && self.memory_gib > 0, "a machine has cores and memory");
        Ok(())
    }

    fn need(&self, measured: &Measured) -> Need {
        let all = (self.people + self.signups_per_day) as f64;
        let signups_mean = self.signups_per_day as f64 / DAY_SECONDS;
        let signups_peak = signups_mean * self.peak;
        let messages_peak = all * self.messages_per_person / DAY_SECONDS * self.message_peak;
        let online = all * self.online;
        let returns_peak = online * self.returns_per_hour / 3600.0;
        let plain = signups_peak * (1.0 - self.temporary) / measured.signups_per_cpu_s;
        let signup_cores = plain + signups_peak * self.temporary / measured.temporary_signups_per_cpu_s;
        let message_cores = messages_peak / measured.deliveries_per_cpu_s;
        let return_cores = returns_peak / measured.resumes_per_cpu_s;
        let memory_gib = online * measured.bytes_per_connection / f64::from(1 << 30);
        let by_cores = (signup_cores + message_cores + return_cores) / (f64::from(self.cores) * self.load);
        let by_memory = memory_gib / f64::from(self.memory_gib);
        let machines = (by_cores.max(by_memory) / (1.0 - self.spare)).ceil().max(1.0);
        Need {
            signups_mean,
            signups_peak,
            messages_peak,
            returns_peak,
            online,
            signup_cores,
            message_cores,
            return_cores,
            memory_gib,
            machines,
        }
    }

    fn assumptions(&self, source: &str, machine: &str) -> String {
        let mut text = String::from("Assumed\n");
        let mut line = |what: &str, value: String| text += &format!("  {what:<46} {value:>14}\n");
        line("newcomers on the day", self.signups_per_day.to_string());
        line("their busiest second over the mean", format!("{:.1}", self.peak));
        line("newcomers with a temporary key", format!("{:.0} %", self.temporary * 100.0));
        line("people already here", self.people.to_string());
        line("connected at the peak", format!("{:.0} %", self.online * 100.0));
        line("private messages of a person on the day", format!("{:.0}", self.messages_per_person));
        line("their busiest second over the mean", format!("{:.1}", self.message_peak));
        line("returns of a connected device in an hour", format!("{:.1}", self.returns_per_hour));
        line("cores of a machine", self.cores.to_string());
        line("memory of a machine for connections", format!("{} GiB", self.memory_gib));
        line("processors planned with", format!("{:.0} %", self.load * 100.0));
        line("machines that may be gone", format!("{:.0} %", self.spare * 100.0));
        text + &format!("Measured: {source} ({machine})\n")
    }

    fn answer(&self, need: &Need, measured: &Measured) -> String {
        let mut text = String::from("At the peak\n");
        let mut line = |what: &str, each: f64, of: &str, cores: f64| {
            text += &format!("  {what:<22} {each:>12.0} a second {of:>24} {cores:>10.1} cores\n");
        };
        line("newcomers", need.signups_peak, &format!("{:.0} a core", measured.signups_per_cpu_s), need.signup_cores);
        let each = format!("{:.0} a core", measured.deliveries_per_cpu_s);
        line("private messages", need.messages_peak, &each, need.message_cores);
        line("returns", need.returns_peak, &format!("{:.0} a core", measured.resumes_per_cpu_s), need.return_cores);
        let _ = writeln!(
            text,
            "  {:<22} {:>12.0} at {:.0} bytes {:>25.1} GiB of memory\n  (newcomers come at {:.0} a second in the mean of \
             the day)",
            "connections", need.online, measured.bytes_per_connection, need.memory_gib, need.signups_mean
        );
        let _ = writeln!(
            text,
            "Machines: {:.0} of {} cores and {} GiB for connections\nNot counted: groups and channels, media, the store's \
             replicas, what a second machine costs the first (one machine was measured).",
            need.machines, self.cores, self.memory_gib
        );
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        capacity: Capacity,
    }

    fn plan(arguments: &[&str]) -> Capacity {
        let words = std::iter::once("plan").chain(arguments.iter().copied());
        <Line as clap::Parser>::parse_from(words).capacity
    }

    fn measured() -> Measured {
        Measured {
            signups_per_cpu_s: 500.0,
            temporary_signups_per_cpu_s: 250.0,
            deliveries_per_cpu_s: 10_000.0,
            resumes_per_cpu_s: 10_000.0,
            bytes_per_connection: 8192.0,
        }
    }

    #[test]
    fn the_day_is_worked_out_from_its_assumptions() {
        let need = plan(&["--temporary", "0", "--people", "0", "--load", "1", "--spare", "0"]).need(&measured());
        assert!((need.signups_mean - 810.2).abs() < 0.1 && (need.signups_peak - 8102.0).abs() < 1.0, "{need:?}");
        assert!((need.signup_cores - 16.2).abs() < 0.01, "{need:?}");
        assert!((need.online - 7e6).abs() < 1.0 && (need.memory_gib - 53.4).abs() < 0.1, "{need:?}");
        assert_eq!(need.machines, 1.0);
    }

    #[test]
    fn a_temporary_key_costs_its_exchange_and_spares_cost_machines() {
        let plain = plan(&["--temporary", "0"]).need(&measured());
        let double = plan(&["--temporary", "1"]).need(&measured());
        assert!((double.signup_cores / plain.signup_cores - 2.0).abs() < 1e-9);
        assert!(plan(&["--spare", "0.5"]).need(&measured()).machines > plain.machines);
    }

    #[test]
    fn nonsense_is_refused_and_the_reference_is_readable() {
        assert!(plan(&["--peak", "0.5"]).text().is_err());
        assert!(plan(&["--load", "0"]).text().is_err());
        assert!(plan(&["--online", "2"]).text().is_err());
        let text = plan(&[]).text().expect("the reference figures are whole");
        assert!(text.contains("Machines:") && text.contains("8102 a second"), "{text}");
    }
}
