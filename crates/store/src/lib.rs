//! The storage port: ordered keys that belong to owners, and atomic checked batches, over three engines.
//!
//! Callers see few verbs: [`Store::get_many`], [`Store::scan`], [`Store::enqueue`] / [`Store::commit`],
//! [`Store::delete_prefix`] and, for backups, [`Store::snapshot`]. Reads show durable state only: a batch becomes visible
//! after the disk has it, never before, so that nothing that could still be lost leaves the process. The store knows no
//! record's meaning.

mod batch;
pub mod datadir;
mod embedded;
mod envelope;
mod error;
mod high_water;
mod judge;
mod key;
pub mod limits;
mod memory;
mod postgres;
mod queue;
mod range;
mod snapshot;
mod store;

pub use batch::{Batch, Chain, Check, Class, Commit, Page, Record, Scan};
pub use datadir::{DataDir, DataDirError, Unfinished};
pub use embedded::{Embedded, EmbeddedOptions, OpenError, Space, SpaceOptions, SpaceProbe};
pub use error::StoreError;
pub use key::{Key, Owner};
pub use memory::{Fate, Faults, Footprint, Memory, ReadGate};
pub use postgres::{DatabaseError, Postgres, PostgresOptions, UrlError};
pub use snapshot::{Skipped, Snapshot};
pub use store::Store;
