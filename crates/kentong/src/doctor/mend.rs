//! Opening the data of a stopped server, and mending what can be mended without losing anything.

use anyhow::{Context, Result};
use blobs::{Blobs, Folder};
use store::datadir::{DataDir, DataDirError, FORMAT_VERSION};
use store::{Batch, Class, Store};

use super::data::{Change, Examined, Patient, examine};
use super::limits::{MEND_BYTES, MEND_RECORDS};
use super::{Finding, Treatment, salvage};
use crate::config::Config;
use crate::open;

/// Looks at the data of this configuration, and treats them.
pub async fn examine_and_treat(config: &Config, treatment: Treatment) -> Result<Vec<Finding>> {
    let folder = match DataDir::open(&config.data_dir()) {
        Ok(folder) => folder,
        Err(error) => return Ok(vec![Finding::fault("data", error.to_string(), advice_on(&error))]),
    };
    let mut findings = vec![Finding::ok("data", format!("format {FORMAT_VERSION}, held by nobody else"))];
    let lost = match open::open_store(config, folder.store_path()).await {
        Ok(store) => return treat(&folder, store, treatment, findings, None).await,
        Err(error) => format!("{error:#}"),
    };
    if !treatment.salvage {
        let advice = "restore a backup; if there is none, `kentong doctor --salvage` goes on with what is left";
        findings.push(Finding::fault("store", lost, advice));
        return Ok(findings);
    }
    match open::open_store(&salvage::accepting_loss(config), folder.store_path()).await {
        Ok(store) => treat(&folder, store, treatment, findings, Some(lost)).await,
        Err(error) => {
            findings.push(Finding::fault("store", format!("{error:#}"), "nothing can be salvaged: restore a backup"));
            Ok(findings)
        }
    }
}

async fn treat(
    folder: &DataDir,
    store: Store,
    treatment: Treatment,
    mut findings: Vec<Finding>,
    lost: Option<String>,
) -> Result<Vec<Finding>> {
    if lost.is_none() {
        findings.push(Finding::ok(
            "store",
            format!("\"{}\", opened; nothing acknowledged is missing at its end", store.engine()),
        ));
    }
    let blobs = open::open_media(folder.path()).await?;
    let examined = examine(&Patient { store: &store, blobs: &blobs, running: None }, &mut |_| {}).await?;
    findings.extend(examined.findings.clone());
    if treatment.fix {
        findings.extend(fix(&store, &blobs, &examined).await?);
    }
    if treatment.salvage {
        findings.extend(salvage::salvage(folder, &store, &examined, lost).await?);
    }
    tokio::task::spawn_blocking(move || store.close()).await?;
    Ok(findings)
}

/// Counts anew what can be counted anew, and removes what nobody names.
async fn fix(store: &Store, blobs: &Blobs, examined: &Examined) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    // Counters of a mailbox with a gap would be counted over the gap: that is what salvaging is for.
    if !examined.projections.is_empty() {
        write(store, &examined.projections).await?;
        findings.push(Finding::ok(
            "fixed",
            format!("{} records of counters and lists were written anew", examined.projections.len()),
        ));
    }
    // While records are missing nobody knows which media they named.
    if !examined.orphans.is_empty() && examined.losses.is_empty() {
        remove(blobs, &examined.orphans).await?;
        findings
            .push(Finding::ok("fixed", format!("{} folders that nobody named were removed", examined.orphans.len())));
    }
    Ok(findings)
}

async fn remove(blobs: &Blobs, orphans: &[Folder]) -> Result<()> {
    for folder in orphans {
        blobs.remove(*folder).await.with_context(|| format!("cannot remove the media {:016x}", folder.0))?;
    }
    Ok(())
}

/// Writes and deletes, some at a time.
pub(super) async fn write(store: &Store, changes: &[Change]) -> Result<()> {
    let mut batch = Batch::new(Class::C1);
    let mut bytes = 0;
    for (key, value) in changes {
        bytes += key.as_bytes().len() + value.as_ref().map_or(0, bytes::Bytes::len);
        match value {
            Some(value) => batch.put(key.clone(), value.clone()),
            None => batch.deletes.push(key.clone()),
        }
        if batch.puts.len() + batch.deletes.len() >= MEND_RECORDS || bytes >= MEND_BYTES {
            store
                .commit(std::mem::replace(&mut batch, Batch::new(Class::C1)))
                .await
                .context("the store cannot be mended")?;
            bytes = 0;
        }
    }
    store.commit(batch).await.context("the store cannot be mended")
}

fn advice_on(error: &DataDirError) -> &'static str {
    match error {
        DataDirError::InUse { .. } => "a server holds it that does not answer: look into its log, or end that process",
        DataDirError::TooNew { .. } => "use the program that wrote it, or a newer one",
        DataDirError::Foreign { .. } => "see whether --data names the right folder",
        DataDirError::Damaged { .. } => "restore a backup, or write the file as the documentation of storage shows it",
        DataDirError::Unfinished { .. } | DataDirError::NotEmpty { .. } => {
            "empty the folder, and restore the backup again"
        }
        DataDirError::Io { .. } => "see whose the folder is, and whether the disk is there",
    }
}
