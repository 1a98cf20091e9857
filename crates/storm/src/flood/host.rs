//! The server under test: a fresh one on a folder of its own, or one that runs already.

use std::fs::File;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::time::sleep;

use super::limits;
use super::process::{by_way_of, listener_of};

const NAP: Duration = Duration::from_millis(5);

/// A server, and where what it says is to be read.
pub struct Host {
    /// Where clients find it.
    pub address: SocketAddr,
    /// Its log.
    pub log: PathBuf,
    /// Its public key.
    pub public_key: String,
    /// The processes whose cost is its cost.
    pub processes: Vec<u32>,
    /// People of the population that was written beforehand.
    pub population: Option<u32>,
    own: Option<Own>,
}

/// What is needed to end and start a server of our own.
struct Own {
    child: Child,
    launch: Launch,
    data: PathBuf,
    /// Removed when dropped.
    _folder: Option<TempDir>,
}

/// How a server is started.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// The program.
    pub binary: PathBuf,
    /// A folder with data to start on; none: an empty one that is removed afterwards.
    pub data: Option<PathBuf>,
    /// Where temporary folders are made.
    pub scratch: Option<PathBuf>,
    /// A population to write into the empty folder first, and the part of it with temporary keys.
    pub population: Option<(u32, f64)>,
    /// Variables of its environment, such as `KENTONG_STORE`.
    pub environment: Vec<(String, String)>,
    /// Processors it may use, as `taskset` takes them.
    pub processors: Option<String>,
}

impl Host {
    /// Starts a server.
    ///
    /// # Errors
    /// When it does not become ready; its last lines are in the error.
    pub async fn start(launch: Launch) -> Result<Self> {
        let folder = match (&launch.data, &launch.scratch) {
            (Some(_), _) => None,
            (None, Some(scratch)) => Some(tempfile::tempdir_in(scratch)?),
            (None, None) => Some(tempfile::tempdir()?),
        };
        let data =
            launch.data.clone().or_else(|| folder.as_ref().map(|it| it.path().join("data"))).context("a folder")?;
        let log = data.with_extension("log");
        if let Some((people, temporary)) = launch.population {
            seed(&launch, &data, people, temporary)?;
        }
        let child = spawn(&launch, &data, &log, None)?;
        let mut own = Own { child, launch, data, _folder: folder };
        let address = own.ready(&log).await?;
        let public_key = crate::server::public_key(address)?;
        let processes = vec![own.child.id()];
        Ok(Self {
            address,
            log,
            public_key,
            processes,
            population: own.launch.population.map(|(people, _)| people),
            own: Some(own),
        })
    }

    /// Takes a server that runs. Only loopback addresses, unless `anywhere`.
    ///
    /// # Errors
    /// When nobody is there, or the address is not for us.
    pub fn attach(address: SocketAddr, log: PathBuf, processes: Vec<u32>, anywhere: bool) -> Result<Self> {
        ensure!(is_allowed(address.ip(), anywhere), "{address} is not on this machine's loopback: see --help");
        let public_key = crate::server::public_key(address)?;
        let listening = if processes.is_empty() { listener_of(address).into_iter().collect() } else { processes };
        Ok(Self { address, log, public_key, processes: listening, population: None, own: None })
    }

    /// Kills it and starts it again on the same data and address; how long it took to be ready.
    ///
    /// # Errors
    /// When it is not ours or does not come back.
    pub async fn kill_and_restart(&mut self) -> Result<Duration> {
        let own = self.own.as_mut().context("a server that was running already is not killed")?;
        own.child.kill()?;
        own.child.wait()?;
        let began = Instant::now();
        own.child = spawn(&own.launch, &own.data, &self.log, Some(self.address))?;
        own.ready(&self.log).await?;
        self.processes = vec![own.child.id()];
        Ok(began.elapsed())
    }

    /// Ends it, if it is ours.
    ///
    /// # Errors
    /// When it does not end cleanly.
    pub async fn stop(mut self) -> Result<()> {
        let Some(own) = self.own.as_mut() else { return Ok(()) };
        let id = Pid::from_raw(i32::try_from(own.child.id())?).context("a process has a number")?;
        kill_process(id, Signal::TERM)?;
        let began = Instant::now();
        while began.elapsed() < limits::END_TIMEOUT {
            if let Some(status) = own.child.try_wait()? {
                ensure!(status.success(), "the server ended with {status}:\n{}", last_lines(&self.log));
                return Ok(());
            }
            sleep(NAP).await;
        }
        bail!("the server did not end in time")
    }
}

impl Own {
    async fn ready(&mut self, log: &Path) -> Result<SocketAddr> {
        let began = Instant::now();
        while began.elapsed() < limits::READY_TIMEOUT {
            if let Some(address) = ready_address(&std::fs::read_to_string(log).unwrap_or_default()) {
                return Ok(address);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended ({status}) instead of serving:\n{}", last_lines(log));
            }
            sleep(NAP).await;
        }
        bail!("the server was not ready in time:\n{}", last_lines(log))
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // It may have ended long ago.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(launch: &Launch, data: &Path, log: &Path, address: Option<SocketAddr>) -> Result<Child> {
    // In a session of its own, as a service is: the kernel shares processors out between sessions, and a server in the fleet's
    // would get less of its processor for what the fleet does on another.
    let mut words = vec!["setsid"];
    words.extend(launch.processors.iter().flat_map(|processors| ["taskset", "-c", processors]));
    let mut command = by_way_of(&words, &launch.binary);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KENTONG_")) {
        command.env_remove(name);
    }
    let address = address.map_or_else(|| "127.0.0.1:0".to_owned(), |address| address.to_string());
    command.arg("--data").arg(data).args(["serve", "--listen", &address]).env("NO_COLOR", "1");
    command.envs(launch.environment.iter().map(|(name, value)| (name, value)));
    let log = File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn();
    child.with_context(|| format!("cannot start {}", launch.binary.display()))
}

/// Writes a population.
fn seed(launch: &Launch, data: &Path, people: u32, temporary: f64) -> Result<()> {
    let mut command = Command::new(&launch.binary);
    command.arg("--data").arg(data).args(["seed", "--people", &people.to_string()]);
    command.args(["--temporary", &temporary.to_string()]);
    command.envs(launch.environment.iter().map(|(name, value)| (name, value)));
    let status = command.stdin(Stdio::null()).status()?;
    ensure!(status.success(), "the population could not be written: {status}");
    Ok(())
}

fn ready_address(log: &str) -> Option<SocketAddr> {
    let (_, rest) = log.split_once("ready address=")?;
    rest.split_whitespace().next()?.parse().ok()
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(crate::limits::LOG_LINES_KEPT)..].join("\n")
}

/// Whether an address may be stormed.
#[must_use]
pub fn is_allowed(address: IpAddr, anywhere: bool) -> bool {
    address.is_loopback() || anywhere
}
