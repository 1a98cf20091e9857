//! Handlers of the namespace `updates`.
