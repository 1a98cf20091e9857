//! The server's end of the socket: one order a connection, one line each way.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use platform::people::stewards::Steward;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::limits::{CONNECTIONS_MAX, ORDER_MAX_BYTES, TRANSFER_MAX};
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
        Ok(Ok(_)) if line.ends_with(b"\n") => carry_out(office, &line).await,
        Ok(Ok(_)) => Answer::Error("an order is one line of JSON, 64 KiB at most".into()),
        Ok(Err(_)) | Err(_) => return,
    };
    let Ok(mut text) = serde_json::to_vec(&answer) else { return };
    text.push(b'\n');
    let _ = timeout(TRANSFER_MAX, writer.write_all(&text)).await;
}

async fn carry_out(office: &Office, line: &[u8]) -> Answer {
    let order: Order = match serde_json::from_slice(line) {
        Ok(order) => order,
        Err(error) => return Answer::Error(format!("the order is not understood: {error}")),
    };
    match office.carry_out(Steward::Local, order).await {
        Ok(outcome) => Answer::Ok(outcome),
        Err(error) => Answer::Error(error),
    }
}
