//! How much a person keeps here.
