//! Handlers of the namespace `stories`.
