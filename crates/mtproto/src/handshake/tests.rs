//! Each K check: what is accepted, and what is refused for each way of breaking it.

mod by_hand;
mod exchange;
mod failures;
mod inner_data;
mod last_step;
mod timing;
