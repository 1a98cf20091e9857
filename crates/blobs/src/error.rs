//! What can go wrong with media bytes.

/// Why bytes were not written or read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BlobError {
    /// There is no such object.
    #[error("no object {0}")]
    Missing(String),
    /// The object ends before what was asked for.
    #[error("object {name} gave {got} bytes of {expected}")]
    Short {
        /// Which object.
        name: String,
        /// Bytes read.
        got: u64,
        /// Bytes asked for.
        expected: u64,
    },
    /// The bytes are not those that were written: a disk that forgets, or somebody who edits.
    #[error("object {name} is damaged: {what}")]
    Damaged {
        /// Which object.
        name: String,
        /// What was found.
        what: String,
    },
    /// Too little of the disk is free for files: messages come first.
    #[error("{free} bytes are free, files leave {floor}")]
    Full {
        /// Bytes that are free.
        free: u64,
        /// Bytes that stay free.
        floor: u64,
    },
    /// The disk (or what stands in its place) failed; the same call may succeed later.
    #[error("media storage: {0}")]
    Trouble(String),
}

impl BlobError {
    /// Whether the object itself is at fault, so that reading it again gives the same.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Missing(_) | Self::Short { .. } | Self::Damaged { .. })
    }
}

impl From<object_store::Error> for BlobError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { path, .. } => Self::Missing(path),
            error => Self::Trouble(error.to_string()),
        }
    }
}

impl From<std::io::Error> for BlobError {
    fn from(error: std::io::Error) -> Self {
        Self::Trouble(error.to_string())
    }
}
