//! What processes cost, as the system counts it: processor time and memory of a process with all its descendants.
//!
//! The time of children that ended is in their parent's account, so that a database whose helpers come and go is counted
//! whole. Ticks are hundredths of a second, scaled by the kernel to what was really used.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Processor time, user and system apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cpu {
    /// In the program, in milliseconds.
    pub user_ms: u64,
    /// In the kernel, in milliseconds.
    pub system_ms: u64,
}

impl Cpu {
    /// Both.
    #[must_use]
    pub fn total(self) -> Duration {
        Duration::from_millis(self.user_ms + self.system_ms)
    }

    /// What was used since.
    #[must_use]
    pub fn since(self, before: Self) -> Self {
        Self {
            user_ms: self.user_ms.saturating_sub(before.user_ms),
            system_ms: self.system_ms.saturating_sub(before.system_ms),
        }
    }

    /// Together with another's.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { user_ms: self.user_ms + other.user_ms, system_ms: self.system_ms + other.system_ms }
    }
}

/// Milliseconds in a tick: Linux says a hundred ticks a second on every architecture we run on.
const TICK_MS: u64 = 10;

struct Account {
    parent: u32,
    cpu: Cpu,
}

/// The fields of `/proc/PID/stat` behind the name, which is in parentheses and may hold anything.
fn account(id: u32) -> Option<Account> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<&str> = stat.get(stat.rfind(')')? + 2..)?.split(' ').collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    let (user, system) = (number(11)? + number(13)?, number(12)? + number(14)?);
    let parent = u32::try_from(number(1)?).ok()?;
    Some(Account { parent, cpu: Cpu { user_ms: user * TICK_MS, system_ms: system * TICK_MS } })
}

fn all() -> HashMap<u32, Account> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(|id| Some((id, account(id)?))).collect()
}

/// These processes and all below them.
fn tree(roots: &[u32], all: &HashMap<u32, Account>) -> Vec<u32> {
    let mut found: Vec<u32> = roots.iter().copied().filter(|id| all.contains_key(id)).collect();
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        let children = all.iter().filter(|(id, it)| it.parent == parent && !found.contains(id)).map(|(id, _)| *id);
        let children: Vec<u32> = children.collect();
        found.extend(children);
        next += 1;
    }
    found
}

/// What these processes and their descendants used so far.
#[must_use]
pub fn cpu(roots: &[u32]) -> Cpu {
    let all = all();
    let ids = tree(roots, &all);
    ids.iter().filter_map(|id| all.get(id)).fold(Cpu::default(), |sum, account| sum.and(account.cpu))
}

/// What this process itself used.
#[must_use]
pub fn own_cpu() -> Cpu {
    account(std::process::id()).map(|account| account.cpu).unwrap_or_default()
}

/// Resident memory of these processes and their descendants that is not shared with other programs' files, in bytes.
#[must_use]
pub fn memory_bytes(roots: &[u32]) -> u64 {
    let all = all();
    tree(roots, &all).into_iter().filter_map(own_memory_bytes).sum()
}

fn own_memory_bytes(id: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// The process that listens on this address, as far as we may look.
#[must_use]
pub fn listener_of(address: SocketAddr) -> Option<u32> {
    let table = ["/proc/net/tcp", "/proc/net/tcp6"].map(|path| std::fs::read_to_string(path).unwrap_or_default());
    let port = format!(":{:04X}", address.port());
    let inodes: Vec<String> =
        table.iter().flat_map(|text| text.lines()).filter_map(|line| inode(line, &port)).collect();
    all().into_keys().find(|id| inodes.iter().any(|inode| holds(*id, inode)))
}

/// The inode of a socket that listens (state 0A) on this port.
fn inode(line: &str, port: &str) -> Option<String> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let is_it = fields.get(1)?.ends_with(port) && *fields.get(3)? == "0A";
    is_it.then(|| format!("socket:[{}]", fields.get(9).unwrap_or(&"")))
}

fn holds(id: u32, inode: &str) -> bool {
    let files = std::fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
    files.filter_map(|file| std::fs::read_link(file.path()).ok()).any(|target| target.as_os_str() == inode)
}

/// Processor time of the calling thread so far, where the system tells.
#[must_use]
pub fn thread_time() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// What starts a program by way of others, such as `taskset`, which each become what follows them.
pub fn by_way_of(words: &[&str], program: &Path) -> Command {
    let Some((first, rest)) = words.split_first() else { return Command::new(program) };
    let mut command = Command::new(first);
    command.args(rest).arg(program);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_counted() {
        let before = own_cpu();
        let mut value = 1_u64;
        while own_cpu().since(before).total() < Duration::from_millis(50) {
            value = std::hint::black_box(value.wrapping_mul(3));
        }
        assert!(cpu(&[std::process::id()]).since(before).total() >= Duration::from_millis(50));
    }

    #[test]
    fn whoever_listens_is_found() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound");
        assert_eq!(listener_of(address), Some(std::process::id()));
        assert!(memory_bytes(&[std::process::id()]) > 0);
    }
}
