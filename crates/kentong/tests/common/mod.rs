//! The real binary as a process, on a free port and a data folder of its own.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part, and a test may panic")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);

/// The binary with nothing of this machine's configuration.
pub fn kentong() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kentong"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KENTONG_")) {
        command.env_remove(name);
    }
    // Machines that test are busy with other things: nothing is refused for it.
    command.env("NO_COLOR", "1").env("KENTONG_NETWORK_OVERLOAD_WAIT_MS", "0");
    command
}

/// Runs to the end.
pub fn run(data: &Path, arguments: &[&str]) -> Output {
    kentong().arg("--data").arg(data).args(arguments).output().unwrap()
}

/// What it printed, when it succeeded.
pub fn succeed(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// What it complained of, when it failed.
pub fn fail(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(!output.status.success(), "{arguments:?} succeeded: {}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    lines: Receiver<String>,
    /// Where it listens; `None` without network.
    pub address: Option<SocketAddr>,
    /// What it logged and printed so far.
    pub seen: Vec<String>,
}

impl Server {
    /// On a free port, ready.
    pub fn start(data: &Path) -> Self {
        Self::start_with(data, &["--listen", "127.0.0.1:0"], "ready address=")
    }

    /// With these arguments, once a line with this text appeared.
    pub fn start_with(data: &Path, arguments: &[&str], until: &str) -> Self {
        let mut child = kentong()
            .arg("serve")
            .arg("--data")
            .arg(data)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for output in outputs {
            let sender = sender.clone();
            std::thread::spawn(move || {
                BufReader::new(output).lines().map_while(Result::ok).try_for_each(|line| sender.send(line))
            });
        }
        let mut server = Self { child, lines, address: None, seen: Vec::new() };
        let line = server.wait_for(until);
        server.address = line.split("address=").nth(1).and_then(|rest| rest.split(' ').next()?.parse().ok());
        server
    }

    /// The first line with this text.
    pub fn wait_for(&mut self, text: &str) -> String {
        if let Some(line) = self.seen.iter().find(|line| line.contains(text)) {
            return line.clone();
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else { panic!("never saw {text:?}: {:#?}", self.seen) };
            self.seen.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// The process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args(["-s", name, &self.id().to_string()]).status().unwrap().success());
    }

    /// Waits for the end; how it ended.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                self.seen.extend(self.lines.iter());
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server did not end: {:#?}", self.seen)
    }

    /// SIGTERM, to a clean end.
    pub fn stop(mut self) {
        self.signal("TERM");
        let status = self.wait();
        assert!(status.success(), "{status}: {:#?}", self.seen);
    }

    /// An HTTP answer: status and body.
    pub fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address.unwrap()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no HTTP: {answer:?}"));
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
