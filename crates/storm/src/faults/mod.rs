//! What is broken under the fleet, and when.

pub mod bench;
pub mod disk;
pub mod kill;
pub mod nth;
pub mod plan;
pub mod points;
pub mod power;
pub mod trouble;
