//! The server's end of the socket: one order a connection, one line each way.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use platform::people::stewards::Steward;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::limits::{CONNECTIONS_MAX, ORDER_MAX_BYTES, PROGRESS_WAITING_MAX, TRANSFER_MAX};
use super::{Answer, Office, Order, SOCKET_FILE, with_socket_path};

/// The open socket; closed and removed when dropped.
pub struct Socket {
    path: PathBuf,
    task: JoinHandle<()>,
}

impl Socket {
    /// Opens the socket in the data folder, which the caller holds the lock of, so that a left-over is nobody's.
    pub fn open(data: &Path, office: Office) -> Result<Self> {
        let path = data.join(SOCKET_FILE);
        let listener = with_socket_path(data, bind).with_context(|| format!("cannot open {}", path.display()))?;
        let task = tokio::spawn(accept(listener, office));
        Ok(Self { path, task })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.task.abort();
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The data folder is for its owner only, so nobody slips in between binding and narrowing.
fn bind(path: &Path) -> std::io::Result<UnixListener> {
    let _ = std::fs::remove_file(path);
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

async fn accept(listener: UnixListener, office: Office) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let office = office.clone();
                tokio::spawn(async move {
                    serve(stream, &office).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(error = %error, "the admin socket cannot accept");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve(stream: UnixStream, office: &Office) {
    let (reader, mut writer) = stream.into_split();
    let mut line = Vec::new();
    let mut reader = BufReader::new(reader.take(ORDER_MAX_BYTES));
    let answer = match timeout(TRANSFER_MAX, reader.read_until(b'\n', &mut line)).await {
        Ok(Ok(_)) if line.ends_with(b"\n") => match carry_out(office, &line, &mut writer).await {
            Some(answer) => answer,
            None => return,
        },
        Ok(Ok(_)) => Answer::Error("an order is one line of JSON, 64 KiB at most".into()),
        Ok(Err(_)) | Err(_) => return,
    };
    send(&mut writer, &answer).await;
}

/// Says whether the other side took it.
async fn send(writer: &mut OwnedWriteHalf, answer: &Answer) -> bool {
    let Ok(mut text) = serde_json::to_vec(answer) else { return false };
    text.push(b'\n');
    matches!(timeout(TRANSFER_MAX, writer.write_all(&text)).await, Ok(Ok(())))
}

/// Carries the order out, and says now and then how far it is. `None` when nobody listens any more: what takes long is then
/// not carried to its end.
async fn carry_out(office: &Office, line: &[u8], writer: &mut OwnedWriteHalf) -> Option<Answer> {
    let order: Order = match serde_json::from_slice(line) {
        Ok(order) => order,
        Err(error) => return Some(Answer::Error(format!("the order is not understood: {error}"))),
    };
    let (sender, mut progress) = mpsc::channel(PROGRESS_WAITING_MAX);
    let mut tell = |word: &str| {
        // A word that finds no room is followed by a newer one.
        let _ = sender.try_send(word.to_owned());
    };
    let mut work = std::pin::pin!(office.carry_out(Steward::Local, order, &mut tell));
    loop {
        tokio::select! {
            outcome = &mut work => return Some(match outcome {
                Ok(outcome) => Answer::Ok(outcome),
                Err(error) => Answer::Error(error),
            }),
            Some(word) = progress.recv() => {
                if !send(writer, &Answer::Progress(word)).await {
                    return None;
                }
            }
        }
    }
}
