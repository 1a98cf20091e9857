//! Who calls, and what comes back.

use std::net::IpAddr;
use std::sync::Arc;

use platform::{AuthKeyId, AuthKeyState};

use crate::RpcError;

/// A serialised result for the caller's layer, or the error the client is told.
pub type Reply = Result<Vec<u8>, RpcError>;

/// The side of the connection that a call came from.
#[derive(Clone)]
pub struct Caller {
    /// The permanent key if the temporary one is bound, else the key the message was encrypted with.
    pub key: Arc<AuthKeyState>,
    /// The temporary key the message was encrypted with, if it was one.
    pub temp_key_id: Option<AuthKeyId>,
    /// The session of that key.
    pub session_id: i64,
    /// The message that carries the query.
    pub msg_id: i64,
    /// The layer in force for this query.
    pub layer: i32,
    /// Where the connection comes from.
    pub ip: IpAddr,
    /// The DC the key exchange named, if it named one.
    pub dialled_dc: Option<i32>,
    /// The query came inside `invokeWithoutUpdates`.
    pub without_updates: bool,
}
