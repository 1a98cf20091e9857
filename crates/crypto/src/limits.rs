//! The bounds of this crate.

/// Prepared `(a, g^a)` pairs kept in stock: a third of a second of one core to make, at every start.
pub const STOCK_SHARES: usize = 1024;

/// Prepared `pq` kept in stock.
pub const STOCK_PQS: usize = 1024;

/// Longest PEM text accepted for a key, in bytes (a 2048-bit private key takes about 1,700).
pub const PEM_MAX_BYTES: usize = 8192;
