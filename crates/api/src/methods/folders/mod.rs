//! Handlers of the namespace `folders`.

pub mod edit_peer_folders;
