//! Where log lines go: standard error, as text for people or as JSON for machines.

use std::io::IsTerminal;
use std::sync::OnceLock;

use anyhow::{Context, Result};
use platform::settings::LOGIN_CODE_TARGET;
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
    // The log is the only road for login codes: without its line nobody signs up. Last, so that it wins.
    let text = format!("{QUIET_LIBRARIES},{text},{LOGIN_CODE_TARGET}=info");
    // Without regular expressions: one of 150 bytes can take minutes and gigabytes to prepare.
    let builder = EnvFilter::builder().with_regex(false);
    builder.parse(text).context("that is no filter of log lines")
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Arc;

    use parking_lot::Mutex;

    use super::*;

    /// What was logged.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn no_filter_takes_the_login_codes_away() {
        for text in ["off", "error", "warn", "login_code=off", "kentong=debug,login_code=error", "off,[{code}]=off"] {
            let lines = Lines::default();
            let writer = lines.clone();
            let log = tracing_subscriber::fmt()
                .with_env_filter(filter(text).unwrap())
                .with_writer(move || writer.clone())
                .finish();
            tracing::subscriber::with_default(log, || {
                tracing::info!(target: LOGIN_CODE_TARGET, "login code phone=+15550001 code=123456");
                tracing::info!(target: "hyper", "something else");
            });
            let logged = String::from_utf8(lines.0.lock().clone()).unwrap();
            assert!(logged.contains("code=123456"), "{text}: {logged}");
            assert!(!logged.contains("something else"), "{text}: {logged}");
        }
    }
}
