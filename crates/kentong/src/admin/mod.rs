//! Administration by a road that does not pass through the service: a socket in the data folder.
//!
//! The same orders come from administrators' screens, by the extension `admin.order`; who they are is in the audit log.
//!
//! `admin` asks the running server over that socket, whatever state its network side is in; when no server runs, it
//! opens the data folder itself, under the same lock. Orders and answers are the same either way. Who may read and
//! write the data folder is the administrator: there is no other check.

mod ask;
mod disk;
mod execute;
mod office;
mod order;
mod outcome;
mod overview;
mod settings;
mod socket;

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

pub use ask::{ask, ask_telling, is_running};
pub use office::Office;
pub use order::Order;
pub use outcome::Outcome;
pub use settings::apply as apply_settings;
pub use socket::Socket;

/// The socket's name in the data folder.
const SOCKET_FILE: &str = "admin.sock";

/// Does something with the socket's path. The system takes short ones only; a long one is shortened by way of the open
/// folder.
fn with_socket_path<T>(data: &Path, act: impl FnOnce(&Path) -> io::Result<T>) -> io::Result<T> {
    let path = data.join(SOCKET_FILE);
    if path.as_os_str().len() <= limits::SOCKET_PATH_MAX_BYTES {
        return act(&path);
    }
    let folder = File::open(data)?;
    act(Path::new(&format!("/proc/self/fd/{}/{SOCKET_FILE}", folder.as_raw_fd())))
}

/// Bounds of the socket.
mod limits {
    use std::time::Duration;

    /// Longest path that a socket's address holds, in bytes.
    pub const SOCKET_PATH_MAX_BYTES: usize = 100;
    /// Longest order, in bytes.
    pub const ORDER_MAX_BYTES: u64 = 64 * 1024;
    /// Longest answer, in bytes.
    pub const ANSWER_MAX_BYTES: u64 = 16 * 1024 * 1024;
    /// Orders served at a time.
    pub const CONNECTIONS_MAX: usize = 8;
    /// How long the other side may take to send its order or to take its answer.
    pub const TRANSFER_MAX: Duration = Duration::from_secs(10);
    /// How long the asker waits for the answer, or for the next word about how far it is, before giving up.
    pub const ANSWER_WAIT_MAX: Duration = Duration::from_secs(60);
    /// Words about how far an order is that wait to be sent.
    pub const PROGRESS_WAITING_MAX: usize = 1;
    /// Rows of a list unless told otherwise.
    pub const ROWS_DEFAULT: u32 = 100;
    /// Most rows of a list.
    pub const ROWS_MAX: u32 = 1_000;
}

/// What comes back over the socket: one line of JSON, after any number of lines about how far it is.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    /// It was done.
    Ok(Outcome),
    /// It was not, and why.
    Error(String),
    /// It is under way.
    Progress(String),
}
