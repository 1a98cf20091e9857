//! A fleet of real protocol clients, and the judge of what they were told.
//!
//! Clients speak over sockets what people's clients speak: key exchange, sessions, acknowledgements, repetition. A
//! [`load::Fleet`] signs people up who write to each other as fast as they are answered; every acknowledgement is recorded
//! ([`record`]). Afterwards [`oracle`] reads all accounts again through fresh sessions and compares. [`server::Server`] is the
//! real binary as a process that can be killed. What is broken under them, and when, is in `faults`; fleets that measure
//! what a server can do are in [`flood`].
//!
//! It knows nothing of the server's insides: only the protocol, the log's line with a login code, and the data folder's
//! public key.

pub mod account;
pub mod client;
pub mod connection;
#[cfg(feature = "faults")]
pub mod faults;
pub mod flood;
pub mod limits;
pub mod load;
pub mod mailbox;
pub mod oracle;
pub mod record;
pub mod requests;
pub mod server;
pub mod session;
pub mod verdict;
