//! Whoever leads: starts workers, lets them begin together, watches the server, and waits until it is quiet again.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::sync::mpsc;
use tokio::time::{interval, sleep};

use super::host::Host;
use super::limits;
use super::meter::{Second, Spread, Sum};
use super::outcome::{Bare, Outcome, timeline};
use super::place::Transport;
use super::plan::{Orders, Scene};
use super::process::{Cpu, by_way_of, cpu, memory_bytes};
use super::worker::Word;

/// Starts a program in the class `SCHED_RR`.
const BEFORE_OTHERS: [&str; 3] = ["chrt", "--rr", "1"];

/// How a fleet is made.
#[derive(Clone, Debug)]
pub struct Fleet {
    /// The program that is a worker, with its arguments.
    pub worker: (PathBuf, Vec<String>),
    /// Workers; none: as many as the connections need.
    pub workers: Option<u32>,
    /// Processors they may use, as `taskset` takes them.
    pub processors: Option<String>,
    /// How frames travel.
    pub transport: Transport,
    /// Whether each second is told while it runs.
    pub tells: bool,
}

impl Fleet {
    /// What starts a worker. On processors that the server does not use, one that is timed comes before all others: what
    /// it waits for its turn would be counted as the server's.
    fn command(&self, is_before_others: bool) -> Command {
        let (program, arguments) = &self.worker;
        let mut words: Vec<&str> = Vec::new();
        if let Some(processors) = &self.processors {
            words.extend(["taskset", "-c", processors]);
            words.extend(BEFORE_OTHERS.iter().filter(|_| is_before_others));
        }
        let mut command = by_way_of(&words, program);
        command.args(arguments);
        command
    }
}

/// Whether this user may start programs that come before all others.
fn may_be_real_time() -> bool {
    let [program, arguments @ ..] = BEFORE_OTHERS;
    let tried = Command::new(program).args(arguments).arg("true").stderr(Stdio::null()).status();
    tried.is_ok_and(|status| status.success())
}

/// A worker process; ended when dropped.
struct Worker {
    child: Child,
    orders: ChildStdin,
}

impl Drop for Worker {
    fn drop(&mut self) {
        // It ends by itself when nobody is left to tell it anything.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The workers of a run, and what they say.
struct Workers {
    all: Vec<Worker>,
    words: mpsc::Receiver<(usize, Word)>,
    findings: Vec<String>,
    sum: Sum,
}

/// Plays a scene against a server.
///
/// # Errors
/// When a worker fails or the scene cannot be played.
pub async fn play(host: &mut Host, scene: &Scene, fleet: &Fleet) -> Result<Outcome> {
    let mut workers = Workers::start(host, scene, fleet)?;
    let has_exchanges = matches!(scene, Scene::Signup(_));
    let bare = has_exchanges.then(Bare::measure).transpose()?;
    workers.all_say(|word| matches!(word, Word::Ready)).await.context("while the people were made")?;
    until_quiet(&host.processes).await;
    let restarted = begin(host, scene, &mut workers).await?;
    let (began, server, own) = (Instant::now(), cpu(&host.processes), workers.cpu());
    // A herd is served by a server that was only just started: all of its cost counts.
    let server = if matches!(scene, Scene::Herd(_)) { Cpu::default() } else { server };
    let mut samples = vec![(Duration::ZERO, server, memory_bytes(&host.processes))];
    let watching = watch(&host.processes, began, &mut samples);
    tokio::select! {
        said = workers.until_over(fleet.tells, scene) => said?,
        () = watching => {}
    }
    let seconds = began.elapsed().as_secs_f64();
    let fleet_cpu = workers.cpu().since(own);
    let connections = scene.connections();
    let is_quiet = until_quiet(&host.processes).await;
    let server_cpu = cpu(&host.processes).since(server);
    let until_quiet_seconds = began.elapsed().as_secs_f64();
    let last = memory_bytes(&host.processes);
    let most = samples.iter().map(|(_, _, bytes)| *bytes).chain([last]).max().unwrap_or(last);
    let bare = bare.map(|bare| anyhow::Ok(bare.and(Bare::measure()?))).transpose()?;
    let Workers { findings, sum, .. } = workers;
    Ok(Outcome {
        scene: scene.clone(),
        seconds,
        until_quiet_seconds,
        is_quiet,
        server_cpu,
        fleet_cpu,
        latencies: sum.spreads(),
        parts: parts(scene, &sum),
        counted: sum.counted.clone(),
        findings,
        bare,
        memory_bytes: (samples[0].2, most),
        restart_seconds: restarted.map(|took| took.as_secs_f64()),
        connections,
        timeline: timeline(&sum, &samples),
    })
}

/// What those who are here noticed in each part of the scene.
fn parts(scene: &Scene, sum: &Sum) -> Vec<(String, Spread)> {
    let Some(kind) = scene.beside() else { return Vec::new() };
    let spread = |(name, from, until)| (format!("{kind} {name}"), sum.spread_between(kind, from, until));
    scene.parts().into_iter().map(spread).collect()
}

/// Lets the workers begin; where the scene wants it, the server dies then and is started again: how long that took. The cost
/// of one that was started again counts from its start.
async fn begin(host: &mut Host, scene: &Scene, workers: &mut Workers) -> Result<Option<Duration>> {
    match scene {
        Scene::Herd(_) => {
            workers.tell("begin")?;
            Ok(Some(host.kill_and_restart().await?))
        }
        scene if scene.restarts() => {
            let took = host.kill_and_restart().await?;
            until_quiet(&host.processes).await;
            workers.tell("begin")?;
            Ok(Some(took))
        }
        _ => {
            workers.tell("begin")?;
            Ok(None)
        }
    }
}

/// Looks at the server each second, for ever.
async fn watch(processes: &[u32], began: Instant, samples: &mut Vec<(Duration, Cpu, u64)>) {
    let mut beat = interval(limits::SAMPLE);
    beat.tick().await;
    loop {
        beat.tick().await;
        samples.push((began.elapsed(), cpu(processes), memory_bytes(processes)));
    }
}

/// Waits until the server does nothing to speak of; false when it never does. Queues, flushes, compaction and the stock of
/// shares are its work as well.
pub async fn until_quiet(processes: &[u32]) -> bool {
    let began = Instant::now();
    let (mut before, mut quiet) = (cpu(processes), 0);
    while began.elapsed() < limits::QUIET_TIMEOUT {
        sleep(limits::SAMPLE).await;
        let now = cpu(processes);
        let is_quiet = now.since(before).total() <= Duration::from_millis(limits::QUIET_MS);
        (before, quiet) = (now, if is_quiet { quiet + 1 } else { 0 });
        if quiet >= limits::QUIET_SAMPLES {
            return true;
        }
    }
    false
}

/// A number that phones of this run begin with: another one every second.
fn phones(index: u32) -> Result<String> {
    let since = crate::session::seconds_now();
    let run = since.rem_euclid(1_000_000);
    if index >= limits::WORKERS_MAX {
        bail!("{index} workers are more than {}", limits::WORKERS_MAX);
    }
    Ok(format!("8{run:06}{index:02}"))
}

impl Workers {
    fn start(host: &Host, scene: &Scene, fleet: &Fleet) -> Result<Self> {
        let needed = scene.connections().div_ceil(limits::CONNECTIONS_PER_WORKER).max(1);
        let needed = needed + u64::from(scene.parts_newcomers());
        let count = match scene {
            Scene::Group(_) => 1,
            _ => fleet.workers.map_or_else(|| u32::try_from(needed), Ok)?,
        };
        let (sender, words) = mpsc::channel(1024);
        let mut all = Vec::new();
        for index in 0..count {
            let sources_each = limits::SOURCES_MAX / count;
            let orders = Orders {
                scene: scene.part(index, count),
                address: host.address,
                public_key: host.public_key.clone(),
                log: host.log.clone(),
                transport: fleet.transport,
                phones: phones(index)?,
                first_source: index * sources_each,
                seeded: host.population.map(|people| match scene.parts_newcomers() {
                    true if index == 0 => (0, people),
                    true => (people, 0),
                    false => (people / count * index, people / count),
                }),
                yields: scene.parts_newcomers() && index > 0,
            };
            let is_timed = scene.parts_newcomers() && index == 0;
            let command = fleet.command(is_timed && may_be_real_time());
            all.push(Worker::start(index as usize, command, &orders, sender.clone())?);
        }
        Ok(Self { all, words, findings: Vec::new(), sum: Sum::default() })
    }

    fn cpu(&self) -> Cpu {
        cpu(&self.all.iter().map(|worker| worker.child.id()).collect::<Vec<_>>())
    }

    fn tell(&mut self, word: &str) -> Result<()> {
        self.all.iter_mut().try_for_each(|worker| Ok(writeln!(worker.orders, "{word}")?))
    }

    /// Waits until every worker said this.
    async fn all_say(&mut self, is_it: impl Fn(&Word) -> bool) -> Result<()> {
        let mut left: Vec<usize> = (0..self.all.len()).collect();
        while !left.is_empty() {
            let (from, word) = self.words.recv().await.context("all workers ended")?;
            if is_it(&word) {
                left.retain(|index| *index != from);
            }
            self.take(word)?;
        }
        Ok(())
    }

    fn take(&mut self, word: Word) -> Result<()> {
        match word {
            Word::Second(second) => self.sum.add(&second),
            Word::Finding(what) if self.findings.len() < limits::FINDINGS_KEPT => self.findings.push(what),
            Word::Failed(error) => bail!("a worker failed: {error}"),
            Word::Ready | Word::Over | Word::Finding(_) => {}
        }
        Ok(())
    }

    async fn until_over(&mut self, tells: bool, scene: &Scene) -> Result<()> {
        let mut left: Vec<usize> = (0..self.all.len()).collect();
        while !left.is_empty() {
            let (from, word) = self.words.recv().await.context("all workers ended")?;
            match &word {
                Word::Over => left.retain(|index| *index != from),
                Word::Second(second) if tells && from == 0 => self.progress(second, scene),
                _ => {}
            }
            self.take(word)?;
        }
        Ok(())
    }

    fn progress(&self, second: &Second, scene: &Scene) {
        let before = second.at.saturating_sub(1);
        let told = |kind: &str| told(kind, &self.sum.spread_between(kind, before, before + 1));
        let clock = scene.clock(second.at).map(|clock| format!("  {clock}")).unwrap_or_default();
        let beside = scene.beside().map(told).unwrap_or_default();
        eprintln!("{:>5} s{clock}{}{beside}", second.at, told(scene.unit()));
    }
}

/// What was done of a kind in a second.
fn told(kind: &str, it: &Spread) -> String {
    if it.count == 0 {
        return format!("  {kind} {:>7}/s{:>34}", 0, "");
    }
    format!("  {kind} {:>7}/s  p50 {:>8.2} ms  p99 {:>8.2} ms", it.count, it.p50_ms, it.p99_ms)
}

impl Worker {
    fn start(index: usize, mut command: Command, orders: &Orders, words: mpsc::Sender<(usize, Word)>) -> Result<Self> {
        // Most of what a flood is told is an error; nobody reads where it was made.
        command.env("RUST_LIB_BACKTRACE", "0");
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.with_context(|| format!("cannot start {}", command.get_program().display()))?;
        let (mut stdin, said) = (child.stdin.take().context("its ears")?, child.stdout.take().context("its mouth")?);
        writeln!(stdin, "{}", serde_json::to_string(orders)?)?;
        std::thread::spawn(move || {
            for line in BufReader::new(said).lines().map_while(Result::ok) {
                let word = serde_json::from_str(&line).unwrap_or_else(|_| Word::Failed(format!("nonsense: {line}")));
                if words.blocking_send((index, word)).is_err() {
                    return;
                }
            }
        });
        Ok(Self { child, orders: stdin })
    }
}
