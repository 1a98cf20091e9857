//! What a messaging platform does, over the ports: accounts, mailboxes, messages, contacts, privacy, administration.
//!
//! Knows no TL, no sockets and no engine, and stores domain values. Time and randomness are arguments ([`Runtime`]).

pub mod auth_key;
pub mod ids;
pub mod runtime;

pub use auth_key::AuthKeyState;
pub use ids::{AuthKeyId, MsgId, Pts, Seq, UserId};
pub use runtime::Runtime;

use std::sync::Arc;

/// The platform of one node.
#[derive(Clone)]
pub struct Platform {
    /// Shared state; cloning is cheap.
    pub(crate) inner: Arc<Inner>,
}

/// What every module of the platform reaches: the ports.
pub(crate) struct Inner {
    pub(crate) runtime: Arc<dyn Runtime>,
}
