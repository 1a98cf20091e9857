//! What can go wrong in a store.

/// Why a read or a commit did not happen.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// A check of the batch did not hold; nothing of the batch was written.
    #[error("a check did not hold")]
    Conflict,
    /// Nothing was written; the same call may succeed later (disk full, queue full, an earlier batch of the chain failed).
    #[error("the store cannot write now: {0}")]
    Unavailable(&'static str),
    /// The batch may or may not have been written; read back to know.
    #[error("the outcome of the commit is unknown: {0}")]
    Unknown(String),
    /// Stored bytes are not what was written: checksum, version or shape.
    #[error("damaged record: {0}")]
    Damaged(String),
    /// The engine failed to read.
    #[error("the store cannot read: {0}")]
    Read(String),
    /// A key, value, batch or scan is over a bound of `limits.rs`: a defect of the caller.
    #[error("over a limit: {0}")]
    Limit(&'static str),
}
