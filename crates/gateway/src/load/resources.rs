//! What the process has left of files and memory, from the system's own words.

use std::path::Path;

use rustix::process::{Resource, getrlimit};

use crate::limits::{
    FILES_FOR_STRANGERS_PERCENT, FILES_KEPT, FILES_KEPT_PART, MEMORY_LEFT_MIN_BYTES, STORE_LEFT_MIN_BYTES,
};

/// What is open: since Linux 6.2 the folder's size is their number.
const OPEN: &str = "/proc/self/fd";

/// Looks, tells the metrics, and says whether memory or the disk is nearly out.
pub(super) fn look() -> bool {
    let resident = read("/proc/self/statm").and_then(|text| resident_bytes(&text, rustix::param::page_size() as u64));
    metrics::RESIDENT_BYTES.set(signed(resident.unwrap_or_default()));
    let left = memory_left();
    metrics::MEMORY_LEFT_BYTES.set(signed(left.unwrap_or_default()));
    let disk = u64::try_from(metrics::STORE_FREE_BYTES.get()).unwrap_or_default();
    // 0: nobody has measured it, as with a database elsewhere.
    let is_disk_short = disk > 0 && disk < STORE_LEFT_MIN_BYTES;
    left.is_some_and(|left| left < MEMORY_LEFT_MIN_BYTES) || is_disk_short || metrics::STORE_READ_ONLY.get() != 0
}

/// Looks at the files, tells the metrics, and says whether the rest of them is not for strangers. Where they have to be counted
/// one by one nothing is said, unless `may_count`.
pub(super) fn look_at_files(may_count: bool) -> Option<bool> {
    let told = std::fs::metadata(OPEN).map(|folder| folder.len()).unwrap_or_default();
    let open = if told == 0 && may_count { counted_files() } else { told };
    if open == 0 {
        return None;
    }
    let most = files();
    let are_scarce = open >= for_strangers(most);
    metrics::OPEN_FILES.set(signed(open));
    metrics::OPEN_FILES_MAX.set(signed(most));
    metrics::FILES_SCARCE.set(are_scarce.into());
    Some(are_scarce)
}

/// Files that may be open before connections take no more of them.
pub(crate) fn files_for_connections() -> u64 {
    without_kept(files())
}

/// Files that may be open before strangers get none.
pub(crate) fn files_for_strangers() -> u64 {
    for_strangers(files())
}

/// Files that the system lets the process have.
fn files() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

fn without_kept(most: u64) -> u64 {
    most - FILES_KEPT.min(most / FILES_KEPT_PART)
}

fn for_strangers(most: u64) -> u64 {
    let (hundreds, rest) = (without_kept(most) / 100, without_kept(most) % 100);
    hundreds * FILES_FOR_STRANGERS_PERCENT + rest * FILES_FOR_STRANGERS_PERCENT / 100
}

fn counted_files() -> u64 {
    std::fs::read_dir(OPEN).map(Iterator::count).unwrap_or_default() as u64
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
    fn the_last_files_are_for_people_with_keys_and_the_very_last_for_the_store() {
        for (most, strangers, connections) in [(128, 106, 112), (1_024, 851, 896), (20_000, 18_756, 19_744)] {
            assert_eq!((for_strangers(most), without_kept(most)), (strangers, connections), "of {most}");
        }
        assert!(for_strangers(u64::MAX) > u64::MAX / 2, "as many as they like");
    }

    #[test]
    fn this_process_is_seen() {
        look();
        assert_eq!(look_at_files(true), Some(false));
        assert!(metrics::OPEN_FILES.get() > 2 && metrics::RESIDENT_BYTES.get() > 1_000_000);
        assert!(metrics::OPEN_FILES_MAX.get() > 2 && metrics::MEMORY_LEFT_BYTES.get() > 0);
    }
}
