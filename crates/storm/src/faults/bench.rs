//! What every run has: a server on a data folder, people on it, and what was found so far.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio::time::sleep;

use crate::account::World;
use crate::client::Alarms;
use crate::connection::Door;
use crate::load::Fleet;
use crate::oracle::{self, Order};
use crate::record::Told;
use crate::server::{Launch, Server};
use crate::verdict::Verdict;

/// After so many failed runs the rest of a series is left out.
const FAILURES_MAX: u64 = 3;
/// A letter is with whom it is for within this time: up to 10,000 of each person wait where the fleet writes faster than
/// they are carried, on a machine that may have other work.
const LETTERS_MAX: Duration = Duration::from_secs(120);
const LETTERS_NAP: Duration = Duration::from_millis(500);
/// Runs after which a series says how far it is.
const PROGRESS_RUNS: u64 = 20;
/// A server in trouble must be well again within this time after the trouble went.
const WELL_AGAIN: Duration = Duration::from_secs(30);

/// How large everything is.
#[derive(Clone, Debug)]
pub struct Size {
    /// People at a time.
    pub people: u32,
    /// Calls of each under way at a time.
    pub window: usize,
    /// Runs after which new people come.
    pub runs_per_fleet: u64,
    /// The load before a fault takes so long at most.
    pub load_max: Duration,
    /// On what both sides of a conversation agree.
    pub order: Order,
}

impl Default for Size {
    fn default() -> Self {
        Self { people: 10, window: 48, runs_per_fleet: 2, load_max: Duration::from_millis(4000), order: Order::Shared }
    }
}

/// A server, its people, and what was found.
pub struct Bench {
    /// What this series is called.
    pub name: String,
    /// The server.
    pub server: Server,
    /// Where it is, also between two lives.
    door: Door,
    /// How it is started when nothing is to break.
    pub launch: Launch,
    /// What was found.
    pub verdict: Verdict,
    /// Times from a start to readiness, after a fault.
    pub recoveries: Vec<Duration>,
    failures: u64,
    /// How large everything is.
    pub size: Size,
    alarms: Arc<Alarms>,
    /// Of the alarms, how many a finding names.
    alarms_told: u64,
    fleets: Vec<Fleet>,
    people: u32,
}

impl Bench {
    /// Starts a server on this folder.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(name: &str, binary: &Path, data: PathBuf, launch: Launch, size: Size) -> Result<Self> {
        let mut server = Server::new(binary, &data);
        server.start(&launch).await?;
        let door = server.door()?;
        Ok(Self {
            name: name.to_owned(),
            server,
            door,
            launch,
            verdict: Verdict::default(),
            recoveries: Vec::new(),
            failures: 0,
            size,
            alarms: Arc::default(),
            alarms_told: 0,
            fleets: Vec::new(),
            people: 0,
        })
    }

    /// The people of this run: those of the last one, or new ones.
    ///
    /// # Errors
    /// When the server takes nobody.
    pub async fn fleet(&mut self, run: u64) -> Result<Fleet> {
        if run.is_multiple_of(self.size.runs_per_fleet) || self.fleets.is_empty() {
            self.fleets.iter().for_each(Fleet::leave);
            let first = self.numbers(self.size.people);
            let fleet = Fleet::sign_up(&self.world(), first, self.size.people, self.size.window).await?;
            self.fleets.push(fleet);
        }
        Ok(self.fleets[self.fleets.len() - 1].clone())
    }

    /// So many numbers for people whom no fleet has; the first of them.
    pub fn numbers(&mut self, count: u32) -> u32 {
        let first = self.people + 1;
        self.people += count;
        first
    }

    /// Keeps people of a run's own for the end; they write no more.
    pub fn keep(&mut self, fleet: Fleet) {
        fleet.leave();
        self.fleets.push(fleet);
    }

    /// Kills the server and starts it as if nothing were to break.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn restart(&mut self) -> Result<()> {
        self.server.kill()?;
        let launch = self.launch.clone();
        self.server.start(&launch).await?;
        Ok(())
    }

    /// A server of the same binary on another folder, not started.
    #[must_use]
    pub fn other(&self, data: &Path) -> Server {
        Server::new(self.server.binary(), data)
    }

    /// What newcomers need.
    #[must_use]
    pub fn world(&self) -> World {
        World { door: self.door.clone(), codes: self.server.codes(), alarms: self.alarms.clone() }
    }

    /// Starts the server after a fault, and notes how long it took.
    ///
    /// # Errors
    /// When it does not come back.
    pub async fn recover(&mut self) -> Result<()> {
        let launch = self.launch.clone();
        if let Some(took) = self.server.start(&launch).await? {
            self.recoveries.push(took);
        }
        Ok(())
    }

    /// Compares what the people of this run were told with what is kept, and forgets nothing: they are judged again at the
    /// end.
    ///
    /// # Errors
    /// When the accounts cannot be read.
    pub async fn judge(&mut self, fleet: &Fleet, what: &str) -> Result<()> {
        let found = self.settled(fleet).await?;
        self.verdict.runs += 1;
        self.take(Verdict { acks: 0, ..found }, what);
        self.note_alarms(what);
        Ok(())
    }

    /// What the judge says; where letters are on their way, when they have had their time to arrive.
    async fn settled(&self, fleet: &Fleet) -> Result<Verdict> {
        let began = Instant::now();
        loop {
            let found = oracle::judge(fleet.accounts(), self.size.order).await?;
            let may_settle = self.size.order == Order::OfEach && began.elapsed() < LETTERS_MAX;
            if found.is_clean() || !may_settle {
                return Ok(found);
            }
            sleep(LETTERS_NAP).await;
        }
    }

    /// Compares what people were told before a copy of the data was made with what another server shows of that copy.
    ///
    /// # Errors
    /// When the accounts cannot be read there.
    pub async fn judge_copy(&mut self, fleet: &Fleet, before: Vec<Told>, door: &Door, what: &str) -> Result<()> {
        let people = fleet.accounts().zip(before).map(|(account, before)| {
            let told = before.before(&account.record.told());
            (account, account.fresh_at(door), told)
        });
        let found = oracle::compare_all(people, self.size.order).await?;
        self.verdict.runs += 1;
        self.take(found, what);
        self.note_alarms(what);
        Ok(())
    }

    /// A valid key is never refused.
    fn note_alarms(&mut self, what: &str) {
        let total = self.alarms.total();
        if total > self.alarms_told {
            self.verdict.refused += total - self.alarms_told;
            self.verdict.tell(format!("{} {what}: valid keys were refused: {:?}", self.name, self.alarms));
            self.alarms_told = total;
        }
    }

    /// Counts a run that failed in another way than by losing something, and makes ready for the next.
    ///
    /// # Errors
    /// When too many did, or the server does not come back.
    pub async fn after(&mut self, seed: u64, outcome: Result<()>) -> Result<()> {
        let Err(error) = outcome else { return Ok(()) };
        println!("  {} SEED={seed}: {error:#}\n{}", self.name, self.server.log());
        self.verdict.complain(format!("{} SEED={seed}: {error:#}", self.name));
        self.failures += 1;
        ensure!(self.failures < FAILURES_MAX, "too many runs failed");
        // What the failed run left under way is nobody's measure: the next one has people of its own.
        self.fleets.clear();
        self.restart().await
    }

    fn take(&mut self, mut found: Verdict, what: &str) {
        found.findings.iter_mut().for_each(|finding| *finding = format!("{} {what}: {finding}", self.name));
        found.findings.iter().for_each(|finding| println!("  {finding}"));
        self.verdict.add(found);
    }

    /// Judges everybody who ever was here once more, counts their acknowledgements, and stops the server.
    ///
    /// # Errors
    /// When accounts cannot be read or the server does not stop.
    pub async fn end(&mut self) -> Result<()> {
        let began = Instant::now();
        for fleet in std::mem::take(&mut self.fleets) {
            let found = self.settled(&fleet).await?;
            self.take(found, "at the end");
        }
        self.server.stop().await?;
        self.note_alarms("at the end");
        for panic in self.server.panics() {
            self.verdict.complain(format!("{}: {panic}", self.name));
        }
        println!(
            "  {}: everybody read again in {:.1} s: {}; {}",
            self.name,
            began.elapsed().as_secs_f64(),
            self.verdict,
            spread(&self.recoveries)
        );
        Ok(())
    }
}

/// Runs of one kind one after the other, each told its number and its seed.
///
/// # Errors
/// When too many of them failed.
pub async fn series(
    bench: &mut Bench,
    runs: u64,
    seed: u64,
    mut run: impl AsyncFnMut(&mut Bench, u64, u64) -> Result<()>,
) -> Result<()> {
    let began = Instant::now();
    for number in 0..runs {
        let outcome = run(bench, number, seed + number).await;
        bench.after(seed + number, outcome).await?;
        if (number + 1).is_multiple_of(PROGRESS_RUNS) {
            println!("  {}: {} of {runs} runs in {:.0} s", bench.name, number + 1, began.elapsed().as_secs_f64());
        }
    }
    Ok(())
}

/// Waits until something is acknowledged again; how long that took.
///
/// # Errors
/// When nothing is.
pub async fn until_more(fleet: &Fleet) -> Result<Duration> {
    fleet.wait_for_acks(1, WELL_AGAIN).await
}

/// Least, median and greatest of some times, in words.
#[must_use]
pub fn spread(times: &[Duration]) -> String {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    match (sorted.first(), sorted.get(sorted.len() / 2), sorted.last()) {
        (Some(least), Some(median), Some(most)) => format!(
            "recovery min={} ms median={} ms max={} ms of {}",
            least.as_millis(),
            median.as_millis(),
            most.as_millis(),
            sorted.len()
        ),
        _ => "no recovery".to_owned(),
    }
}
