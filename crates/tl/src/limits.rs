//! The bounds of this crate, each with its unit.

/// Deepest nesting of objects in a request, in levels.
pub const DEPTH_MAX: usize = 48;
/// Most elements of one vector of a request.
pub const VECTOR_MAX_ELEMENTS: usize = 20_000;
/// Most objects and vector elements of a request together.
pub const OBJECTS_MAX: usize = 50_000;
/// Longest string or bytes of a request, in bytes.
pub const STRING_MAX_BYTES: usize = 1024 * 1024;
/// Longest request, in bytes.
pub const REQUEST_MAX_BYTES: usize = 1024 * 1024 + 4096;
