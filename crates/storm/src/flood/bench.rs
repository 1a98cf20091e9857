//! Everything that is measured of a version, one scene after the other, each against a fresh server: `make bench`.
//!
//! Figures are processor time wherever they can be: wall times tell of the machine's other work as well. A scene that cannot be
//! played leaves its figures out, and the bench then fails at its end.

use std::time::Instant;

use anyhow::Result;
use clap::Args;
use serde::{Deserialize, Serialize};

use super::cli::{Field, Prefix};
use super::host::Host;
use super::lead::play;
use super::meter::{SENDS_TOLD_TO_WAIT, Spread};
use super::outcome::Outcome;
use super::plan::{Group, Herd, Idle, Mixed, Pairs, Refused, Resume, Scene, Signup};

/// Connections at rest, and of the herd.
const IDLE_CONNECTIONS: u32 = 19_000;
const HERD_PEOPLE: u32 = 15_000;
/// The flood's messages a second among those who are here, and what its newcomers are offered at over the server's capacity.
const FLOOD_MESSAGES: f64 = 200.0;
const FLOOD_OVER_CAPACITY: f64 = 10.0;
/// Pairs of those who are here.
const FLOOD_PAIRS: u32 = 100;
/// Newcomers under way at a time when it is measured what the server can take in.
const FLOOD_PEAK_WINDOW: u32 = 64;
/// How long those who are here go on after the flood, in seconds.
const FLOOD_CALM: u64 = 20;
/// A second after the flood is as before it when its p99 is within this factor of the control run's.
const CALM_FACTOR: f64 = 2.0;

/// How the bench is run.
#[derive(Clone, Debug, Args)]
pub struct Bench {
    /// How long and how large, as a part of the whole: 0.1 is a look, not a measurement
    #[arg(long, default_value_t = 1.0)]
    pub scale: f64,
    /// Only the scenes whose names begin so, such as pairs,idle
    #[arg(long, value_delimiter = ',')]
    pub only: Vec<String>,
}

/// Where a figure should lie.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// Where it is to be.
    pub goal: f64,
    /// The least that is good enough.
    pub worst: f64,
    /// Whether more is better.
    pub more_is_better: bool,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub value: f64,
    /// Of what.
    pub unit: String,
    /// Where it should lie.
    pub goal: Option<Goal>,
    /// Latencies of what was measured, beside every figure of processor time.
    pub latency: Option<Spread>,
}

/// All figures of a machine.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Figures {
    /// The machine.
    pub machine: String,
    /// The version that was measured.
    pub version: String,
    /// The part of the whole bench that was run.
    pub scale: f64,
    /// Seconds it took.
    pub seconds: f64,
    /// What was measured.
    pub figures: Vec<Figure>,
    /// What could not be, and what was found wrong.
    pub troubles: Vec<String>,
}

/// Figures and the runs that they come from.
#[derive(Default)]
pub struct Results {
    /// The figures.
    pub figures: Figures,
    /// The runs, by what they are called.
    pub runs: Vec<(String, Outcome)>,
}

const fn more(goal: f64, worst: f64) -> Option<Goal> {
    Some(Goal { goal, worst, more_is_better: true })
}

const fn less(goal: f64, worst: f64) -> Option<Goal> {
    Some(Goal { goal, worst, more_is_better: false })
}

impl Figures {
    /// As lines.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("# {}, version {}, scale {}\n", self.machine, self.version, self.scale);
        self.figures.iter().for_each(|figure| text += &figure.line());
        self.troubles.iter().for_each(|trouble| text += &format!("# {trouble}\n"));
        text + &format!("# {:.0} s\n", self.seconds)
    }
}

impl Figure {
    /// `name value unit goal`, and latencies.
    fn line(&self) -> String {
        let goal = self.goal.map_or_else(|| "-".to_owned(), Goal::text);
        let verdict = self.goal.map_or("", |goal| goal.verdict(self.value));
        let latency = self.latency.as_ref();
        let latency = latency.map_or_else(String::new, |it| format!(" p50={:.2}ms p99={:.2}ms", it.p50_ms, it.p99_ms));
        format!("{:<28} {:>12} {:<14} {goal}{verdict}{latency}\n", self.name, number(self.value), self.unit)
    }
}

impl Goal {
    fn text(self) -> String {
        let sign = if self.more_is_better { ">=" } else { "<=" };
        format!("{sign}{} (at worst {})", number(self.goal), number(self.worst))
    }

    fn verdict(self, value: f64) -> &'static str {
        let reaches = |mark: f64| if self.more_is_better { value >= mark } else { value <= mark };
        match (reaches(self.goal), reaches(self.worst)) {
            (true, _) => " reached",
            (_, true) => " between",
            _ => " MISSED",
        }
    }
}

fn number(value: f64) -> String {
    if value.abs() >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

/// A bench under way.
struct Run<'a> {
    plan: &'a Bench,
    field: Field,
    prefix: Prefix,
    results: Results,
}

impl Results {
    /// Whether everything could be measured and nothing was found wrong.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.figures.troubles.is_empty()
    }
}

impl Bench {
    /// Measures everything; each figure is printed as soon as it is known.
    ///
    /// # Errors
    /// When the plan makes no sense.
    pub async fn run(&self, field: &Field, prefix: Prefix) -> Result<Results> {
        anyhow::ensure!(self.scale > 0.0 && self.scale <= 1.0, "the scale is above 0 and at most 1");
        anyhow::ensure!(field.address.is_none(), "the bench starts fresh servers: it takes no --address");
        let began = Instant::now();
        let field = Field { silent: true, population: None, ..field.clone() };
        let mut run = Run { plan: self, field, prefix, results: Results::default() };
        run.results.figures = Figures {
            machine: machine(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            scale: self.scale,
            ..Figures::default()
        };
        run.newcomers().await;
        run.messages().await;
        run.returning().await;
        run.refusals().await;
        run.flood().await;
        let mut results = run.results;
        results.figures.seconds = began.elapsed().as_secs_f64();
        println!("# {:.0} s", results.figures.seconds);
        Ok(results)
    }

    fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.starts_with(only.as_str()))
    }

    fn seconds(&self, whole: u64) -> u64 {
        ((whole as f64 * self.scale) as u64).max(3)
    }

    fn people(&self, whole: u32) -> u32 {
        ((f64::from(whole) * self.scale) as u32).max(50)
    }
}

impl Run<'_> {
    async fn newcomers(&mut self) {
        let seconds = self.plan.seconds(120);
        let scene = Scene::Signup(Signup { rate: None, window: 64, seconds, temporary: 0.0 });
        if let Some(it) = self.play("signup", &scene, |_| ()).await {
            self.figure("signup_per_cpu_s", it.per_cpu_second(), "signups/CPU-s", more(900.0, 500.0), Some("signup"));
            if let Some(ratio) = it.cost_ratio() {
                self.figure("signup_cost_ratio", ratio, "x", less(1.25, 2.0), Some("signup"));
            }
        }
        let scene = Scene::Signup(Signup { rate: None, window: 64, seconds: seconds / 2, temporary: 1.0 });
        if let Some(it) = self.play("signup_temporary", &scene, |_| ()).await {
            self.figure("signup_temporary_per_cpu_s", it.per_cpu_second(), "signups/CPU-s", None, Some("signup"));
        }
    }

    async fn messages(&mut self) {
        let (pairs, window, seconds) = (200, 4, self.plan.seconds(120));
        let scene = Scene::Pairs(Pairs { pairs, window, seconds, temporary: 0.0, bystanders: 0 });
        if let Some(it) = self.play("pairs", &scene, |field| field.population = Some(2 * pairs)).await {
            let goal = more(25_000.0, 12_000.0);
            self.figure("pairs_per_cpu_s", it.per_cpu_second(), "messages/CPU-s", goal, Some("delivery"));
        }
        let seconds = self.plan.seconds(30);
        let scene = Scene::Pairs(Pairs { pairs: 10, window: 1, seconds, temporary: 0.0, bystanders: 0 });
        if let Some(it) = self.play("pairs_light", &scene, |field| field.population = Some(20)).await {
            let p99 = it.latencies.get("delivery").map_or(0.0, |spread| spread.p99_ms);
            self.figure("pairs_light_p99_ms", p99, "ms", less(3.0, 6.0), Some("delivery"));
        }
        let scene = Scene::Group(Group { members: 200, window: 4, seconds: self.plan.seconds(60) });
        if let Some(it) = self.play("group", &scene, |field| field.population = Some(200)).await {
            let goal = more(200_000.0, 65_000.0);
            self.figure("fanout_per_cpu_s", it.per_cpu_second(), "deliveries/CPU-s", goal, Some("delivery"));
        }
    }

    async fn returning(&mut self) {
        let (people, seconds) = (self.plan.people(2_000), self.plan.seconds(30));
        let scene = Scene::Resume(Resume { people, rate: None, window: 64, seconds, temporary: 0.5 });
        if let Some(it) = self.play("resume", &scene, |field| field.population = Some(people)).await {
            self.figure("resume_per_cpu_s", it.per_cpu_second(), "returns/CPU-s", None, Some("resume"));
        }
        let connections = self.plan.people(IDLE_CONNECTIONS);
        let scene = Scene::Idle(Idle { connections, seconds: self.plan.seconds(20), temporary: 0.0 });
        if let Some(it) = self.play("idle", &scene, |field| field.population = Some(connections)).await {
            self.figure(
                "idle_bytes_per_conn",
                it.bytes_per_connection(),
                "bytes",
                less(4096.0, 8192.0),
                Some("resume"),
            );
            self.figure("idle_connections", f64::from(connections), "connections", None, None);
        }
        let people = self.plan.people(HERD_PEOPLE);
        let scene = Scene::Herd(Herd { people, temporary: 0.5, seconds: 120 });
        if let Some(it) = self.play("herd", &scene, |field| field.population = Some(people)).await {
            let served = it.latencies.get("served");
            let all_served =
                served.filter(|it| it.count == u64::from(people)).map_or(f64::MAX, |it| it.max_ms / 1000.0);
            self.figure("herd_served_s", all_served, "s", less(30.0, 30.0), Some("served"));
            self.figure("herd_people", f64::from(people), "people", None, None);
        }
    }

    /// What it costs to tell somebody to ask later, beside what it costs to take them in.
    async fn refusals(&mut self) {
        let newcomers = Signup { rate: None, window: 64, seconds: self.plan.seconds(15), temporary: 0.0 };
        let Some(taken) = self.play("refused_beside", &Scene::Signup(newcomers), |_| ()).await else { return };
        let scene = Scene::Refused(Refused { strangers: 20, window: 8, seconds: self.plan.seconds(15) });
        if let Some(it) = self.play("refused", &scene, |_| ()).await {
            let part = it.server_us_each() / taken.server_us_each().max(0.001) * 100.0;
            self.figure("refused_rpc_percent", part, "% of a sign-up", less(2.0, 2.0), Some("refusal"));
        }
    }

    /// The server on one core and the fleet on the other: first what the core takes in beside people who write to each other,
    /// then ten times that, at a sink and at the server, and at last again what it takes in: a machine's speed changes within
    /// minutes, more than what is asked here.
    async fn flood(&mut self) {
        if !self.plan.wants("flood") {
            return;
        }
        (self.field.server_cpus, self.field.fleet_cpus) = match std::thread::available_parallelism() {
            Ok(cores) if cores.get() > 1 => (Some("0".to_owned()), Some("1".to_owned())),
            _ => return self.trouble("flood: one core is too few to give the fleet one of its own".to_owned()),
        };
        let Some(before) = self.peak().await else { return };
        let signups = before * FLOOD_OVER_CAPACITY;
        let beside = |seconds, sink| Mixed { signups, calm: FLOOD_CALM, sink, ..conversation(seconds) };
        let Some(control) = self.play_beside("flood_control", beside(self.plan.seconds(60), true)).await else {
            return;
        };
        let seconds = self.plan.seconds(300);
        let Some(flood) = self.play_beside("flood", beside(seconds, false)).await else { return };
        let Some(after) = self.peak().await else { return };
        self.compare(&control, &flood, seconds);
        self.goodput(&flood, seconds, f64::midpoint(before, after));
        self.turned_away(&control, &flood);
    }

    /// Newcomers a second that the core takes in beside people who write to each other, when only so many are under way at a
    /// time.
    async fn peak(&mut self) -> Option<f64> {
        let seconds = self.plan.seconds(60);
        let peak = Mixed { window: FLOOD_PEAK_WINDOW, ..conversation(seconds) };
        Some(signups_a_second(&self.play_beside("flood_peak", peak).await?, seconds))
    }

    async fn play_beside(&mut self, name: &str, scene: Mixed) -> Option<Outcome> {
        let people = 2 * scene.pairs;
        self.play(name, &Scene::Mixed(scene), |field| field.population = Some(people)).await
    }

    fn compare(&mut self, control: &Outcome, flood: &Outcome, seconds: u64) {
        let p99 = |it: &Outcome| it.latencies.get("delivery").map_or(f64::MAX, |spread| spread.p99_ms);
        let ratio = p99(flood) / p99(control).max(0.001);
        self.figure_of(flood, "flood_p99_ratio", ratio, "x", less(1.5, 3.0), "delivery");
        self.figure_of(control, "flood_control_p99_ms", p99(control), "ms", None, "delivery");
        let count = |what: &str| flood.counted.get(what).copied().unwrap_or(0) as f64;
        let delivered = flood.done() as f64;
        let refused = count(SENDS_TOLD_TO_WAIT) + count("findings");
        let success = delivered / (delivered + refused).max(1.0) * 100.0;
        self.figure("flood_sends_ok_percent", success, "%", more(99.9, 99.9), None);
        let late = flood.latencies.get("setting out").map_or(f64::MAX, |spread| spread.p99_ms);
        self.figure("flood_fleet_late_p99_ms", late, "ms", None, None);
        self.figure("flood_memory_mib", flood.memory_bytes.1 as f64 / f64::from(1 << 20), "MiB", None, None);
        let calm = calm_after(flood, seconds, calm_ms(control, p99(control)));
        self.figure("flood_normal_again_s", calm as f64, "s", less(10.0, 10.0), None);
    }

    fn goodput(&mut self, flood: &Outcome, seconds: u64, peak: f64) {
        self.figure("flood_peak_per_s", peak, "sign-ups/s", None, None);
        let goodput = signups_a_second(flood, seconds) / peak.max(0.001) * 100.0;
        self.figure_of(flood, "flood_goodput_percent", goodput, "% of peak", more(90.0, 90.0), "signup");
    }

    /// What a newcomer costs who is turned away: what the flood cost beyond its messages and those who came in.
    fn turned_away(&mut self, control: &Outcome, flood: &Outcome) {
        let peaks = self.results.runs.iter().filter(|(name, _)| name == "flood_peak");
        let peaks: Vec<f64> = peaks.map(|(_, peak)| signup_us(peak, control)).collect();
        let signup_us = peaks.iter().sum::<f64>() / peaks.len().max(1) as f64;
        let rest = (beside_messages_us(flood, control) - signups(flood) * signup_us).max(0.0);
        let turned_away = flood.counted.get("turned away").copied().unwrap_or(0) as f64;
        let part = rest / turned_away.max(1.0) / signup_us.max(0.001) * 100.0;
        self.figure("refused_connection_percent", part, "% of a sign-up", less(5.0, 5.0), None);
    }

    /// Plays a scene against a fresh server; what goes wrong is told and noted.
    async fn play(&mut self, name: &str, scene: &Scene, adapt: impl FnOnce(&mut Field)) -> Option<Outcome> {
        if !self.plan.wants(name) {
            return None;
        }
        eprintln!("# {name}");
        let mut field = self.field.clone();
        adapt(&mut field);
        match once(&field, scene, self.prefix).await {
            Ok(outcome) => {
                outcome.findings.iter().for_each(|finding| eprintln!("#   {finding}"));
                if !outcome.is_sound() {
                    self.trouble(format!("{name}: {} findings", outcome.counted["findings"]));
                }
                if !outcome.is_quiet {
                    self.trouble(format!("{name}: the server did not become quiet"));
                }
                self.results.runs.push((name.to_owned(), outcome.clone()));
                Some(outcome)
            }
            Err(error) => {
                self.trouble(format!("{name} could not be played: {error:#}"));
                None
            }
        }
    }

    fn trouble(&mut self, trouble: String) {
        eprintln!("# {trouble}");
        self.results.figures.troubles.push(trouble);
    }

    fn figure(&mut self, name: &str, value: f64, unit: &str, goal: Option<Goal>, kind: Option<&str>) {
        let latencies = self.results.runs.last().map(|(_, outcome)| &outcome.latencies);
        let latency = kind.and_then(|kind| latencies?.get(kind).cloned());
        self.keep(Figure { name: name.to_owned(), value, unit: unit.to_owned(), goal, latency });
    }

    /// One of a run that is not the last.
    fn figure_of(&mut self, of: &Outcome, name: &str, value: f64, unit: &str, goal: Option<Goal>, kind: &str) {
        let latency = of.latencies.get(kind).cloned();
        self.keep(Figure { name: name.to_owned(), value, unit: unit.to_owned(), goal, latency });
    }

    fn keep(&mut self, figure: Figure) {
        print!("{}", figure.line());
        self.results.figures.figures.push(figure);
    }
}

/// People who write to each other, alone.
fn conversation(seconds: u64) -> Mixed {
    Mixed {
        pairs: FLOOD_PAIRS,
        messages: FLOOD_MESSAGES,
        signups: 0.0,
        window: 0,
        resumes: 0.0,
        people: 0,
        seconds,
        calm: 0,
        sink: false,
        day: false,
    }
}

/// Sign-ups.
fn signups(outcome: &Outcome) -> f64 {
    outcome.latencies.get("signup").map_or(0, |it| it.count) as f64
}

/// Sign-ups a second in the first so many seconds: those who were under way by then come in afterwards.
fn signups_a_second(outcome: &Outcome, seconds: u64) -> f64 {
    let during = outcome.timeline.iter().filter(|moment| moment.at < seconds);
    let signups = during.filter_map(|moment| moment.done.get("signup")).map(|it| it.count).sum::<u64>();
    signups as f64 / seconds.max(1) as f64
}

/// What the server used beyond what its messages cost in the control run, in microseconds.
fn beside_messages_us(outcome: &Outcome, control: &Outcome) -> f64 {
    outcome.server_cpu.total().as_secs_f64() * 1e6 - outcome.done() as f64 * control.server_us_each()
}

/// What a sign-up costs where nobody is turned away, in microseconds.
fn signup_us(peak: &Outcome, control: &Outcome) -> f64 {
    beside_messages_us(peak, control).max(0.0) / signups(peak).max(1.0)
}

/// The p99 up to which a second is as before the flood: within a factor of the control run's, or that of its worst second, for
/// a disk has its moments without any flood.
fn calm_ms(control: &Outcome, p99_ms: f64) -> f64 {
    let seconds = control.timeline.iter().filter_map(|moment| moment.done.get("delivery"));
    seconds.map(|spread| spread.p99_ms).fold(p99_ms * CALM_FACTOR, f64::max)
}

/// Seconds after the flood's end until a second's p99 is within the bound, and stays there.
fn calm_after(flood: &Outcome, seconds: u64, bound_ms: f64) -> u64 {
    let after = flood.timeline.iter().filter(|moment| moment.at >= seconds);
    let is_slow = |spread: &Spread| spread.p99_ms > bound_ms;
    let slow = after.filter(|moment| moment.done.get("delivery").is_some_and(is_slow)).map(|moment| moment.at);
    slow.max().map_or(0, |last| last + 1 - seconds)
}

async fn once(field: &Field, scene: &Scene, prefix: Prefix) -> Result<Outcome> {
    let mut host: Host = field.host().await?;
    let outcome = play(&mut host, scene, &field.fleet(prefix)?).await?;
    host.stop().await?;
    Ok(outcome)
}

fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        text.lines().find_map(|line| Some(line.strip_prefix("model name")?.split_once(':')?.1.trim().to_owned()));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{} ({cores} cores)", model.unwrap_or_else(|| "unknown processor".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_say_whether_they_are_reached() {
        let (up, down) = (more(900.0, 500.0), less(1.25, 2.0));
        let verdicts =
            |goal: Option<Goal>, values: [f64; 3]| values.map(|value| goal.map_or("", |goal| goal.verdict(value)));
        assert_eq!(verdicts(up, [900.0, 500.0, 499.0]), [" reached", " between", " MISSED"]);
        assert_eq!(verdicts(down, [1.25, 2.0, 2.1]), [" reached", " between", " MISSED"]);
    }

    #[test]
    fn a_line_is_name_value_unit_goal() {
        let figure = Figure {
            name: "a".into(),
            value: 2.0,
            unit: "ms".into(),
            goal: less(3.0, 6.0),
            latency: Some(Spread::default()),
        };
        let words: Vec<String> = figure.line().split_whitespace().map(str::to_owned).collect();
        assert_eq!(words[..4], ["a", "2.00", "ms", "<=3.00"]);
        assert!(figure.line().contains("reached p50="), "{}", figure.line());
    }
}
