//! Which addresses clients are told to dial, and the file that says where this server really listens.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;

use anyhow::Result;

use crate::config::Config;
use crate::keys::write_atomically;

/// One address a line, written once the sockets are bound (port 0 is a number by then).
const LISTEN_FILE: &str = "listen";

/// Writes down where this server listens.
pub fn write_listening(data: &Path, addresses: &[SocketAddr]) -> Result<()> {
    let text: String = addresses.iter().map(|address| format!("{address}\n")).collect();
    write_atomically(&data.join(LISTEN_FILE), text.as_bytes(), 0o644)
}

/// Where the server of this data folder listens, or listened last.
pub fn read_listening(data: &Path) -> Vec<SocketAddr> {
    let text = std::fs::read_to_string(data.join(LISTEN_FILE)).unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).collect()
}

/// What clients dial: what is configured, else what is listened on with unspecified addresses made real.
pub fn advertised(config: &Config, listening: &[SocketAddr]) -> Vec<SocketAddr> {
    if !config.server.advertise.is_empty() {
        return config.server.advertise.clone();
    }
    listening.iter().map(|address| SocketAddr::new(reachable(address.ip()), address.port())).collect()
}

/// The same for commands beside the server: from the data folder, else from the configuration. Never empty.
pub fn advertised_by(config: &Config, data: &Path) -> Vec<SocketAddr> {
    let listening = read_listening(data);
    advertised(config, if listening.is_empty() { &config.server.listen } else { &listening })
}

/// Where people reach this server over HTTP, with a slash at the end: what is configured, else the name in the
/// certificate, else the first address.
pub fn base_url(config: &Config, advertised: &[SocketAddr]) -> String {
    if let Some(base_url) = config.server.base_url.get() {
        return base_url.to_owned();
    }
    let first = advertised[0];
    if let Some(domain) = config.tls.acme_domains.first() {
        // Port 443 leads here, else there would be no certificate.
        return format!("https://{domain}/");
    }
    if !config.has_tls() {
        return format!("http://{first}/");
    }
    // A certificate that cannot be read is told of where it is needed.
    let names = tls::names_in(&config.tls.certificate).unwrap_or_default();
    match (names.first(), first.port()) {
        (Some(name), 443) => format!("https://{name}/"),
        (Some(name), port) => format!("https://{name}:{port}/"),
        (None, _) => format!("https://{first}/"),
    }
}

/// Where a process of this machine reaches a listening address.
pub fn from_here(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        ip if !ip.is_unspecified() => address,
        IpAddr::V4(_) => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), address.port()),
        IpAddr::V6(_) => SocketAddr::new(std::net::Ipv6Addr::LOCALHOST.into(), address.port()),
    }
}

fn reachable(ip: IpAddr) -> IpAddr {
    match ip {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => outward("0.0.0.0:0", "192.0.2.1:9").unwrap_or(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(_) => outward("[::]:0", "[2001:db8::1]:9").unwrap_or(std::net::Ipv6Addr::LOCALHOST.into()),
    }
}

/// The address this machine would use towards the outside: the routing table answers, no packet is sent.
fn outward(from: &str, towards: &str) -> Option<IpAddr> {
    let socket = UdpSocket::bind(from).ok()?;
    socket.connect(towards).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_to_dial_an_unspecified_address() {
        let listening = ["0.0.0.0:7".parse().unwrap(), "127.0.0.1:8".parse().unwrap()];
        let told = advertised(&Config::default(), &listening);
        assert!(!told[0].ip().is_unspecified() && told[0].port() == 7);
        assert_eq!(told[1], listening[1]);
        assert_eq!(from_here(listening[0]), "127.0.0.1:7".parse().unwrap());
    }

    #[test]
    fn what_is_configured_wins() {
        let mut config = Config::default();
        config.server.advertise = vec!["203.0.113.7:443".parse().unwrap()];
        assert_eq!(advertised(&config, &["0.0.0.0:7".parse().unwrap()]), config.server.advertise);
    }

    #[test]
    fn the_listening_file_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_listening(folder.path()).is_empty());
        let addresses = ["[::1]:7".parse().unwrap(), "127.0.0.1:8".parse().unwrap()];
        write_listening(folder.path(), &addresses).unwrap();
        assert_eq!(read_listening(folder.path()), addresses);
    }
}
