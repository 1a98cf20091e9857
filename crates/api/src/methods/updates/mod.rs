//! Handlers of the namespace `updates`.

pub mod get_channel_difference;
pub mod get_difference;
pub mod get_state;
