//! A certificate in files that somebody else keeps fresh: read at start, and again whenever one of the two changes.
//!
//! Tools write the two one after the other, so a pair that does not fit is met now and then: the old one goes on until both
//! fit. What is broken at start is an error; what breaks later is a warning.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use tokio::time::Instant;

use crate::certificate::{self, Facts};
use crate::error::TlsError;
use crate::limits::EXPIRY_WARNING_EVERY;
use crate::settings::{Clock, FileSettings};

/// The pair and what is known of it.
pub(crate) struct Files {
    settings: FileSettings,
    clock: Clock,
    loaded: ArcSwap<Loaded>,
}

struct Loaded {
    pair: Arc<CertifiedKey>,
    facts: Facts,
    stamps: Stamps,
}

/// What changes when a file does, for both files; links are followed, as certbot's are replaced. Nothing for a file that
/// is not there.
type Stamps = [Option<(u64, u64, i64, i64, u64)>; 2];

impl std::fmt::Debug for Files {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Files").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Files {
    /// One certificate for whatever name is asked for: a client that does not like it says so better than we could.
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.loaded.load().pair.clone())
    }
}

impl Files {
    /// Reads both files.
    pub(crate) fn open(settings: FileSettings, clock: Clock) -> Result<Self, TlsError> {
        let loaded = load(&settings)?;
        warn_if_open(&settings.key);
        let files = Self { settings, clock, loaded: ArcSwap::from_pointee(loaded) };
        files.tell();
        Ok(files)
    }

    /// The names in the present certificate.
    pub(crate) fn names(&self) -> Vec<String> {
        self.loaded.load().facts.names.clone()
    }

    /// Looks for changes until the process ends.
    pub(crate) async fn keep(self: Arc<Self>) {
        let mut tried = self.loaded.load().stamps;
        let mut told = Instant::now();
        loop {
            tokio::time::sleep(self.settings.reload_every).await;
            let files = self.clone();
            let looked = tokio::task::spawn_blocking(move || files.look(&tried)).await;
            // An error means that the process is ending.
            let Ok(stamps) = looked else { return };
            tried = stamps;
            if told.elapsed() >= EXPIRY_WARNING_EVERY {
                told = Instant::now();
                self.tell();
            }
        }
    }

    /// Takes the pair in when a file is not what it was when last tried; what was tried now.
    fn look(&self, tried: &Stamps) -> Stamps {
        let stamps = stamps(&self.settings);
        if stamps != *tried {
            match load(&self.settings) {
                Ok(loaded) => {
                    self.loaded.store(Arc::new(loaded));
                    tracing::info!(names = ?self.names(), "took in a new certificate");
                    self.tell();
                }
                Err(error) => {
                    tracing::warn!(%error, "the certificate was changed but cannot be used; the old one goes on")
                }
            }
        }
        stamps
    }

    /// Says when the certificate ends, to the log where it is soon.
    fn tell(&self) {
        let facts = &self.loaded.load().facts;
        metrics::TLS_CERTIFICATE_ENDS.set(facts.until);
        if let Some(warning) = facts.warning((self.clock)()) {
            tracing::warn!(file = %self.settings.certificate.display(), "{warning}");
        }
    }
}

fn load(settings: &FileSettings) -> Result<Loaded, TlsError> {
    // Before the files are read: a change in between is then seen the next time.
    let stamps = stamps(settings);
    let chain = certificate::chain(&settings.certificate)?;
    let facts = certificate::facts(&chain[0])
        .map_err(|reason| TlsError::NoCertificate { path: settings.certificate.clone(), reason })?;
    let key = key(&settings.key)?;
    let pair = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider());
    let pair = pair.map_err(|error| unfit(settings, &error))?;
    Ok(Loaded { pair: Arc::new(pair), facts, stamps })
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsError> {
    let pem = certificate::read(path)?;
    PrivateKeyDer::from_pem_slice(&pem)
        .map_err(|error| TlsError::NoKey { path: path.to_owned(), reason: error.to_string() })
}

fn unfit(settings: &FileSettings, error: &Error) -> TlsError {
    match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            TlsError::Mismatch { key: settings.key.clone(), certificate: settings.certificate.clone() }
        }
        error => TlsError::Key { path: settings.key.clone(), reason: error.to_string() },
    }
}

fn stamps(settings: &FileSettings) -> Stamps {
    let stamp =
        |metadata: Metadata| (metadata.dev(), metadata.ino(), metadata.mtime(), metadata.mtime_nsec(), metadata.size());
    [&settings.certificate, &settings.key].map(|path| std::fs::metadata(path).ok().map(stamp))
}

/// A key that everybody on the machine can read is the operator's to judge: it may be meant.
fn warn_if_open(key: &Path) {
    if std::fs::metadata(key).is_ok_and(|metadata| metadata.mode() & 0o004 != 0) {
        tracing::warn!(file = %key.display(), "everybody on this machine can read the certificate's private key");
    }
}
