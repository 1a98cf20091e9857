//! MTProto 2.0, the server's side, as pure state machines: bytes, time and randomness in; bytes and events out.
//! No sockets, no clocks, no tasks.

pub mod envelope;
pub mod handshake;
pub mod limits;
pub mod session;
pub mod transport;
