//! The asking end: over the socket when a server runs, else by opening the data folder.

use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use platform::people::stewards::Steward;

use super::limits::{ANSWER_MAX_BYTES, ANSWER_WAIT_MAX, TRANSFER_MAX};
use super::{Answer, Office, Order, Outcome, SOCKET_FILE, with_socket_path};
use crate::backup::Tell;
use crate::config::Config;
use crate::open;

/// Has the order carried out by whoever holds the data folder.
pub fn ask(config: &Config, order: Order) -> Result<Outcome> {
    ask_telling(config, order, &mut |_| {})
}

/// The same for what takes long: `tell` hears now and then how far it is.
pub fn ask_telling(config: &Config, order: Order, tell: Tell<'_>) -> Result<Outcome> {
    let data = config.data_dir();
    if !data.is_dir() {
        bail!("{} is no data folder: start the server once, or pass --data", data.display());
    }
    match connect(&data)? {
        Some(stream) => over(stream, &order, tell),
        None => alone(config, order, tell),
    }
}

/// Whether a server runs on this data folder and answers.
pub fn is_running(data: &Path) -> Result<bool> {
    Ok(connect(data)?.is_some())
}

/// `None` when no server listens.
fn connect(data: &Path) -> Result<Option<UnixStream>> {
    match with_socket_path(data, |path| UnixStream::connect(path)) {
        Ok(stream) => Ok(Some(stream)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot reach {}", data.join(SOCKET_FILE).display())),
    }
}

fn over(mut stream: UnixStream, order: &Order, tell: Tell<'_>) -> Result<Outcome> {
    stream.set_write_timeout(Some(TRANSFER_MAX))?;
    stream.set_read_timeout(Some(ANSWER_WAIT_MAX))?;
    let mut line = serde_json::to_vec(order)?;
    line.push(b'\n');
    stream.write_all(&line).context("the server does not take the order")?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut answer = String::new();
        let line = reader.by_ref().take(ANSWER_MAX_BYTES).read_line(&mut answer);
        line.context("the server does not answer")?;
        if answer.is_empty() {
            bail!("the server ended before it answered");
        }
        match serde_json::from_str(&answer).context("the server's answer is not understood: is it another version?")? {
            Answer::Ok(outcome) => return Ok(outcome),
            Answer::Error(error) => return Err(anyhow!(error)),
            Answer::Progress(progress) => tell(&progress),
        }
    }
}

fn alone(config: &Config, order: Order, tell: Tell<'_>) -> Result<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let opened = open::open(config).await?;
        let office = Office::new(&opened, config, false);
        let outcome = office.carry_out(Steward::Local, order, tell).await;
        drop(office);
        opened.close().await?;
        outcome.map_err(|error| anyhow!(error))
    })
}
