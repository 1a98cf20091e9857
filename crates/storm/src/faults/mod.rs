//! What is broken under the fleet, and when.

pub mod backup;
pub mod bench;
pub mod database;
pub mod disk;
pub mod kill;
pub mod kinds;
pub mod nth;
pub mod plan;
pub mod points;
pub mod power;
pub mod trouble;
