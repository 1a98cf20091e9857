//! Handlers of the namespace `messages`.
