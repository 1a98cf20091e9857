//! Opening a store, with a watchdog, and refusing one that lost what was acknowledged.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Instant;

use failpoint::failpoint;

use super::engine::{self, Engine};
use super::options::EmbeddedOptions;
use super::ring::{self, Sequence};
use crate::high_water::{HighWater, Mark};
use crate::{StoreError, limits};

/// Folder of the engine within the store's.
const ENGINE_FOLDER: &str = "fjall";
/// The engine creates this file last: without it, it never finished being created.
const ENGINE_MARKER: &str = "version";
/// File of the high-water mark within the store's folder.
const HIGH_WATER_FILE: &str = "high-water";

/// Why a store does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or a file of it cannot be used.
    #[error("cannot open the store in {}: {source}", path.display())]
    Io {
        /// What was to be used.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The engine does not recognise or cannot read what is there.
    #[error("the engine cannot open {}: {reason}", path.display())]
    Engine {
        /// The engine's folder.
        path: PathBuf,
        /// What the engine said.
        reason: String,
    },
    /// The engine took too long.
    #[error("the engine did not open {} within {} s", path.display(), seconds)]
    TimedOut {
        /// The engine's folder.
        path: PathBuf,
        /// The bound.
        seconds: u64,
    },
    /// Acknowledged groups at the end are gone.
    #[error(
        "the store lost acknowledged writes: it ends at group {found}, group {expected} was acknowledged; restore a backup or salvage what is left"
    )]
    Shortened {
        /// Last group that is there.
        found: u64,
        /// Last group that was acknowledged.
        expected: u64,
    },
    /// An acknowledged group in the recent past is gone.
    #[error(
        "the store lost acknowledged writes: group {missing} is missing although it reaches to group {head}; restore a backup or salvage what is left"
    )]
    Hole {
        /// The latest group that is missing.
        missing: u64,
        /// Last group that is there.
        head: u64,
    },
    /// The mark of what was acknowledged is missing or unreadable, so completeness cannot be shown.
    #[error("cannot tell whether the store is complete: {} is {what}; restore a backup or salvage what is left", path.display())]
    NoMark {
        /// The file of the mark.
        path: PathBuf,
        /// Missing or damaged.
        what: &'static str,
    },
    /// Files of the engine are not what it wrote.
    #[error("files of the store are damaged: {}; restore a backup or salvage what is left", list(files))]
    Damaged {
        /// Which files.
        files: Vec<PathBuf>,
    },
    /// The store's own records cannot be read.
    #[error("the store's own records cannot be read: {0}")]
    Read(#[from] StoreError),
}

/// An opened store, before its threads run.
pub(crate) struct Opened {
    pub(crate) engine: Engine,
    pub(crate) high_water: HighWater,
    pub(crate) head: u64,
}

/// Opens or creates the store in `folder`.
pub(crate) fn open(folder: &Path, options: &EmbeddedOptions) -> Result<Opened, OpenError> {
    let in_folder = |source| OpenError::Io { path: folder.to_owned(), source };
    fs::create_dir_all(folder).map_err(in_folder)?;
    let mark_path = folder.join(HIGH_WATER_FILE);
    let (file, mark) = HighWater::open(&mark_path).map_err(in_folder)?;
    let is_new = clear_unfinished_creation(folder, mark).map_err(in_folder)?;
    let expected = expected_head(mark, is_new, &mark_path, options)?;
    let file = match file {
        Some(file) if matches!(mark, Mark::At(_)) => file,
        _ => HighWater::create(&mark_path, 0).map_err(in_folder)?,
    };
    failpoint!("store.open.before_engine");
    let engine = open_engine(folder, options)?;
    failpoint!("store.open.after_engine");
    let sequence = ring::read(&engine.view()).map_err(|error| name_damage(&engine, error))?;
    match judge(sequence, expected) {
        Ok(()) => Ok(Opened { engine, high_water: file, head: sequence.head }),
        Err(loss) if options.accept_loss => {
            tracing::error!(%loss, "salvaging a store that lost writes");
            salvage(engine, &mark_path, sequence.head)
        }
        Err(loss) => Err(loss),
    }
}

/// Opens the engine of the store in `folder`, reporting while it takes long and giving up past the bound.
pub(crate) fn open_engine(folder: &Path, options: &EmbeddedOptions) -> Result<Engine, OpenError> {
    let path = engine_folder(folder);
    let (report, opened) = mpsc::channel();
    let job = {
        let (path, options) = (path.clone(), options.clone());
        move || report.send(Engine::open(&path, &options))
    };
    let spawned = std::thread::Builder::new().name("store-open".into()).spawn(job);
    spawned.map_err(|source| OpenError::Io { path: path.clone(), source })?;
    let started = Instant::now();
    loop {
        match opened.recv_timeout(limits::OPEN_REPORT_INTERVAL.min(options.open_timeout)) {
            Ok(outcome) => return outcome.map_err(|error| OpenError::Engine { path, reason: engine::explain(&error) }),
            Err(RecvTimeoutError::Disconnected) => {
                return Err(OpenError::Engine { path, reason: "it panicked while opening".into() });
            }
            Err(RecvTimeoutError::Timeout) if started.elapsed() >= options.open_timeout => {
                return Err(OpenError::TimedOut { path, seconds: options.open_timeout.as_secs() });
            }
            Err(RecvTimeoutError::Timeout) => {
                tracing::warn!(elapsed_seconds = started.elapsed().as_secs(), "the store is still opening");
            }
        }
    }
}

/// The files behind a failed read, if they can be found.
fn name_damage(engine: &Engine, error: StoreError) -> OpenError {
    let files = engine.view().damaged_tables();
    if files.is_empty() { OpenError::Read(error) } else { OpenError::Damaged { files } }
}

fn list(files: &[PathBuf]) -> String {
    files.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// Where the engine of the store in `folder` lives.
pub(crate) fn engine_folder(folder: &Path) -> PathBuf {
    folder.join(ENGINE_FOLDER)
}

/// Whether there is no engine yet. One whose creation was interrupted before anything was acknowledged is removed, because
/// the engine itself stumbles over its own leftovers.
fn clear_unfinished_creation(folder: &Path, mark: Mark) -> io::Result<bool> {
    let engine = engine_folder(folder);
    if !engine.try_exists()? {
        return Ok(true);
    }
    let is_unfinished = mark == Mark::At(0) && !engine.join(ENGINE_MARKER).try_exists()?;
    if is_unfinished {
        fs::remove_dir_all(&engine)?;
    }
    Ok(is_unfinished)
}

/// The group that must at least be there.
fn expected_head(mark: Mark, is_new: bool, path: &Path, options: &EmbeddedOptions) -> Result<u64, OpenError> {
    let what = match mark {
        Mark::At(number) if is_new && number > 0 && !options.accept_loss => {
            return Err(OpenError::Shortened { found: 0, expected: number });
        }
        Mark::At(number) => return Ok(number),
        Mark::Missing if is_new => return Ok(0),
        _ if options.accept_loss => return Ok(0),
        Mark::Missing => "missing",
        Mark::Damaged => "damaged",
    };
    Err(OpenError::NoMark { path: path.to_owned(), what })
}

fn judge(sequence: Sequence, expected: u64) -> Result<(), OpenError> {
    let Sequence { head, missing } = sequence;
    if head < expected {
        return Err(OpenError::Shortened { found: head, expected });
    }
    missing.map_or(Ok(()), |missing| Err(OpenError::Hole { missing, head }))
}

/// Accepts what is left: the sequence goes on from it.
fn salvage(engine: Engine, mark_path: &Path, head: u64) -> Result<Opened, OpenError> {
    let repaired = engine.write(&ring::restart_at(head));
    repaired.map_err(|error| OpenError::Engine { path: mark_path.to_owned(), reason: error.reason })?;
    let file =
        HighWater::create(mark_path, head).map_err(|source| OpenError::Io { path: mark_path.to_owned(), source })?;
    Ok(Opened { engine, high_water: file, head })
}
