//! `bots.*`: so far the one method that carries what the protocol has no method for.

pub mod send_custom_request;
