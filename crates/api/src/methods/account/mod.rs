//! Handlers of the namespace `account`.
