//! The command line of load, shared by the server's own program (`storm …`) and the fleet's.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Subcommand};
use tokio::signal::unix::{SignalKind, signal};

use super::bench::Bench;
use super::host::{Host, Launch};
use super::lead::{Fleet, play};
use super::outcome::Outcome;
use super::place::Transport;
use super::plan::Scene;
use super::report;
use super::worker;

/// Load on a server: real protocol clients, and what they cost it.
#[derive(Debug, Args)]
pub struct Storm {
    /// Where and how.
    #[command(flatten)]
    pub field: Field,
    /// What the fleet does.
    #[command(subcommand)]
    pub order: Order,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Order {
    /// What a fleet does.
    #[command(flatten)]
    Play(Scene),
    /// One posts to a channel and all others read: refused, for there are no channels yet
    Channel,
    /// Everything that is measured of this version, against fresh servers: figures with their goals, in under 20 minutes
    Bench(Bench),
    /// Be one of the processes of a fleet; orders come on standard input
    #[command(hide = true)]
    Worker,
}

/// Where the server is and how the fleet is made.
#[derive(Clone, Debug, Args)]
pub struct Field {
    /// A server that runs already, on a loopback address [default: a fresh one on an empty data folder]
    #[arg(long, value_name = "ADDR:PORT", global = true, requires = "server_log")]
    pub address: Option<SocketAddr>,
    /// That server's log, which tells the login codes
    #[arg(long, value_name = "FILE", global = true)]
    pub server_log: Option<PathBuf>,
    /// Processes whose cost is the server's, its database's included [default: whoever listens there]
    #[arg(long, value_name = "PID", global = true)]
    pub process: Vec<u32>,
    /// Storm an address that is not on this machine's loopback; say --i-run-that-server as well
    #[arg(long, global = true, requires = "i_run_that_server")]
    pub anywhere: bool,
    /// You run that server, and want it stormed
    #[arg(long, global = true)]
    pub i_run_that_server: bool,
    /// The program that is started as a fresh server [default: this one]
    #[arg(long, value_name = "PROGRAM", global = true)]
    pub binary: Option<PathBuf>,
    /// A setting of a fresh server, such as KENTONG_STORE=postgres://…; several times for several
    #[arg(long, value_name = "NAME=VALUE", global = true)]
    pub set: Vec<String>,
    /// A data folder for a fresh server, instead of an empty one
    #[arg(long, value_name = "DIR", global = true)]
    pub on: Option<PathBuf>,
    /// Write so many people into the fresh server's folder first, whom the fleet then knows: large populations at once
    #[arg(long, value_name = "PEOPLE", global = true)]
    pub population: Option<u32>,
    /// The part of that population with a temporary key
    #[arg(long, value_name = "PART", default_value_t = 0.5, global = true)]
    pub population_temporary: f64,
    /// Where temporary data folders are made [default: the system's place]
    #[arg(long, value_name = "DIR", global = true)]
    pub scratch: Option<PathBuf>,
    /// Processors of a fresh server, such as 0 or 0-3 (`taskset -c`)
    #[arg(long, value_name = "LIST", global = true)]
    pub server_cpus: Option<String>,
    /// Processors of the fleet
    #[arg(long, value_name = "LIST", global = true)]
    pub fleet_cpus: Option<String>,
    /// Worker processes [default: as many as the connections need]
    #[arg(long, value_name = "N", global = true)]
    pub workers: Option<u32>,
    /// How frames travel
    #[arg(long, value_enum, default_value_t, global = true)]
    pub transport: Transport,
    /// Write what came of it as a page of HTML with curves
    #[arg(long, value_name = "FILE", global = true)]
    pub html: Option<PathBuf>,
    /// Write what came of it as JSON
    #[arg(long, value_name = "FILE", global = true)]
    pub json: Option<PathBuf>,
    /// Tell nothing while it runs
    #[arg(long, global = true)]
    pub silent: bool,
}

/// How this program is called to be a worker: the arguments before those of [`Storm`].
pub type Prefix = &'static [&'static str];

/// Does what the command line says; false when something was found wrong.
///
/// # Errors
/// When it cannot be done.
pub fn run(storm: Storm, prefix: Prefix) -> Result<bool> {
    let Storm { field, order } = storm;
    match order {
        Order::Worker => worker::run().map(|()| true),
        Order::Channel => {
            bail!("this server has no channels yet; `storm group` measures what is said in a group of up to 200")
        }
        Order::Play(scene) => {
            let outcome = until_interrupted(once(&field, &scene, prefix))?;
            print!("{}", outcome.text());
            field.keep(&outcome, || {
                let run = [(scene.name().to_owned(), outcome.clone())];
                report::page(&format!("Storm: {}", scene.name()), "", &run)
            })?;
            Ok(outcome.is_sound())
        }
        Order::Bench(plan) => {
            let results = until_interrupted(plan.run(&field, prefix))?;
            field.keep(&results.figures, || report::page("Bench", &results.figures.text(), &results.runs))?;
            Ok(results.is_whole())
        }
    }
}

/// Runs it to its end, or until a signal asks to stop: dropping it ends its server and its workers.
fn until_interrupted<T>(run: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            ended = run => ended,
            _ = terminate.recv() => bail!("interrupted by SIGTERM"),
            _ = tokio::signal::ctrl_c() => bail!("interrupted by SIGINT"),
        }
    })
}

async fn once(field: &Field, scene: &Scene, prefix: Prefix) -> Result<Outcome> {
    let mut host = field.host().await?;
    let outcome = play(&mut host, scene, &field.fleet(prefix)?).await?;
    host.stop().await?;
    Ok(outcome)
}

impl Field {
    /// The server.
    ///
    /// # Errors
    /// When there is none.
    pub async fn host(&self) -> Result<Host> {
        match self.address {
            Some(address) => {
                let log = self.server_log.clone().context("where is the server's log?")?;
                Host::attach(address, log, self.process.clone(), self.anywhere && self.i_run_that_server)
            }
            None => self.fresh().await,
        }
    }

    async fn fresh(&self) -> Result<Host> {
        let mut host = Host::start(self.launch()?).await?;
        host.processes.extend(&self.process);
        Ok(host)
    }

    /// Writes JSON and HTML where they are wanted.
    fn keep(&self, json: &impl serde::Serialize, html: impl FnOnce() -> String) -> Result<()> {
        if let Some(path) = &self.json {
            std::fs::write(path, serde_json::to_string_pretty(json)? + "\n")?;
        }
        if let Some(path) = &self.html {
            std::fs::write(path, html())?;
        }
        Ok(())
    }

    /// How a fresh server is started.
    ///
    /// # Errors
    /// When a setting is none.
    pub fn launch(&self) -> Result<Launch> {
        let binary = self.binary.clone().map_or_else(std::env::current_exe, Ok)?;
        let settings = self.set.iter().map(|setting| {
            let (name, value) = setting.split_once('=').with_context(|| format!("{setting} is no NAME=VALUE"))?;
            ensure!(name.starts_with("KENTONG_"), "settings begin with KENTONG_: {name}");
            Ok((name.to_owned(), value.to_owned()))
        });
        Ok(Launch {
            binary,
            data: self.on.clone(),
            scratch: self.scratch.clone(),
            population: self.population.map(|people| (people, self.population_temporary)),
            environment: settings.collect::<Result<_>>()?,
            processors: self.server_cpus.clone(),
        })
    }

    /// How the fleet is made.
    ///
    /// # Errors
    /// When this program does not know where it lies.
    pub fn fleet(&self, prefix: Prefix) -> Result<Fleet> {
        let arguments = prefix.iter().map(|word| (*word).to_owned()).chain(["worker".to_owned()]).collect();
        Ok(Fleet {
            worker: (std::env::current_exe()?, arguments),
            workers: self.workers,
            processors: self.fleet_cpus.clone(),
            transport: self.transport,
            tells: !self.silent,
        })
    }
}
