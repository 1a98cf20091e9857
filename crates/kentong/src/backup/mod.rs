//! Backups: one file with everything of one instant (records, media, the server's key and secrets), made while the server
//! works, checked by anyone, and restored into any engine.
//!
//! `create` is an order to the administration, so that a running server does it on its own store; `verify` and `restore`
//! need no server. The format is in [`format`] and, in words, in docs/backup.md.

pub mod content;
pub mod create;
pub mod files;
pub mod format;
pub mod last;
pub mod limits;
pub mod place;
pub mod reader;
pub mod report;
pub mod restore;
pub mod verify;
pub mod walk;
pub mod writer;

#[cfg(test)]
mod tests;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Subcommand;

pub use create::{Source, Tell, create};
pub use report::Report;

use crate::admin::{self, Order, Outcome};
use crate::config::Config;

/// What to do with backups.
#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Write a backup, with or without a running server; it holds every key and secret of the server
    ///
    /// The exit code is 0 when all is in it. It is 1 when something was damaged or missing before, which is named, and when no
    /// backup could be written: then there is no file.
    Create {
        /// A file that is not there yet, or a folder, in which it is named after its time
        #[arg(value_name = "FILE|FOLDER")]
        target: PathBuf,
        /// Once it is whole and complete, remove all but the newest so many of the folder that are named after their time
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
        keep: Option<u16>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Read a whole backup and say what it holds and what of it is damaged
    ///
    /// The exit code is 0 when it is whole and nothing was missing when it was made, else 1.
    Verify {
        /// The backup
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Fill an empty data folder, and the store that is configured for it, from a backup
    ///
    /// The server that the backup is of must not run any more: both would give out the same numbers. What came after the
    /// backup is gone; every client starts its lists anew. When anything is wrong nothing is restored, and the exit code is 1.
    Restore {
        /// The backup
        file: PathBuf,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Does it; the exit code is 1 when a backup is not all it should be.
pub fn run(config: &Config, command: BackupCommand) -> Result<ExitCode> {
    match command {
        BackupCommand::Create { target, keep, json } => make(config, &target, keep, json),
        BackupCommand::Verify { file, json } => tell(&verify::verify(&file)?, json),
        BackupCommand::Restore { file, json } => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let report = runtime.block_on(restore::restore(config, &file))?;
            tell(&report, json)?;
            if !json {
                crate::print(&format!("  into      {}\n", config.data_dir().display()))?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn make(config: &Config, target: &Path, keep: Option<u16>, json: bool) -> Result<ExitCode> {
    if keep.is_some() && !target.is_dir() {
        bail!("--keep is for a folder of backups, and {} is none", target.display());
    }
    refuse_empty(&config.data_dir())?;
    let target = std::path::absolute(target).with_context(|| format!("there is no place {}", target.display()))?;
    let is_watched = std::io::stderr().is_terminal();
    let outcome = admin::ask_telling(config, Order::Backup { target }, &mut |progress| {
        if is_watched {
            eprintln!("{progress}");
        }
    })?;
    let Outcome::Backup(report) = outcome else {
        bail!("the server does not answer with a backup: is it another version?")
    };
    let code = tell(&report, json)?;
    if let Some(keep) = keep {
        if !report.is_fine() {
            eprintln!("no older backup was removed: this one lacks what is named above, and they may have it");
            return Ok(code);
        }
        for removed in place::prune(Path::new(&report.path), keep.into())? {
            eprintln!("removed {}", removed.display());
        }
    }
    Ok(code)
}

/// An empty folder would be taken for one to begin in; where a backup is wanted, its disk was not mounted. The backup of
/// nothing would be a success, and push the good ones out.
fn refuse_empty(data: &Path) -> Result<()> {
    let Ok(mut listed) = std::fs::read_dir(data) else { return Ok(()) };
    if listed.all(|entry| entry.is_ok_and(|entry| entry.file_name() == "lost+found")) {
        bail!("{} is empty: there is nothing to back up (is its disk mounted?)", data.display());
    }
    Ok(())
}

fn tell(report: &Report, json: bool) -> Result<ExitCode> {
    crate::print(&if json { serde_json::to_string(report)? + "\n" } else { report.text() })?;
    Ok(if report.is_fine() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
