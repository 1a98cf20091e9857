//! Handlers of the namespace `core`.
