//! The real binary as a process: started, killed, stopped for a while, started again on the same data.

use std::collections::{HashMap, VecDeque};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use parking_lot::Mutex;
use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::connection::Door;
use crate::limits;

const FAILPOINTS: &str = "KENTONG_FAILPOINTS";
const NAP: Duration = Duration::from_millis(2);

/// Login codes as the log of the server tells them.
#[derive(Clone)]
pub struct Codes(watch::Receiver<HashMap<String, String>>);

impl Codes {
    /// The newest code for a phone.
    pub async fn of(&self, phone: &str) -> Option<String> {
        let mut codes = self.0.clone();
        let waiting = codes.wait_for(|codes| codes.contains_key(phone));
        let found = timeout(Duration::from_secs(5), waiting).await.ok()?.ok()?;
        found.get(phone).cloned()
    }
}

/// What the log told so far, over all starts.
#[derive(Default)]
struct Heard {
    /// Lines, and how often each came in a row.
    lines: VecDeque<(String, u64)>,
    panics: Vec<String>,
    /// Failpoints that came into force, and how often.
    fired: HashMap<String, u64>,
}

/// A server with a data folder.
pub struct Server {
    binary: PathBuf,
    data: PathBuf,
    child: Option<Child>,
    /// Reads the log of this life, to its end.
    reader: Option<JoinHandle<()>>,
    address: watch::Sender<Option<SocketAddr>>,
    codes: watch::Sender<HashMap<String, String>>,
    heard: Arc<Mutex<Heard>>,
}

/// How to start once.
#[derive(Clone, Debug, Default)]
pub struct Launch {
    /// Variables of the environment.
    pub environment: Vec<(String, String)>,
}

impl Launch {
    /// With a variable.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// With these failpoints beside those it has, for a binary that has any.
    #[must_use]
    pub fn failing(self, rules: impl Into<String>) -> Self {
        let rules = rules.into();
        let known = self.environment.iter().find(|(name, _)| name == FAILPOINTS);
        let all = known.map_or_else(|| rules.clone(), |(_, known)| format!("{known};{rules}"));
        self.with(FAILPOINTS, all)
    }
}

impl Server {
    /// This binary on this folder, not started.
    #[must_use]
    pub fn new(binary: &Path, data: &Path) -> Self {
        Self {
            binary: binary.to_owned(),
            data: data.to_owned(),
            child: None,
            reader: None,
            address: watch::Sender::new(None),
            codes: watch::Sender::new(HashMap::new()),
            heard: Arc::default(),
        }
    }

    /// What it runs.
    #[must_use]
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// Its data folder.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Where clients find it; after the first start.
    ///
    /// # Errors
    /// When it has no key yet.
    pub fn door(&self) -> Result<Door> {
        let address = self.address.borrow().context("not started")?;
        Door::new(self.address.subscribe(), &public_key(address)?)
    }

    /// The login codes it tells.
    #[must_use]
    pub fn codes(&self) -> Codes {
        Codes(self.codes.subscribe())
    }

    /// Starts and waits until it is ready; how long that took. Nothing when it was killed before.
    ///
    /// # Errors
    /// When it ends by itself or is not ready in time; its last lines are in the error.
    pub async fn start(&mut self, launch: &Launch) -> Result<Option<Duration>> {
        let began = Instant::now();
        self.spawn(launch)?;
        let ready = self.address.subscribe();
        while began.elapsed() < limits::READY_TIMEOUT {
            if ready.borrow().is_some() {
                return Ok(Some(began.elapsed()));
            }
            if let Some(status) = self.ended()? {
                if was_killed(status) {
                    return Ok(None);
                }
                bail!("the server ended ({status}) instead of serving:\n{}", self.log());
            }
            sleep(NAP).await;
        }
        bail!("the server was not ready in time:\n{}", self.log())
    }

    /// Starts without waiting.
    ///
    /// # Errors
    /// When there is no such binary.
    pub fn spawn(&mut self, launch: &Launch) -> Result<()> {
        self.kill()?;
        let mut command = self.command(launch);
        command.arg("serve").args(["--listen", "127.0.0.1:0"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.with_context(|| format!("cannot start {}", self.binary.display()))?;
        let log = child.stderr.take().context("its log")?;
        self.child = Some(child);
        self.reader = Some(self.listen(log));
        Ok(())
    }

    /// The binary on this folder, with nothing of our own environment that would configure it.
    fn command(&self, launch: &Launch) -> Command {
        let mut command = Command::new(&self.binary);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KENTONG_")) {
            command.env_remove(name);
        }
        command.arg("--data").arg(&self.data).env("NO_COLOR", "1");
        // Faults are judged by what is lost, on machines that are busy with other things.
        command.env("KENTONG_NETWORK_OVERLOAD_WAIT_MS", "0");
        command.envs(launch.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Gives the binary another order for this folder, whether it serves or not, and waits for what comes of it.
    ///
    /// # Errors
    /// When there is no such binary, or it does not end in time.
    pub async fn order(&self, launch: &Launch, arguments: &[&OsStr]) -> Result<Output> {
        let mut command = self.command(launch);
        command.args(arguments).stdin(Stdio::null());
        let running = tokio::task::spawn_blocking(move || command.output());
        let ended = timeout(limits::ORDER_TIMEOUT, running).await.context("an order took too long")?;
        ended?.with_context(|| format!("cannot start {}", self.binary.display()))
    }

    /// Reads the log of one life.
    fn listen(&self, log: impl Read + Send + 'static) -> JoinHandle<()> {
        let (address, codes, heard) = (self.address.clone(), self.codes.clone(), self.heard.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(log).lines().map_while(Result::ok) {
                if let Some(rest) = line.split_once("ready address=").map(|(_, rest)| rest) {
                    address.send_replace(rest.split(' ').next().and_then(|text| text.parse().ok()));
                } else if let Some((phone, code)) = login_code(&line) {
                    codes.send_modify(|codes| drop(codes.insert(phone, code)));
                }
                heard.lock().note(line);
            }
        })
    }

    /// Whether it has ended, and how.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let Some(child) = &mut self.child else { return Ok(None) };
        let status = child.try_wait()?;
        if status.is_some() {
            self.child = None;
            self.hear_the_last();
            self.address.send_replace(None);
        }
        Ok(status)
    }

    /// Reads what a process that has ended still said: its pipe has an end now.
    fn hear_the_last(&mut self) {
        if let Some(reader) = self.reader.take() {
            // A reader that panicked has nothing to say.
            let _ = reader.join();
        }
    }

    /// Whether there is a process, as far as is known.
    #[must_use]
    pub fn is_started(&self) -> bool {
        self.child.is_some()
    }

    /// Waits until it has ended by itself.
    ///
    /// # Errors
    /// When it has not in time.
    pub async fn wait_for_end(&mut self, patience: Duration) -> Result<ExitStatus> {
        let began = Instant::now();
        while began.elapsed() < patience {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            sleep(NAP).await;
        }
        bail!("the server did not end in time:\n{}", self.log())
    }

    /// SIGKILL; returns when it is gone.
    ///
    /// # Errors
    /// When the system does not let us.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
            self.hear_the_last();
        }
        self.address.send_replace(None);
        Ok(())
    }

    /// Sends a signal.
    ///
    /// # Errors
    /// When there is no process.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let child = self.child.as_ref().context("not running")?;
        let id = Pid::from_raw(i32::try_from(child.id())?).context("a process has a number")?;
        Ok(kill_process(id, signal)?)
    }

    /// SIGTERM, to a clean end.
    ///
    /// # Errors
    /// When it does not end cleanly.
    pub async fn stop(&mut self) -> Result<()> {
        self.signal(Signal::TERM)?;
        let status = self.wait_for_end(limits::END_TIMEOUT).await?;
        if status.success() { Ok(()) } else { bail!("the server ended with {status}:\n{}", self.log()) }
    }

    /// Its last lines.
    #[must_use]
    pub fn log(&self) -> String {
        self.heard.lock().lines.iter().map(|(line, times)| format!("    {}\n", told(line, *times))).collect()
    }

    /// How often this failpoint came into force, over all lives.
    #[must_use]
    pub fn fired(&self, name: &str) -> u64 {
        self.heard.lock().fired.get(name).copied().unwrap_or(0)
    }

    /// Lines of panics, over all lives.
    #[must_use]
    pub fn panics(&self) -> Vec<String> {
        self.heard.lock().panics.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nobody is left to be told.
        let _ = self.kill();
    }
}

impl Heard {
    fn note(&mut self, line: String) {
        if let Some((name, _)) = line.strip_prefix("failpoint ").and_then(|rest| rest.split_once(':')) {
            *self.fired.entry(name.to_owned()).or_default() += 1;
        }
        if line.contains("panicked") {
            self.panics.push(line.clone());
        }
        if let Some((last, times)) = self.lines.back_mut().filter(|(last, _)| words_of(last) == words_of(&line)) {
            (*last, *times) = (line, *times + 1);
            return;
        }
        if self.lines.len() >= limits::LOG_LINES_KEPT {
            self.lines.pop_front();
        }
        self.lines.push_back((line, 1));
    }
}

/// A line without its time.
fn words_of(line: &str) -> &str {
    match line.split_once("  ") {
        Some((time, words)) if time.ends_with('Z') => words,
        _ => line,
    }
}

fn told(line: &str, times: u64) -> String {
    if times == 1 { line.to_owned() } else { format!("{line} ({times} times in a row)") }
}

/// Whether it ended by SIGKILL.
#[must_use]
pub fn was_killed(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    status.signal() == Some(Signal::KILL.as_raw())
}

pub(crate) fn login_code(line: &str) -> Option<(String, String)> {
    let (_, rest) = line.split_once("login code phone=+")?;
    let (phone, rest) = rest.split_once(" code=")?;
    Some((phone.to_owned(), rest.split_whitespace().next()?.to_owned()))
}

/// The key that the server shows to everybody.
pub(crate) fn public_key(address: SocketAddr) -> Result<String> {
    use std::io::Write;
    let mut stream = std::net::TcpStream::connect(address)?;
    stream.set_read_timeout(Some(limits::DIAL_TIMEOUT))?;
    write!(stream, "GET /public.pem HTTP/1.1\r\nHost: storm\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("no HTTP")?;
    if head.contains(" 200 ") { Ok(body.to_owned()) } else { bail!("no public key: {head}") }
}
