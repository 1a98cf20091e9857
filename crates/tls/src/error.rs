//! What can be wrong, each in one line that an operator can act on.

use std::io;
use std::path::PathBuf;

/// Why TLS cannot be served as it was set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is longer than any certificate.
    #[error("{}: {bytes} bytes are no certificate or key: at most {} are read", path.display(), crate::limits::FILE_MAX_BYTES)]
    TooLong {
        /// The file.
        path: PathBuf,
        /// Its length.
        bytes: u64,
    },
    /// A file that should hold certificates.
    #[error("{}: no certificate in PEM is in it ({reason})", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
        /// What was found instead.
        reason: String,
    },
    /// A file that should hold a private key.
    #[error("{}: no private key in PEM is in it ({reason})", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
        /// What was found instead.
        reason: String,
    },
    /// A pair that is none.
    #[error("{}: this key does not belong to the certificate in {}", key.display(), certificate.display())]
    Mismatch {
        /// The key's file.
        key: PathBuf,
        /// The certificate's.
        certificate: PathBuf,
    },
    /// A key that cannot be used.
    #[error("{}: this kind of key cannot be used: {reason}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What the library said.
        reason: String,
    },
    /// A name that no public authority certifies by ACME.
    #[error("`{name}` is no domain name that a certificate can be asked for: {reason}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A directory that cannot be asked.
    #[error("`{0}` is no ACME directory: expected https://HOST/PATH")]
    Directory(String),
    /// The library refuses to work.
    #[error("TLS cannot be set up: {0}")]
    Library(#[source] rustls::Error),
}

/// Why a handshake came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// It took too long.
    #[error("the handshake took too long")]
    Timeout,
    /// The other side went, or spoke something else.
    #[error("{0}")]
    Failed(#[from] io::Error),
}

impl HandshakeError {
    /// The label it is counted under.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Failed(error) if error.kind() == io::ErrorKind::InvalidData => "refused",
            Self::Failed(_) => "gone",
        }
    }
}
