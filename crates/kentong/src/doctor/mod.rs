//! `doctor`: looks at everything a server stands on, says what is fine, what is doubtful and what is broken, and what to do.
//!
//! The data are looked at by whoever holds them: a running server is asked over its socket, otherwise the folder is opened
//! here, under its lock. `--fix` mends what can be mended without losing anything; `--salvage` goes on with what is left of
//! a store that lost records, and writes down what is gone. Both need a stopped server.

mod data;
mod folder;
mod host;
mod limits;
mod mend;
mod salvage;

use std::process::ExitCode;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

pub use data::{Patient, examine};

use crate::admin::{self, Order, Outcome};
use crate::backup::report::Named;
use crate::config::{self, Config, Flags};

/// What the doctor may do.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Treatment {
    /// Mend what can be mended without losing anything: file modes, counters and lists, files that nobody names
    #[arg(long)]
    pub fix: bool,
    /// Go on with what is left of a store that lost records, and write down next to it what is gone
    #[arg(long)]
    pub salvage: bool,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, and should not stay so.
    Warning,
    /// Something is broken or lost.
    Fault,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What was looked at.
    pub about: String,
    /// How it is.
    pub text: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub advice: String,
}

impl Finding {
    fn new(level: Level, about: &str, text: impl Into<String>, advice: &str) -> Self {
        Self { level, about: about.to_owned(), text: text.into(), advice: advice.to_owned() }
    }

    /// As it should be.
    pub fn ok(about: &str, text: impl Into<String>) -> Self {
        Self::new(Level::Ok, about, text, "")
    }

    /// Doubtful.
    pub fn warning(about: &str, text: impl Into<String>, advice: &str) -> Self {
        Self::new(Level::Warning, about, text, advice)
    }

    /// Broken.
    pub fn fault(about: &str, text: impl Into<String>, advice: &str) -> Self {
        Self::new(Level::Fault, about, text, advice)
    }

    /// The same with the first of many things, a line each.
    pub fn with(mut self, things: &Named<String>) -> Self {
        self.text += &things.first.iter().map(|thing| format!("\n{thing}")).collect::<String>();
        if things.more > 0 {
            self.text += &format!("\nand {} more", things.more);
        }
        self
    }

    /// For people.
    pub fn lines(&self) -> String {
        let level = match self.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Fault => "FAULT",
        };
        let mut lines = self.text.lines();
        let mut text = format!("{level:<8} {:<14} {}\n", self.about, lines.next().unwrap_or_default());
        let more = lines.map(str::to_owned).chain((!self.advice.is_empty()).then(|| format!("-> {}", self.advice)));
        more.for_each(|line| text += &format!("{:<8} {:<14} {line}\n", "", ""));
        text
    }
}

/// Looks, and treats if asked to. The exit code is 0 when all is fine, 1 with warnings, 2 with faults.
pub fn run(
    flags: &Flags,
    variables: impl Iterator<Item = (String, String)>,
    treatment: Treatment,
    json: bool,
) -> Result<ExitCode> {
    let findings = look(flags, variables, treatment)?;
    let text =
        if json { serde_json::to_string(&findings)? + "\n" } else { findings.iter().map(Finding::lines).collect() };
    crate::print(&text)?;
    Ok(match findings.iter().map(|finding| finding.level).max() {
        None | Some(Level::Ok) => ExitCode::SUCCESS,
        Some(Level::Warning) => ExitCode::from(1),
        Some(Level::Fault) => ExitCode::from(2),
    })
}

fn look(
    flags: &Flags,
    variables: impl Iterator<Item = (String, String)>,
    treatment: Treatment,
) -> Result<Vec<Finding>> {
    let loaded = match config::load(flags, variables) {
        Ok(loaded) => loaded,
        Err(error) => {
            return Ok(vec![Finding::fault(
                "configuration",
                error.to_string(),
                "correct it; nothing else was looked at",
            )]);
        }
    };
    let mut config = loaded.config;
    "error".clone_into(&mut config.log.filter);
    crate::logging::start(&config.log)?;
    let mut findings = vec![host::configuration(&loaded.unknown_variables)];
    let folder = config.data_dir();
    if !folder.is_dir() {
        let text = format!("there is no folder {}", folder.display());
        findings.push(Finding::fault("data folder", text, "start the server once, or pass --data"));
        return Ok(findings);
    }
    let is_running = admin::is_running(&folder)?;
    if is_running && (treatment.fix || treatment.salvage) {
        bail!("the server is running: stop it, and let the doctor treat what it leaves alone");
    }
    findings.extend(host::ports(&config, is_running));
    findings.extend(host::disk(&folder));
    findings.extend(host::clock(&folder));
    findings.extend(folder::examine(&folder, treatment.fix));
    findings.push(folder::backup(&folder));
    findings.extend(if is_running { ask(&config)? } else { open(&config, treatment)? });
    Ok(findings)
}

/// Has the running server look at its data.
fn ask(config: &Config) -> Result<Vec<Finding>> {
    let mut findings = vec![Finding::ok("server", "is running, and was asked about its data")];
    match admin::ask_telling(config, Order::Doctor {}, &mut |_| {}) {
        Ok(Outcome::Checkup(found)) => findings.extend(found),
        Ok(_) => bail!("the server does not answer as asked: is it another version?"),
        Err(error) => findings.push(Finding::fault("server", format!("{error:#}"), "look into its log")),
    }
    Ok(findings)
}

/// Looks at the data of a server that is not running.
fn open(config: &Config, treatment: Treatment) -> Result<Vec<Finding>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(mend::examine_and_treat(config, treatment))
}
