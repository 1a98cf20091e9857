//! When the last backup of a data folder was made: kept in a file of it, so that whoever watches the server's metrics, and the
//! doctor, know it over restarts, and also of backups that were made while no server ran. It is about this folder: a
//! restored one has none.

use std::path::Path;

use super::Report;
use crate::keys::write_atomically;

/// The file of the data folder.
const FILE: &str = "last-backup";
const FILE_MODE: u32 = 0o600;

/// When it was, Unix milliseconds; nothing if there was none, or the file cannot be understood.
pub fn read(data: &Path) -> Option<i64> {
    let text = std::fs::read_to_string(data.join(FILE)).ok()?;
    let (at, sum) = text.trim().split_once(' ')?;
    (sum == sum_of(at)).then(|| at.parse().ok())?
}

/// Tells the metrics what the folder says.
pub fn observe(data: &Path) {
    metrics::BACKUP_SECONDS.set(read(data).unwrap_or(0) / 1_000);
}

/// Notes what became of a backup.
pub fn note(data: &Path, outcome: &anyhow::Result<Report>) {
    match outcome {
        Err(_) => metrics::BACKUPS.inc("failed"),
        Ok(report) if !report.is_fine() => metrics::BACKUPS.inc("gaps"),
        Ok(report) => {
            metrics::BACKUPS.inc("whole");
            let at_ms = report.header.as_ref().map_or(0, |header| header.at_ms);
            if let Err(error) = write(data, at_ms) {
                tracing::warn!(%error, "the time of the backup cannot be kept");
            }
            observe(data);
        }
    }
}

fn write(data: &Path, at_ms: i64) -> anyhow::Result<()> {
    let at = at_ms.to_string();
    let line = format!("{at} {}\n", sum_of(&at));
    write_atomically(&data.join(FILE), line.as_bytes(), FILE_MODE)
}

fn sum_of(at: &str) -> String {
    format!("{:08x}", crc32c::crc32c(at.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_kept_and_a_damaged_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()), None);
        write(folder.path(), 1_800_000_000_123).unwrap();
        assert_eq!(read(folder.path()), Some(1_800_000_000_123));
        let whole = std::fs::read(folder.path().join(FILE)).unwrap();
        for bit in 0..(whole.len() - 1) * 8 {
            let mut bytes = whole.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(folder.path().join(FILE), bytes).unwrap();
            assert!(read(folder.path()).is_none_or(|at| at == 1_800_000_000_123), "bit {bit}");
        }
    }
}
