//! What the gateway is told at start.

use std::time::Duration;

use tls::Tls;

use crate::limits;

/// The gateway's settings.
#[derive(Clone, Debug)]
pub struct GatewayConfig {
    /// The first bytes of a connection, which say what is spoken, must arrive within this time.
    pub header_timeout: Duration,
    /// A connection must have proved to hold a key within this time.
    pub pre_auth_timeout: Duration,
    /// A write that makes no progress for so long closes the connection.
    pub write_timeout: Duration,
    /// Threads that do nothing but key exchanges.
    pub crypto_threads: usize,
    /// Most connections of one address that have not proved to hold a key.
    pub pre_auth_connections_per_ip: u32,
    /// Most connections in all.
    pub connections_max: usize,
    /// TLS on the same port, if there is any.
    pub https: Option<Https>,
}

/// TLS, and what browsers are told of it.
#[derive(Clone, Debug)]
pub struct Https {
    /// Certificates and handshakes.
    pub tls: Tls,
    /// Send browsers that ask for a page without TLS to the same page with it.
    pub redirect: bool,
    /// Where to, for hosts that the certificate does not name: scheme, host and port, without a slash at the end.
    pub origin: String,
    /// For so long browsers never ask without TLS again, in seconds; 0: they are not told to.
    pub strict_seconds: u32,
}

impl Default for GatewayConfig {
    fn default() -> Self {
        Self {
            header_timeout: limits::HEADER_TIMEOUT,
            pre_auth_timeout: limits::PRE_AUTH_TIMEOUT,
            write_timeout: limits::WRITE_TIMEOUT,
            crypto_threads: limits::CRYPTO_THREADS,
            pre_auth_connections_per_ip: limits::PRE_AUTH_CONNECTIONS_PER_IP,
            connections_max: limits::CONNECTIONS_MAX,
            https: None,
        }
    }
}

/// Why the gateway did not start.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// A thread could not be started.
    #[error("cannot start a thread for key exchanges: {0}")]
    Thread(#[source] std::io::Error),
}
