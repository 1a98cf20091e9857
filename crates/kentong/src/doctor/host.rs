//! What a server stands on outside its data: configuration, ports, disk, clock.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::net::TcpListener;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, Instant, UNIX_EPOCH};

use super::Finding;
use super::limits::{CLOCK_BEHIND_MAX_MS, CLOCK_EARLIEST_MS, SYNC_INCREDIBLE, SYNC_SLOW, SYNCS};
use crate::address;
use crate::civil::Civil;
use crate::clock;
use crate::config::Config;

const MIB: u64 = 1024 * 1024;
/// What is written to see how long a sync takes.
const PROBE_FILE: &str = "doctor.new";
const BLOCK: [u8; 4096] = [7; 4096];
/// File systems by the number they give themselves.
const FILE_SYSTEMS: [(i64, &str); 11] = [
    (0xef53, "ext4"),
    (0x5846_5342, "xfs"),
    (0x9123_683e, "btrfs"),
    (0x2fc1_2fc1, "zfs"),
    (0xf2f5_2010, "f2fs"),
    (0x6573_5546, "fuse"),
    (0x0102_1994, "tmpfs"),
    (0x794c_7630, "overlay"),
    (0x6969, "nfs"),
    (0xff53_4d42, "cifs"),
    (0xfe53_4d42, "smb"),
];

/// The configuration could be read.
pub fn configuration(unknown_variables: &[String]) -> Finding {
    match unknown_variables.first() {
        None => Finding::ok("configuration", "is understood"),
        Some(variable) => Finding::warning(
            "configuration",
            format!("the environment variable {variable} means nothing"),
            "correct its name, or remove it",
        ),
    }
}

/// The ports to listen on are free, or ours.
pub fn ports(config: &Config, is_running: bool) -> Vec<Finding> {
    let held = if is_running { address::read_listening(&config.data_dir()) } else { Vec::new() };
    let addresses = config.server.listen.iter().filter(|address| address.port() != 0);
    let look = |address: &std::net::SocketAddr| {
        if held.contains(address) {
            return Finding::ok("port", format!("{address} is held by this server"));
        }
        match TcpListener::bind(address) {
            Ok(_) if is_running => Finding::warning(
                "port",
                format!("{address} is configured, and the running server does not listen there"),
                "start the server again, or see with which --listen it was started",
            ),
            Ok(_) => Finding::ok("port", format!("{address} is free")),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                Finding::fault("port", format!("{address} is held by another program"), "see `ss -ltnp`")
            }
            Err(error) => {
                Finding::fault("port", format!("{address}: {error}"), "choose another address in `server.listen`")
            }
        }
    };
    addresses.map(look).collect()
}

/// Room, file system, and how long a sync really takes.
pub fn disk(folder: &Path) -> Vec<Finding> {
    vec![room(folder), file_system(folder), sync(folder)]
}

fn room(folder: &Path) -> Finding {
    let disk = match rustix::fs::statvfs(folder) {
        Ok(disk) => disk,
        Err(error) => return Finding::fault("disk", error.to_string(), "see whether the disk is there"),
    };
    let (free, all) = (disk.f_bavail.saturating_mul(disk.f_frsize), disk.f_blocks.saturating_mul(disk.f_frsize));
    let text = format!("{} of {} MiB are free", free / MIB, all / MIB);
    let messages = store::limits::FLOOR_MAX_BYTES.min(all / store::limits::FLOOR_DISK_FRACTION);
    let files = blobs::limits::FLOOR_MAX_BYTES.min(all / blobs::limits::FLOOR_DISK_FRACTION);
    if free < messages {
        return Finding::fault("disk", format!("{text}: the server takes no messages"), "make room");
    }
    if free < files {
        return Finding::warning("disk", format!("{text}: the server takes no files"), "make room");
    }
    Finding::ok("disk", text)
}

fn file_system(folder: &Path) -> Finding {
    let number = match rustix::fs::statfs(folder) {
        Ok(about) => about.f_type,
        Err(error) => return Finding::fault("file system", error.to_string(), "see whether the disk is there"),
    };
    let name = FILE_SYSTEMS.iter().find(|(known, _)| *known == number as i64).map_or("unknown", |(_, name)| name);
    match name {
        "tmpfs" => Finding::warning(
            "file system",
            "tmpfs: everything is gone when the machine stops",
            "put the data folder on a disk",
        ),
        "nfs" | "cifs" | "smb" => {
            let advice =
                "put the data folder on a disk of this machine: locks and syncs over a network keep no promises";
            Finding::warning("file system", name, advice)
        }
        "overlay" => {
            let advice = "give the container a volume for the data folder: its own layer goes when it goes";
            Finding::warning("file system", name, advice)
        }
        name => Finding::ok("file system", name),
    }
}

fn sync(folder: &Path) -> Finding {
    let path = folder.join(PROBE_FILE);
    let measured = measure(&path);
    let _ = std::fs::remove_file(&path);
    let mut times = match measured {
        Ok(times) => times,
        Err(error) => {
            return Finding::fault(
                "sync",
                format!("cannot write in {}: {error}", folder.display()),
                "see whose the folder is",
            );
        }
    };
    times.sort_unstable();
    speed(times[times.len() / 2], times[times.len() - 1])
}

fn speed(median: Duration, worst: Duration) -> Finding {
    let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
    let text = format!("a sync takes {:.2} ms, at worst {:.2} ms", millis(median), millis(worst));
    if median > SYNC_SLOW {
        return Finding::warning("sync", text, "every message waits for one: use a quicker disk");
    }
    if median < SYNC_INCREDIBLE {
        return Finding::warning(
            "sync",
            text,
            "no disk is so quick: see whether it loses what it says it has when power is cut",
        );
    }
    Finding::ok("sync", text)
}

fn measure(path: &Path) -> io::Result<Vec<Duration>> {
    let file = File::create(path)?;
    let one = |number: usize| {
        file.write_all_at(&BLOCK, (number * BLOCK.len()) as u64)?;
        let started = Instant::now();
        file.sync_data()?;
        Ok(started.elapsed())
    };
    (0..SYNCS).map(one).collect()
}

/// The wall clock against the time that the server last told, and against the files.
pub fn clock(folder: &Path) -> Vec<Finding> {
    let now_ms = clock::wall_ms();
    let told_ms = clock::last_told_ms(folder);
    let written = folder.join(clock::FILE).metadata().and_then(|about| about.modified()).ok();
    let written_ms =
        written.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).map_or(0, |since| since.as_millis() as i64);
    let show = |ms: i64| Civil::of(ms.div_euclid(1_000)).to_string();
    let latest_ms = told_ms.max(written_ms);
    let text = format!("shows {} UTC", show(now_ms));
    vec![if now_ms < CLOCK_EARLIEST_MS {
        Finding::fault("clock", text, "set it: clients refuse a server that lives in the past")
    } else if latest_ms - now_ms > CLOCK_BEHIND_MAX_MS {
        let text = format!("{text}, but the server told {} before", show(latest_ms));
        Finding::warning("clock", text, "set it, and keep it by NTP; until then the server goes on from the later time")
    } else {
        Finding::ok("clock", text)
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    #[test]
    fn disks_that_are_slow_or_too_good_to_be_true_are_doubtful() {
        let level = |median: Duration| speed(median, Duration::from_millis(70)).level;
        assert_eq!(level(Duration::from_millis(1)), Level::Ok);
        assert_eq!(level(SYNC_SLOW + Duration::from_micros(1)), Level::Warning);
        assert_eq!(level(SYNC_INCREDIBLE - Duration::from_nanos(1)), Level::Warning);
    }

    #[test]
    fn a_clock_in_the_past_is_doubtful() {
        let folder = tempfile::tempdir().unwrap();
        let later_ms = clock::wall_ms() + 2 * CLOCK_BEHIND_MAX_MS;
        assert_eq!(clock(folder.path())[0].level, Level::Ok);
        std::fs::write(folder.path().join(clock::FILE), format!("{later_ms} = {later_ms}\n")).unwrap();
        assert_eq!(clock(folder.path())[0].level, Level::Warning);
    }
}
