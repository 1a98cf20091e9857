//! Handlers of the namespace `contacts`.
