//! Handlers of the namespace `stories`.
pub mod get_peer_stories;
