//! The bounds of this crate.

/// Prepared `(a, g^a)` pairs kept in stock: about a minute of a flood that one core can serve.
pub const STOCK_SHARES: usize = 4096;

/// Prepared `pq` kept in stock.
pub const STOCK_PQS: usize = 4096;

/// Longest PEM text accepted for a key, in bytes (a 2048-bit private key takes about 1,700).
pub const PEM_MAX_BYTES: usize = 8192;
