//! Load that measures: a fleet of real protocol clients that leaves the machine to the server, and a judge of cost.
//!
//! A [`lead`] starts a fresh server (or takes one that runs), spawns workers, and has them play one of the [`scenes`]. Each
//! worker is a process with one thread: thousands of clients are tasks on one event loop, each speaking the protocol as
//! people's clients do (transport, key exchange, envelope, session, acknowledgements), from loopback addresses of their own.
//! What they learn comes back as lines of JSON; what it cost the server is read from the system ([`process`]), until the
//! server is quiet again.
//!
//! It knows nothing of the server's insides. It differs from [`crate::load`], the fleet of the fault runs, which records every
//! word and comes back from everything: here a client costs little and a connection that breaks is a result.

pub mod bench;
pub mod capacity;
pub mod cli;
pub mod client;
pub mod codes;
pub mod host;
pub mod lead;
pub mod limits;
pub mod line;
pub mod meter;
pub mod newcomer;
pub mod outcome;
pub mod people;
pub mod place;
pub mod plan;
pub mod process;
pub mod report;
pub mod scenes;
pub mod seeds;
pub mod words;
pub mod worker;
