//! What the platform knows, as TL for one viewer.

pub mod change;
pub mod chat;
pub mod device;
pub mod dialog;
pub mod entities;
pub mod filter;
pub mod media;
pub mod message;
pub mod notify;
pub mod peer;
pub mod peers;
pub mod plain;
pub mod privacy;
pub mod report;
pub mod updates;
pub mod user;
