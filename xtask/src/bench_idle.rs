//! `bench-idle`: what an idle server costs. Starts the release binary on a data folder of its own, twice, because the
//! first start also makes the key pair; takes the time until its ready line, waits, and reads its resident memory.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long a server idles before its memory is read.
const IDLE: Duration = Duration::from_secs(3);
/// Later starts that are measured; the median counts.
const STARTS: usize = 5;
/// Goals of the idle server.
const GOAL_MEMORY_KIB: u64 = 30 * 1024;
const GOAL_START: Duration = Duration::from_millis(150);

/// Prints memory and start times.
pub fn run(binary: &Path) -> Result<()> {
    let data = std::env::temp_dir().join(format!("bench-idle-{}", std::process::id()));
    let measured = measure(binary, &data);
    std::fs::remove_dir_all(&data).context("cannot remove the data folder of the benchmark")?;
    let (first, mut later, memory_kib) = measured?;
    later.sort_unstable();
    let median = later[later.len() / 2];
    println!("first start (makes the key pair)  {:>6} ms", first.as_millis());
    println!(
        "later starts, median of {}         {:>6} ms  {}",
        later.len(),
        median.as_millis(),
        judge(median <= GOAL_START, "150 ms")
    );
    println!(
        "resident memory when idle         {memory_kib:>6} KiB {}",
        judge(memory_kib <= GOAL_MEMORY_KIB, "30 MiB")
    );
    Ok(())
}

fn judge(reached: bool, goal: &str) -> String {
    format!("(goal {goal}: {})", if reached { "reached" } else { "missed" })
}

fn measure(binary: &Path, data: &Path) -> Result<(Duration, Vec<Duration>, u64)> {
    let (server, first) = start(binary, data)?;
    stop(server)?;
    let mut later = Vec::new();
    let mut memory_kib = 0;
    for _ in 0..STARTS {
        let (server, time) = start(binary, data)?;
        later.push(time);
        if later.len() == STARTS {
            std::thread::sleep(IDLE);
            memory_kib = resident_kib(server.id())?;
        }
        stop(server)?;
    }
    Ok((first, later, memory_kib))
}

fn start(binary: &Path, data: &Path) -> Result<(Child, Duration)> {
    let began = Instant::now();
    let mut server = Command::new(binary)
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", binary.display()))?;
    let log = server.stderr.take().context("the log was asked for")?;
    let mut lines = BufReader::new(log).lines();
    for line in lines.by_ref() {
        if line?.contains("ready address=") {
            let time = began.elapsed();
            // The log must go on being read, or the server would wait for room in the pipe.
            std::thread::spawn(move || lines.for_each(drop));
            return Ok((server, time));
        }
    }
    bail!("the server ended before it was ready: {}", server.wait()?)
}

fn stop(mut server: Child) -> Result<()> {
    Command::new("kill").arg(server.id().to_string()).status()?;
    let status = server.wait()?;
    if !status.success() {
        bail!("the server did not stop cleanly: {status}");
    }
    Ok(())
}

fn resident_kib(process: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS: is this Linux?")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
