//! The client's half of transports, key exchange and bindings: what tests and generators of load speak with.
//!
//! It checks of a server what the pages ask clients to check, so that a test in which it is content says something.
