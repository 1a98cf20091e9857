//! Handlers of the namespace `help`: what a client asks when it starts.

pub mod get_nearest_dc;
