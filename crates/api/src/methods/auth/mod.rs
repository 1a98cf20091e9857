//! Handlers of the namespace `auth`.
