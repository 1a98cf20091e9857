//! What the process has left of files and memory, from the system's own words.

use std::path::Path;

use crate::limits::{MEMORY_LEFT_MIN_BYTES, STORE_LEFT_MIN_BYTES};

/// Looks, tells the metrics, and says whether memory or the disk is nearly out.
pub(super) fn look() -> bool {
    let resident = read("/proc/self/statm").and_then(|text| resident_bytes(&text, rustix::param::page_size() as u64));
    metrics::RESIDENT_BYTES.set(signed(resident.unwrap_or_default()));
    let left = memory_left();
    metrics::MEMORY_LEFT_BYTES.set(signed(left.unwrap_or_default()));
    metrics::OPEN_FILES.set(open_files());
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    metrics::OPEN_FILES_MAX.set(signed(limit.unwrap_or(u64::MAX)));
    let disk = u64::try_from(metrics::STORE_FREE_BYTES.get()).unwrap_or_default();
    // 0: nobody has measured it, as with a database elsewhere.
    let is_disk_short = disk > 0 && disk < STORE_LEFT_MIN_BYTES;
    left.is_some_and(|left| left < MEMORY_LEFT_MIN_BYTES) || is_disk_short || metrics::STORE_READ_ONLY.get() != 0
}

fn open_files() -> i64 {
    let entries = std::fs::read_dir("/proc/self/fd").map(Iterator::count).unwrap_or_default();
    i64::try_from(entries).unwrap_or(i64::MAX)
}

/// Of the control group where that has a bound, else of the machine.
fn memory_left() -> Option<u64> {
    let machine = read("/proc/meminfo").and_then(|text| available_bytes(&text));
    let group = Path::new("/sys/fs/cgroup");
    let number = |name: &str| std::fs::read_to_string(group.join(name)).ok()?.trim().parse::<u64>().ok();
    let of_group = number("memory.max").zip(number("memory.current")).map(|(most, used)| most.saturating_sub(used));
    [machine, of_group].into_iter().flatten().min()
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

/// The second number of `statm`, in pages.
fn resident_bytes(statm: &str, page_bytes: u64) -> Option<u64> {
    statm.split_whitespace().nth(1)?.parse::<u64>().ok()?.checked_mul(page_bytes)
}

/// The line `MemAvailable:    1234 kB`.
fn available_bytes(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_s_words_are_understood() {
        assert_eq!(resident_bytes("100 7 3 1 0 50 0\n", 4096), Some(28_672));
        assert_eq!(available_bytes("MemTotal: 9 kB\nMemAvailable:    1234 kB\n"), Some(1_263_616));
        for bad in ["", "x", "1 y", "MemAvailable: much"] {
            assert_eq!((resident_bytes(bad, 4096), available_bytes(bad)), (None, None));
        }
    }

    #[test]
    fn this_process_is_seen() {
        look();
        assert!(metrics::OPEN_FILES.get() > 2 && metrics::RESIDENT_BYTES.get() > 1_000_000);
        assert!(metrics::OPEN_FILES_MAX.get() > 2 && metrics::MEMORY_LEFT_BYTES.get() > 0);
    }
}
