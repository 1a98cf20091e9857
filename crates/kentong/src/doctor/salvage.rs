//! Going on with what is left of a store that lost records. What is gone is written into a file next to the data, first.
//!
//! Records that cannot be read lie in files of the engine that cannot be read either, and that it would stumble over again;
//! so what can be read is written into a new store, which takes the old one's place in one step. The old one is kept under
//! another name. A database that merely holds damaged records loses these.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use store::datadir::DataDir;
use store::{Batch, Class, EmbeddedOptions, Skipped, Store};

use super::Finding;
use super::data::{Change, Examined};
use super::mend::write;
use crate::backup::place::stamp;
use crate::clock;
use crate::config::Config;
use crate::keys::write_atomically;

const DRAFT_FOLDER: &str = "store.salvaged";
const LIST_MODE: u32 = 0o600;

/// The configuration, for a store that came back shorter than what was acknowledged.
pub fn accepting_loss(config: &Config) -> Config {
    let mut config = config.clone();
    config.embedded.accept_loss = true;
    config.postgres.accept_loss = true;
    config
}

/// Writes down what is gone, and makes what is left whole in itself.
pub async fn salvage(
    folder: &DataDir,
    store: &Store,
    examined: &Examined,
    lost: Option<String>,
) -> Result<Vec<Finding>> {
    if lost.is_none() && examined.losses.is_empty() {
        return Ok(vec![Finding::ok("salvage", "nothing is lost: there was nothing to do")]);
    }
    let stamp = stamp(clock::wall_ms());
    let list = folder.path().join(format!("salvage-{stamp}.txt"));
    write_list(&list, lost.as_deref(), &examined.losses)?;
    let mut findings = vec![Finding::warning(
        "salvage",
        format!("what is gone is written down in {}", list.display()),
        "tell the people it concerns; keep the file",
    )];
    let changes: Vec<Change> = examined.projections.iter().chain(&examined.gaps).cloned().collect();
    if examined.skipped.is_empty() && examined.damaged_files.is_empty() {
        write(store, &changes).await?;
        return Ok(findings);
    }
    if let Store::Embedded(_) = store {
        let kept = rewrite(folder, store, &changes, &stamp).await?;
        let text = format!("what can be read is in a new store; the old one is {}", kept.display());
        findings.push(Finding::warning(
            "salvage",
            text,
            "run `kentong doctor` again, and remove it once you need it no more",
        ));
    } else {
        write(store, &removals(&examined.skipped)).await?;
        write(store, &changes).await?;
    }
    Ok(findings)
}

fn write_list(path: &Path, lost: Option<&str>, losses: &[String]) -> Result<()> {
    let mut text = String::from("Lost, as far as it can be told. Names are keys in hexadecimal, or files.\n");
    for line in lost.into_iter().chain(losses.iter().map(String::as_str)) {
        text += line;
        text.push('\n');
    }
    write_atomically(path, text.as_bytes(), LIST_MODE)
}

/// Damaged records can be deleted where the engine itself is well.
fn removals(skipped: &[Skipped]) -> Vec<Change> {
    let key = |skipped: &Skipped| match skipped {
        Skipped::Record(key) => Some((key.clone(), None)),
        Skipped::Stretch { .. } => None,
    };
    skipped.iter().filter_map(key).collect()
}

/// Copies what can be read into a new store and exchanges the two; gives the name of the old one.
async fn rewrite(folder: &DataDir, store: &Store, changes: &[Change], stamp: &str) -> Result<PathBuf> {
    let draft = folder.path().join(DRAFT_FOLDER);
    if draft.exists() {
        std::fs::remove_dir_all(&draft).with_context(|| format!("cannot remove {}", draft.display()))?;
    }
    let path = draft.clone();
    let fresh = tokio::task::spawn_blocking(move || Store::open_embedded(&path, EmbeddedOptions::default())).await?;
    let fresh = fresh.context("cannot make a new store")?;
    copy(store, &fresh).await?;
    write(&fresh, changes).await?;
    tokio::task::spawn_blocking(move || fresh.close()).await?;
    let old = store.clone();
    tokio::task::spawn_blocking(move || old.close()).await?;
    exchange(folder, &draft, &folder.path().join(format!("store.damaged-{stamp}")))
}

async fn copy(from: &Store, to: &Store) -> Result<()> {
    let mut snapshot = from.snapshot().await.context("the store cannot be read")?;
    loop {
        match snapshot.next_chunk().await {
            Ok(None) => return Ok(()),
            Ok(Some(chunk)) => {
                for some in chunk.chunks(super::limits::MEND_RECORDS) {
                    put(to, some).await?;
                }
            }
            Err(error) => {
                let skipped = snapshot.skip_damaged().await.context("the store cannot be read")?;
                skipped.ok_or(error).context("the store cannot be read")?;
            }
        }
    }
}

/// Writes records with their versions, in batches that the store takes.
async fn put(to: &Store, records: &[(store::Key, store::Record)]) -> Result<()> {
    let mut batch = Batch::new(Class::C1);
    let mut bytes = 0;
    for (key, record) in records {
        bytes += key.as_bytes().len() + record.value.len();
        batch.puts.push((key.clone(), record.clone()));
        if bytes >= super::limits::MEND_BYTES {
            to.commit(std::mem::replace(&mut batch, Batch::new(Class::C1))).await?;
            bytes = 0;
        }
    }
    Ok(to.commit(batch).await?)
}

/// At no moment is there no store: the two change places in one step.
fn exchange(folder: &DataDir, draft: &Path, kept: &Path) -> Result<PathBuf> {
    let swap = || -> std::io::Result<()> {
        renameat_with(CWD, draft, CWD, folder.store_path(), RenameFlags::EXCHANGE)?;
        std::fs::rename(draft, kept)?;
        File::open(folder.path())?.sync_all()
    };
    swap().context("the new store cannot be put in place")?;
    Ok(kept.to_owned())
}
