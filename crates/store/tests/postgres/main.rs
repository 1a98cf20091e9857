//! What only the PostgreSQL engine must do: refuse databases it should not use, outlive its database, and never write
//! when another server has it.

mod faults;
mod fence;
mod groups;
mod lanes;
mod mark;
mod opening;
mod support;
mod tls;
