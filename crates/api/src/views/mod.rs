//! What the platform knows, as TL for one viewer.

pub mod notify;
pub mod peer;
pub mod privacy;
pub mod user;
