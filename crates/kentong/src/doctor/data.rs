//! The data: every record of one instant, every mailbox counted through, every letter accounted for, the engine's own files,
//! every object of media read.

use std::path::PathBuf;
use std::pin::pin;
use std::time::Instant;

use anyhow::{Context, Result};
use blobs::{Blobs, Folder};
use bytes::Bytes;
use platform::Platform;
use platform::inspect::{Inspected, Inspector, MediaBook, Trouble, Waiting};
use store::{Key, Skipped, Store};
use tokio::time::timeout;

use super::Finding;
use super::limits::{LETTERS_OLD_MS, PROGRESS_INTERVAL};
use crate::backup::Tell;
use crate::backup::content::object_name;
use crate::backup::create::name_of;
use crate::backup::report::Named;
use crate::civil::Civil;
use crate::clock;

const LOST: &str =
    "restore a backup, or stop the server and run `kentong doctor --salvage`, which goes on with what is left";

/// What is looked at.
pub struct Patient<'a> {
    /// Where the records are.
    pub store: &'a Store,
    /// Where the media are.
    pub blobs: &'a Blobs,
    /// The platform of a running server, on which media are being uploaded and removed meanwhile.
    pub running: Option<&'a Platform>,
}

/// What a look at the data gave.
#[derive(Default)]
pub struct Examined {
    /// For people.
    pub findings: Vec<Finding>,
    /// What to write to bring projections in line with the logs.
    pub projections: Vec<Change>,
    /// What to write so that clients start anew that are older than a gap.
    pub gaps: Vec<Change>,
    /// Folders of media that nothing names.
    pub orphans: Vec<Folder>,
    /// What could not be read.
    pub skipped: Vec<Skipped>,
    /// Files of the engine that are not as it wrote them.
    pub damaged_files: Vec<PathBuf>,
    /// Everything that is lost, in words.
    pub losses: Vec<String>,
}

/// A key, and the value to write or to delete it.
pub type Change = (Key, Option<Bytes>);

/// What was found of each kind.
#[derive(Default)]
struct Found {
    records: Named<String>,
    gaps: Named<String>,
    projections: Named<String>,
    media: Named<String>,
}

/// Looks at everything.
///
/// # Errors
/// When the store or the media cannot be read at all.
pub async fn examine(patient: &Patient<'_>, tell: Tell<'_>) -> Result<Examined> {
    let _held = match patient.running {
        Some(platform) => Some(platform.hold_media().await),
        None => None,
    };
    let mut examined = Examined::default();
    let mut found = Found::default();
    let inspected = records(patient.store, &mut examined, &mut found, tell).await?;
    found.tell(inspected.mailboxes, &mut examined.findings);
    examined.findings.push(letters(&inspected.letters, patient.running.is_some()));
    engine(patient.store, &mut examined, tell).await?;
    objects(patient.blobs, &inspected.media, found.media, &mut examined, tell).await?;
    if patient.running.is_none() {
        orphans(patient.blobs, &inspected.media, &mut examined).await?;
    }
    Ok(examined)
}

async fn records(store: &Store, examined: &mut Examined, found: &mut Found, tell: Tell<'_>) -> Result<Inspected> {
    let mut snapshot = store.snapshot().await.context("the store cannot be read")?;
    let mut inspector = Inspector::default();
    let (mut count, mut told) = (0, Instant::now());
    loop {
        match snapshot.next_chunk().await {
            Ok(None) => break,
            Ok(Some(chunk)) => {
                count += chunk.len();
                for (key, record) in chunk {
                    inspector.take(&key, &record).into_iter().for_each(|finding| found.take(finding, examined));
                }
            }
            Err(error) => {
                let skipped = snapshot.skip_damaged().await.context("the store cannot be read")?;
                let skipped = skipped.ok_or(error).context("the store cannot be read")?;
                examined.losses.push(name_of(&skipped));
                found.records.push(name_of(&skipped));
                examined.skipped.push(skipped);
            }
        }
        if told.elapsed() >= PROGRESS_INTERVAL {
            told = Instant::now();
            tell(&format!("{count} records read"));
        }
    }
    let (rest, inspected) = inspector.finish();
    rest.into_iter().for_each(|finding| found.take(finding, examined));
    examined.findings.push(match found.records.is_empty() {
        true => Finding::ok("records", format!("{count}, all intact, in the engine \"{}\"", store.engine())),
        false => Finding::fault("records", "these are damaged or cannot be understood:", LOST).with(&found.records),
    });
    Ok(inspected)
}

/// Letters are taken within seconds; on a stopped server they wait for the next start.
fn letters(waiting: &Waiting, is_running: bool) -> Finding {
    let Some(oldest) = waiting.oldest else { return Finding::ok("letters", "between mailboxes: none waits") };
    let text = format!("between mailboxes: {} wait, the oldest since {} UTC", waiting.count, Civil::of(oldest.into()));
    let age_ms = clock::wall_ms() - i64::from(oldest) * 1_000;
    if is_running && age_ms > LETTERS_OLD_MS {
        let advice = "see in the log why; they are tried again every few seconds, and nothing of them is lost";
        return Finding::warning("letters", text, advice);
    }
    Finding::ok("letters", text)
}

/// The engine's own files: damage in a part of them that no record is read from today.
async fn engine(store: &Store, examined: &mut Examined, tell: Tell<'_>) -> Result<()> {
    let mut looking = pin!(store.damaged_files());
    let damaged = loop {
        match timeout(PROGRESS_INTERVAL, &mut looking).await {
            Ok(outcome) => break outcome.context("the files of the engine cannot be read")?,
            Err(_) => tell("the engine's files are read"),
        }
    };
    if damaged.is_empty() {
        if let Store::Embedded(_) = store {
            examined.findings.push(Finding::ok("engine", "its files are as it wrote them"));
        }
        return Ok(());
    }
    let mut named = Named::default();
    for path in &damaged {
        examined.losses.push(format!("the file {}, or a part of it", path.display()));
        named.push(path.display().to_string());
    }
    examined.findings.push(Finding::fault("engine", "these files are not as it wrote them:", LOST).with(&named));
    examined.damaged_files = damaged;
    Ok(())
}

impl Found {
    fn take(&mut self, finding: platform::inspect::Finding, examined: &mut Examined) {
        let platform::inspect::Finding { trouble, text, repair } = finding;
        match trouble {
            Trouble::Projection => {
                examined.projections.extend(repair);
                self.projections.push(text);
            }
            Trouble::Gap => {
                examined.gaps.extend(repair);
                examined.losses.push(text.clone());
                self.gaps.push(text);
            }
            Trouble::Record => {
                examined.losses.push(text.clone());
                self.records.push(text);
            }
            Trouble::Medium => {
                examined.losses.push(text.clone());
                self.media.push(text);
            }
        }
    }

    fn tell(&self, mailboxes: u64, findings: &mut Vec<Finding>) {
        findings.push(match self.gaps.is_empty() {
            true => Finding::ok("logs", format!("of {mailboxes} mailboxes, all without a gap")),
            false => Finding::fault("logs", "something acknowledged is gone:", LOST).with(&self.gaps),
        });
        findings.push(match self.projections.is_empty() {
            true => Finding::ok("counters", "and lists are what the logs add up to"),
            false => {
                let advice = "stop the server and run `kentong doctor --fix`, which counts them anew";
                Finding::warning("counters", "and lists are not what the logs add up to:", advice)
                    .with(&self.projections)
            }
        });
    }
}

/// Reads every object of media.
async fn objects(
    blobs: &Blobs,
    book: &MediaBook,
    mut wrong: Named<String>,
    examined: &mut Examined,
    tell: Tell<'_>,
) -> Result<()> {
    let mut told = Instant::now();
    for (number, object) in book.objects.iter().enumerate() {
        let name = object_name(object.folder.0, &object.name);
        match object.check(blobs).await {
            Ok(()) => {}
            Err(error) if error.is_damage() => {
                examined.losses.push(format!("{name}: {error}"));
                wrong.push(format!("{name}: {error}"));
            }
            Err(error) => return Err(error).context(name),
        }
        if told.elapsed() >= PROGRESS_INTERVAL {
            told = Instant::now();
            tell(&format!("{number} of {} objects of media read", book.objects.len()));
        }
    }
    let (media, objects) = (book.media.len(), book.objects.len());
    examined.findings.push(match wrong.is_empty() {
        true => Finding::ok("media", format!("{media} in {objects} objects, all there and intact")),
        false => {
            let advice =
                "take them from a backup; people are told that a damaged file is not there, and nothing else is hurt";
            Finding::fault("media", "these are missing or damaged:", advice).with(&wrong)
        }
    });
    Ok(())
}

/// Looks for folders that nothing names.
async fn orphans(blobs: &Blobs, book: &MediaBook, examined: &mut Examined) -> Result<()> {
    let there = blobs.folders().await.context("the media cannot be listed")?;
    examined.orphans = there.into_iter().filter(|folder| !book.folders.contains(folder)).collect();
    let count = examined.orphans.len();
    examined.findings.push(match count {
        0 => Finding::ok("leftovers", "no files that nobody names"),
        _ => Finding::warning(
            "leftovers",
            format!("{count} folders of media that nobody names; they only take room"),
            "run `kentong doctor --fix`, which removes them",
        ),
    });
    Ok(())
}
