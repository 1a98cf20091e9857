//! Where log lines go: standard error, as text for people or as JSON for machines.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use tracing_subscriber::EnvFilter;

use crate::config::{Log, LogFormat};

/// What libraries say at these levels is theirs to debug; `log.filter` may name them to hear it all the same.
const QUIET_LIBRARIES: &str = "fjall=warn,lsm_tree=warn,hyper=warn";

/// Starts logging; called once.
pub fn start(log: &Log) -> Result<()> {
    let filter =
        EnvFilter::try_new(format!("{QUIET_LIBRARIES},{}", log.filter)).context("log.filter is not understood")?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false);
    match log.format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}
