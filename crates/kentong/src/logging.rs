//! Where log lines go: standard error, as text for people or as JSON for machines.

use std::io::IsTerminal;
use std::sync::OnceLock;

use anyhow::{Context, Result};
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// What libraries say at these levels is theirs to debug; `log.filter` may name them to hear it all the same.
const QUIET_LIBRARIES: &str = "fjall=warn,lsm_tree=warn,hyper=warn";

/// Changes the filter of the log that was started.
type Refilter = Box<dyn Fn(EnvFilter) -> Result<()> + Send + Sync>;
static REFILTER: OnceLock<Refilter> = OnceLock::new();

/// Starts logging; called once.
pub fn start(log: &Log) -> Result<()> {
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter(&log.filter).context("log.filter is not understood")?)
        .with_writer(std::io::stderr)
        .with_target(false);
    match log.format {
        LogFormat::Text => {
            let lines = lines.with_ansi(std::io::stderr().is_terminal()).with_filter_reloading();
            let handle = lines.reload_handle();
            let _ = REFILTER.set(Box::new(move |filter| Ok(handle.reload(filter)?)));
            lines.init();
        }
        LogFormat::Json => {
            let lines = lines.json().flatten_event(true).with_filter_reloading();
            let handle = lines.reload_handle();
            let _ = REFILTER.set(Box::new(move |filter| Ok(handle.reload(filter)?)));
            lines.init();
        }
    }
    Ok(())
}

/// Says what is wrong with a filter, if something is.
pub fn check(text: &str) -> Result<()> {
    filter(text).map(drop)
}

/// Logs by this filter from now on.
pub fn refilter(text: &str) -> Result<()> {
    let filter = filter(text)?;
    REFILTER.get().map_or(Ok(()), |refilter| refilter(filter))
}

fn filter(text: &str) -> Result<EnvFilter> {
    // Without regular expressions: one of 150 bytes can take minutes and gigabytes to prepare.
    let builder = EnvFilter::builder().with_regex(false);
    builder.parse(format!("{QUIET_LIBRARIES},{text}")).context("that is no filter of log lines")
}
