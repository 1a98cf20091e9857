//! MTProto 2.0, the server's side, as pure state machines: bytes, time and randomness in; bytes and events out.
//! No sockets, no clocks, no tasks.
//!
//! A connection's bytes pass [`transport`] (what is a frame), then either [`handshake`] (making a key) or [`envelope`]
//! (opening and sealing messages under a key) and [`session`] (what those messages mean). [`client`] is the other half of
//! the first three, for tests and for generators of load.

pub mod client;
pub mod envelope;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod handshake;
pub mod limits;
pub mod session;
pub mod transport;
pub mod wire;
