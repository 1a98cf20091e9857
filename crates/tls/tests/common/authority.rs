//! A certificate authority for one test: nobody but who is given its root trusts it.
#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses a part, and a test may panic")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, Certificate, CertificateParams, CertificateSigningRequestParams, IsCa, KeyPair};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

pub struct Authority {
    root: Certificate,
    key: KeyPair,
}

/// A certificate with its key, as the two files of an operator.
pub struct Pair {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { root: params.self_signed(&key).unwrap(), key }
    }

    /// Certificate chain and key for these names, as PEM.
    pub fn issue(&self, names: &[&str]) -> (String, String) {
        self.issue_with(names, |_| {})
    }

    pub fn issue_with(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> (String, String) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.root, &self.key).unwrap().pem() + &self.root.pem(), key.serialize_pem())
    }

    /// The same in two files of a folder.
    pub fn write(&self, folder: &Path, names: &[&str]) -> Pair {
        let (certificate, key) = self.issue(names);
        let pair = Pair { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") };
        std::fs::write(&pair.certificate, certificate).unwrap();
        std::fs::write(&pair.key, key).unwrap();
        pair
    }

    /// Certificate chain for somebody else's key, as PEM.
    pub fn sign(&self, request: CertificateSigningRequestParams) -> String {
        request.signed_by(&self.root, &self.key).unwrap().pem() + &self.root.pem()
    }

    pub fn root_pem(&self) -> String {
        self.root.pem()
    }

    /// A client that trusts this authority alone, and asks for these protocols.
    pub fn client(&self, protocols: &[&[u8]]) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.der().clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        config
    }

    /// A handshake with somebody who must be this name.
    pub async fn greet<S>(&self, stream: S, name: &'static str) -> std::io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let connector = TlsConnector::from(Arc::new(self.client(&[b"http/1.1"])));
        connector.connect(ServerName::try_from(name).unwrap(), stream).await
    }
}
