//! `health`: asks a running server whether it is ready, as a service manager or a container would.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// How long connecting, asking and answering may each take.
const PATIENCE: Duration = Duration::from_secs(3);
/// Most bytes read of an answer.
const ANSWER_MAX_BYTES: u64 = 16 * 1024;

/// What the server says, when it says that it is ready.
pub fn ask(address: SocketAddr) -> Result<String> {
    let answer = fetch(address).with_context(|| format!("no answer from {address}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").context("the answer is no HTTP")?;
    let body = body.lines().collect::<Vec<_>>().join(", ");
    match head.split_whitespace().nth(1) {
        Some("200") => Ok(body),
        Some(_) => bail!("not ready: {body}"),
        None => bail!("the answer is no HTTP"),
    }
}

fn fetch(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /healthz/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(ANSWER_MAX_BYTES).read_to_string(&mut answer)?;
    Ok(answer)
}
