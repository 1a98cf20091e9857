//! The bounds of certificates and handshakes, each with its unit.

use std::time::Duration;

/// A handshake must be done within this time.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How often certificate files are looked at for a change.
pub const RELOAD_EVERY: Duration = Duration::from_secs(5);
/// Longest certificate or key file that is read, in bytes.
pub const FILE_MAX_BYTES: u64 = 1024 * 1024;
/// A certificate that ends sooner is warned of, in seconds: half of what is left when ACME clients renew those of 90 days.
pub const EXPIRY_WARNING_SECONDS: i64 = 14 * 86_400;
/// How often an ending certificate is warned of.
pub const EXPIRY_WARNING_EVERY: Duration = Duration::from_secs(86_400);

/// Most names of one ACME certificate, in pieces; Let's Encrypt takes as many.
pub const ACME_NAMES_MAX: usize = 100;
/// First pause after an order failed; it doubles with each further failure. Let's Encrypt permits five failures an hour.
pub const ACME_RETRY_FIRST: Duration = Duration::from_secs(120);
/// Longest pause after an order failed.
pub const ACME_RETRY_MAX: Duration = Duration::from_secs(6 * 3600);
/// An order that has said nothing for so long hangs and is begun anew: longer than all that it may wait for in good order.
pub const ACME_SILENCE_MAX: Duration = Duration::from_secs(1800);
