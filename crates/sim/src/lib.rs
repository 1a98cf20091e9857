//! The deterministic simulator: the platform over the memory engine in simulated time, clients that use it, and trouble of
//! every kind, all from one seed. The same seed gives the same trace in every process.
//!
//! Beside the platform everything is played here: the disk (`disk`), the network and the server's lives (`world`), people and
//! their devices (`client`), the course of events (`story`). The recorder (`history`) keeps what was acknowledged and shown;
//! the judge (`oracle`) reads everything anew and compares. Not here: sockets, the protocol and real engines; for these there
//! are the fault runs from outside.

pub mod broken;
pub mod executor;
pub mod limits;
pub mod oracle;
pub mod story;
pub mod world;

mod client;
mod clock;
mod dice;
mod disk;
mod files;
mod history;
mod mirror;
mod profile;
mod request;
mod trace;

pub use platform::Delivery;
pub use story::{Outcome, run};
pub use world::{Lie, Order};
