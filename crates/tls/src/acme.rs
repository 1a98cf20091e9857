//! A certificate by ACME: asked for when there is none, renewed when two thirds of its time are over, kept in a folder.
//!
//! rustls-acme walks the steps of RFC 8555; here it is watched. It has no time limits of its own and tries again at once,
//! which an authority answers by shutting the door for an hour: so failures are paused after, and an order that hangs is
//! begun anew. The present certificate is served through all of that.

mod folder;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use futures::StreamExt;
use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore};
use rustls_acme::{AcmeConfig, AcmeState, EventError, EventOk, ResolvesServerCertAcme};

use crate::certificate;
use crate::error::TlsError;
use crate::limits::{ACME_NAMES_MAX, ACME_RETRY_MAX};
use crate::settings::{AcmeSettings, Clock};
use folder::Folder;

type State = AcmeState<std::io::Error, std::io::Error>;

/// Orders certificates and hands them out.
pub(crate) struct Acme {
    settings: AcmeSettings,
    clock: Clock,
    client: Arc<ClientConfig>,
    folder: Folder,
    /// Of the order under way: proofs for the authority.
    proving: ArcSwapOption<ResolvesServerCertAcme>,
    /// Of the last order that brought a certificate.
    serving: ArcSwapOption<ResolvesServerCertAcme>,
    is_ready: AtomicBool,
}

impl fmt::Debug for Acme {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Acme").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Acme {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let of = if rustls_acme::is_tls_alpn_challenge(&hello) { &self.proving } else { &self.serving };
        of.load().as_ref()?.resolve(hello)
    }
}

impl Acme {
    /// Checks what can be checked without asking anybody.
    pub(crate) fn open(settings: AcmeSettings, clock: Clock) -> Result<Self, TlsError> {
        check(&settings)?;
        let client = Arc::new(client(&settings)?);
        let folder = Folder::new(settings.folder.clone());
        Ok(Self {
            settings,
            clock,
            client,
            folder,
            proving: ArcSwapOption::empty(),
            serving: ArcSwapOption::empty(),
            is_ready: AtomicBool::new(false),
        })
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.is_ready.load(Ordering::Acquire)
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.settings.names
    }

    /// Orders and renews until the process ends.
    pub(crate) async fn keep(self: Arc<Self>) {
        loop {
            let state = self.begin();
            let resolver = state.resolver();
            self.proving.store(Some(resolver.clone()));
            self.follow(state, &resolver).await;
            tracing::warn!(names = ?self.settings.names, "the order for a certificate hangs: beginning anew");
        }
    }

    fn begin(&self) -> State {
        let contact = self.settings.contact.iter().map(|address| format!("mailto:{address}"));
        AcmeConfig::new_with_client_config(&self.settings.names, self.client.clone())
            .contact(contact)
            .directory(&self.settings.directory)
            .cache(self.folder.clone())
            .state()
    }

    /// Follows one state machine until it has been silent for too long.
    async fn follow(&self, mut state: State, resolver: &Arc<ResolvesServerCertAcme>) {
        let mut pause = self.settings.retry_first;
        while let Ok(Some(event)) = tokio::time::timeout(self.patience(), state.next()).await {
            match event {
                Ok(EventOk::DeployedCachedCert | EventOk::DeployedNewCert) => {
                    self.deployed(resolver);
                    pause = self.settings.retry_first;
                }
                Ok(EventOk::CertCacheStore) => tracing::info!(names = ?self.settings.names, "got a certificate"),
                Ok(EventOk::AccountCacheStore) => {}
                Err(EventError::Order(error)) => {
                    tracing::warn!(%error, seconds = pause.as_secs(), "no certificate; tried again after a pause");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(ACME_RETRY_MAX);
                }
                Err(error) => tracing::warn!(%error, "trouble with the kept certificate"),
            }
        }
    }

    fn deployed(&self, resolver: &Arc<ResolvesServerCertAcme>) {
        self.serving.store(Some(resolver.clone()));
        self.is_ready.store(true, Ordering::Release);
    }

    /// How long nothing need happen: until the certificate is due, and then for as long as an order may take.
    fn patience(&self) -> Duration {
        let due = self.folder.facts().map_or(0, |facts| facts.until - (facts.until - facts.from) / 3);
        let until_due = u64::try_from(due - (self.clock)()).unwrap_or(0);
        Duration::from_secs(until_due) + self.settings.silence_max
    }
}

fn check(settings: &AcmeSettings) -> Result<(), TlsError> {
    settings.names.iter().try_for_each(|name| check_name(name))?;
    if settings.names.len() > ACME_NAMES_MAX {
        let name = settings.names[ACME_NAMES_MAX].clone();
        return Err(TlsError::Name { name, reason: "there are too many names for one certificate" });
    }
    let host = settings.directory.strip_prefix("https://").unwrap_or_default();
    if host.is_empty() || host.starts_with('/') || host.contains(char::is_whitespace) {
        return Err(TlsError::Directory(settings.directory.clone()));
    }
    Ok(())
}

/// What TLS-ALPN-01 can prove: a plain domain name.
fn check_name(name: &str) -> Result<(), TlsError> {
    let refuse = |reason| Err(TlsError::Name { name: name.to_owned(), reason });
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    match () {
        () if name.contains('*') => refuse("wildcards need another proof than this server can give"),
        () if name.parse::<std::net::IpAddr>().is_ok() => refuse("it is an address"),
        () if name.len() > 253 || !name.contains('.') => refuse("expected a full name such as chat.example.org"),
        () if !name.split('.').all(is_label) => {
            refuse("expected lower case letters, digits, hyphens and dots (other scripts as xn--…)")
        }
        () => Ok(()),
    }
}

/// Who asks the directory: trusts the public authorities, and those of the operator.
fn client(settings: &AcmeSettings) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = &settings.authorities {
        for authority in certificate::chain(path)? {
            let added = roots.add(authority);
            added.map_err(|error| TlsError::NoCertificate { path: path.clone(), reason: error.to_string() })?;
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let versions = builder.with_safe_default_protocol_versions().map_err(TlsError::Library)?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_cannot_be_proved_are_refused() {
        for name in ["chat.example", "a-b.c2.xn--bcher-kva.example"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        let long = format!("{}.example", "a".repeat(64));
        for name in [
            "",
            "localhost",
            "*.chat.example",
            "10.0.0.1",
            "::1",
            "Chat.example",
            "a..b",
            "-a.b",
            "a_b.c",
            "bücher.example",
            &long,
        ] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn a_directory_is_asked_over_https_only() {
        let with = |directory: &str| {
            let mut settings = AcmeSettings::new(vec!["chat.example".into()], "x".into());
            settings.directory = directory.into();
            check(&settings)
        };
        assert!(with("https://ca.example/dir").is_ok());
        for bad in ["", "http://ca.example/dir", "https://", "https:///dir", "https://a b/"] {
            assert!(with(bad).is_err(), "{bad}");
        }
    }
}
