//! The bounds of this crate, each with its unit.

/// Most wrappers (invokeWithLayer, initConnection, gzip …) around one query, in levels.
pub const WRAPPERS_MAX: usize = 16;
/// Most bytes a query may inflate to.
pub const QUERY_MAX_BYTES: usize = 1024 * 1024;
/// Most messages a query may wait for with invokeAfterMsgs.
pub const INVOKE_AFTER_MAX: usize = 1024;
/// Longest text kept of what a client says of itself (device model, versions, language), in characters.
pub const CLIENT_TEXT_MAX_CHARS: usize = 128;
/// Log entries in one pushed container of updates, in entries.
pub const PUSH_ITEM_ENTRIES_MAX: usize = 100;
