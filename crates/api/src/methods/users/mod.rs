//! Handlers of the namespace `users`.
