//! TLS on the server's port: certificates from files or by ACME, and the handshake.
//!
//! Certificates change under running connections: what is agreed stays, the next handshake takes the new one. A handshake
//! is bounded in time, and its costly part, the signature, in how many are made at once, so that a flood of them holds up
//! nobody who is already in. Which connections are TLS at all is the gateway's to say; what is spoken inside, too.

mod acme;
mod certificate;
mod error;
mod files;
pub mod limits;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use rustls::crypto::aws_lc_rs;
use rustls::server::{NoServerSessionStorage, ResolvesServerCert};
use rustls::{ServerConfig, version};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::Semaphore;
use tokio_rustls::LazyConfigAcceptor;

pub use error::{HandshakeError, TlsError};
pub use settings::{AcmeSettings, Clock, FileSettings, LETS_ENCRYPT, Settings, Source};
pub use tokio_rustls::server::TlsStream;

use acme::Acme;
use files::Files;

/// The protocol that an ACME server asks for when it looks whether a name leads here (RFC 8737).
const ACME_PROTOCOL: &[u8] = b"acme-tls/1";
/// What is spoken inside, where the client asks. Clients of the protocol ask for nothing.
const PROTOCOLS: [&[u8]; 1] = [b"http/1.1"];

/// Makes AWS-LC the cryptography of every TLS connection of this process, also of those that libraries open. To be called
/// before anything else; a second call changes nothing.
pub fn install() {
    // An error says that one is installed already.
    let _ = aws_lc_rs::default_provider().install_default();
}

/// Names that the certificate in this file is for, without wildcards: the first is how people call the server.
///
/// # Errors
/// [`TlsError`] when the file cannot be read or is none.
pub fn names_in(certificate: &std::path::Path) -> Result<Vec<String>, TlsError> {
    Ok(certificate::facts_of_file(certificate)?.names)
}

/// Where certificates come from.
#[derive(Clone)]
enum Certificates {
    Files(Arc<Files>),
    Acme(Arc<Acme>),
}

/// Serves handshakes. Cheap to clone.
#[derive(Clone)]
pub struct Tls {
    certificates: Certificates,
    serving: Arc<ServerConfig>,
    /// For ACME servers that look: they get their certificate and nothing else.
    proving: Arc<ServerConfig>,
    signing: Arc<Semaphore>,
    handshake_timeout: Duration,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Tls").field("names", &self.names()).finish_non_exhaustive()
    }
}

/// What a handshake came to.
pub enum Accepted<S> {
    /// A connection to serve.
    Stream(Box<TlsStream<S>>),
    /// An ACME server has seen what it wanted to see.
    Proof,
}

impl Tls {
    /// Reads the certificate, or gets ready to fetch one. The future keeps certificates fresh and is to be run beside the
    /// server for as long as it lives.
    ///
    /// # Errors
    /// [`TlsError`], one line, when what was set cannot work.
    pub fn open(settings: Settings) -> Result<(Self, BoxFuture<'static, ()>), TlsError> {
        let Settings { source, clock, handshake_timeout, signatures_at_once } = settings;
        let (certificates, keeping): (_, BoxFuture<'static, ()>) = match source {
            Source::Files(files) => {
                let files = Arc::new(Files::open(files, clock)?);
                (Certificates::Files(files.clone()), Box::pin(async move { files.keep().await }))
            }
            Source::Acme(settings) => {
                let acme = Arc::new(Acme::open(settings, clock)?);
                (Certificates::Acme(acme.clone()), Box::pin(async move { acme.keep().await }))
            }
        };
        let resolver = certificates.resolver();
        let tls = Self {
            serving: Arc::new(config(resolver.clone(), &PROTOCOLS)?),
            proving: Arc::new(config(resolver, &[ACME_PROTOCOL])?),
            certificates,
            signing: Arc::new(Semaphore::new(signatures_at_once.max(1))),
            handshake_timeout,
        };
        Ok((tls, keeping))
    }

    /// Whether there is a certificate: by ACME it comes some seconds after the first start. Nobody is to be sent here
    /// before.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        match &self.certificates {
            Certificates::Files(_) => true,
            Certificates::Acme(acme) => acme.is_ready(),
        }
    }

    /// The names that the certificate is for; the first is how people call the server.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match &self.certificates {
            Certificates::Files(files) => files.names(),
            Certificates::Acme(acme) => acme.names().to_vec(),
        }
    }

    /// One handshake as the server, within its time.
    ///
    /// # Errors
    /// [`HandshakeError`]: the connection is over, and the other side was told where the protocol has a word for it.
    pub async fn accept<S>(&self, stream: S) -> Result<Accepted<S>, HandshakeError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let outcome = tokio::time::timeout(self.handshake_timeout, self.handshake(stream)).await;
        let outcome = outcome.unwrap_or(Err(HandshakeError::Timeout));
        metrics::TLS_HANDSHAKES.inc(match &outcome {
            Ok(Accepted::Stream(_)) => "done",
            Ok(Accepted::Proof) => "acme",
            Err(error) => error.name(),
        });
        outcome
    }

    async fn handshake<S>(&self, stream: S) -> Result<Accepted<S>, HandshakeError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let hello = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), stream).await?;
        let proves = hello.client_hello().alpn().into_iter().flatten().eq([ACME_PROTOCOL]);
        let config = if proves { &self.proving } else { &self.serving };
        let mut stream = Box::pin(hello.into_stream(config.clone()));
        let signed = {
            // The first step makes the signature. Others wait for their turn and not on a thread; what comes after this
            // step waits for the network and holds up nobody.
            let _turn = self.signing.acquire().await;
            futures::poll!(stream.as_mut())
        };
        let mut stream = match signed {
            std::task::Poll::Ready(stream) => stream?,
            std::task::Poll::Pending => stream.await?,
        };
        if proves {
            // The other side is content with the certificate; that it may be gone already is no matter.
            let _ = tokio::io::AsyncWriteExt::shutdown(&mut stream).await;
            return Ok(Accepted::Proof);
        }
        Ok(Accepted::Stream(Box::new(stream)))
    }
}

impl Certificates {
    fn resolver(&self) -> Arc<dyn ResolvesServerCert> {
        match self {
            Self::Files(files) => files.clone(),
            Self::Acme(acme) => acme.clone(),
        }
    }
}

fn config(resolver: Arc<dyn ResolvesServerCert>, protocols: &[&[u8]]) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let versions = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .map_err(TlsError::Library)?;
    let mut config = versions.with_no_client_auth().with_cert_resolver(resolver);
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    // Who comes back brings their session along, sealed: the server remembers nothing.
    config.ticketer = aws_lc_rs::Ticketer::new().map_err(TlsError::Library)?;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    Ok(config)
}
