//! What the gateway is told at start.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use tls::Tls;
use tokio::runtime::Handle;

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
    /// A longer mean wait is overload; zero: whatever waits, nothing is refused for it.
    pub overload_wait: Duration,
    /// Proxies of the operator's own: they may say for whom they ask, and are not counted as strangers.
    pub trusted_proxies: Vec<Subnet>,
    /// Where connections live on which nobody is signed in ([`crate::newcomers_runtime`]), so that they keep nobody waiting who
    /// is here; without one they live among the others.
    pub newcomers: Option<Handle>,
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
            overload_wait: Duration::ZERO,
            trusted_proxies: Vec::new(),
            newcomers: None,
            https: None,
        }
    }
}

/// A range of addresses: one of them and how many bits all share, as in `10.0.0.0/8`; an address alone is itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subnet {
    address: IpAddr,
    bits: u8,
}

impl Subnet {
    /// Whether this address is one of them.
    #[must_use]
    pub fn holds(self, ip: IpAddr) -> bool {
        match (self.address, ip.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                (ours.to_bits() ^ theirs.to_bits()).leading_zeros() >= self.bits.into()
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                (ours.to_bits() ^ theirs.to_bits()).leading_zeros() >= self.bits.into()
            }
            _ => false,
        }
    }
}

impl FromStr for Subnet {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = || format!("`{text}` is no range of addresses: expected 10.0.0.1, 10.0.0.0/8 or fd00::/8");
        let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address = address.trim().parse::<IpAddr>().map_err(|_| refuse())?.to_canonical();
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.trim().parse().map_err(|_| refuse()))?;
        if bits > most { Err(refuse()) } else { Ok(Self { address, bits }) }
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.address, self.bits)
    }
}

/// Why the gateway did not start.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// A thread could not be started.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] std::io::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_what_begins_like_it() {
        let holds = |subnet: &str, ip: &str| subnet.parse::<Subnet>().unwrap().holds(ip.parse().unwrap());
        for (subnet, ip) in [
            ("10.0.0.0/8", "10.255.0.1"),
            ("10.0.0.1", "10.0.0.1"),
            ("10.0.0.1", "::ffff:10.0.0.1"),
            ("0.0.0.0/0", "1.2.3.4"),
            ("fd00::/8", "fdab::1"),
            ("::/0", "2001:db8::1"),
        ] {
            assert!(holds(subnet, ip), "{subnet} {ip}");
        }
        for (subnet, ip) in [
            ("10.0.0.0/8", "11.0.0.1"),
            ("10.0.0.1", "10.0.0.2"),
            ("0.0.0.0/0", "::1"),
            ("::/0", "1.2.3.4"),
            ("fd00::/8", "fe00::1"),
        ] {
            assert!(!holds(subnet, ip), "{subnet} {ip}");
        }
        for bad in ["", "10.0.0", "10.0.0.0/33", "fd00::/129", "10.0.0.0/x", "10.0.0.0/-1", "/8"] {
            assert!(bad.parse::<Subnet>().is_err(), "{bad}");
        }
        assert_eq!("fd00::/8".parse::<Subnet>().unwrap().to_string(), "fd00::/8");
    }
}
