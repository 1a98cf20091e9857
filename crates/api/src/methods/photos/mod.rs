//! Handlers of the namespace `photos`.
