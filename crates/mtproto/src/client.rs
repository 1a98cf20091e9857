//! The client's half of transports, key exchange and bindings: what tests and generators of load speak with.
//!
//! It checks of a server what the pages ask clients to check, so that a test in which it is content says something.

mod binding;
mod handshake;
mod transport;

pub use binding::seal_binding;
pub use handshake::{Answer, ClientError, Handshake, KnownServer, NewKey, Options, Padding, encrypt_inner};
pub use transport::connect;

#[cfg(test)]
mod tests;
