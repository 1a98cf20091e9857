//! Handlers of the namespace `langpack`.
