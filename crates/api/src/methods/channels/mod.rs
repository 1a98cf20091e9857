//! Handlers of the namespace `channels`.
