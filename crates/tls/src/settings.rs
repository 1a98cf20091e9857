//! What the server says of its certificates.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::limits::{ACME_RETRY_FIRST, ACME_SILENCE_MAX, HANDSHAKE_TIMEOUT, RELOAD_EVERY};

/// The directory of Let's Encrypt.
pub const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// Tells the time as Unix seconds.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How TLS is served.
#[derive(Clone)]
pub struct Settings {
    /// Where the certificate comes from.
    pub source: Source,
    /// What time it is, for the ends of certificates.
    pub clock: Clock,
    /// A handshake must be done within this time.
    pub handshake_timeout: Duration,
    /// Signatures made at the same time: fewer than there are threads, so that others get on.
    pub signatures_at_once: usize,
}

/// Where a certificate comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// Files that somebody else keeps fresh.
    Files(FileSettings),
    /// An ACME server, asked by ourselves.
    Acme(AcmeSettings),
}

/// A certificate in files.
#[derive(Clone, Debug)]
pub struct FileSettings {
    /// The certificate and those between it and its root, PEM, in this order.
    pub certificate: PathBuf,
    /// Its private key, PEM.
    pub key: PathBuf,
    /// How often the files are looked at.
    pub reload_every: Duration,
}

/// A certificate by ACME (RFC 8555), proved by TLS-ALPN-01 (RFC 8737) on this very port.
#[derive(Clone, Debug)]
pub struct AcmeSettings {
    /// Names to certify, in lower case; the first is how people call the server.
    pub names: Vec<String>,
    /// Mail addresses where the ACME server may warn.
    pub contact: Vec<String>,
    /// The directory's URL.
    pub directory: String,
    /// PEM with further authorities that the directory's own certificate may come from.
    pub authorities: Option<PathBuf>,
    /// The folder for account and certificate.
    pub folder: PathBuf,
    /// First pause after a failed order.
    pub retry_first: Duration,
    /// An order that has said nothing for so long is begun anew.
    pub silence_max: Duration,
}

impl Settings {
    /// From this source, everything else as usual.
    #[must_use]
    pub fn new(source: Source, clock: Clock) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { source, clock, handshake_timeout: HANDSHAKE_TIMEOUT, signatures_at_once: (threads / 2).max(1) }
    }
}

impl FileSettings {
    /// These files, looked at as often as usual.
    #[must_use]
    pub fn new(certificate: PathBuf, key: PathBuf) -> Self {
        Self { certificate, key, reload_every: RELOAD_EVERY }
    }
}

impl AcmeSettings {
    /// For these names by Let's Encrypt, kept in this folder.
    #[must_use]
    pub fn new(names: Vec<String>, folder: PathBuf) -> Self {
        Self {
            names,
            contact: Vec::new(),
            directory: LETS_ENCRYPT.to_owned(),
            authorities: None,
            folder,
            retry_first: ACME_RETRY_FIRST,
            silence_max: ACME_SILENCE_MAX,
        }
    }
}
