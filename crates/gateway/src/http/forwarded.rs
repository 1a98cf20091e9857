//! Who asks, where a proxy stands in between: what the operator's own proxies say is believed, and nobody else's word.

use std::net::{IpAddr, SocketAddr};

use axum::http::uri::Scheme;
use axum::http::{HeaderMap, HeaderName};

use crate::config::Subnet;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The address and the scheme that a request was made with. `ip` and `scheme` are those of the connection.
///
/// Each proxy adds the address it was asked by at the end of the list: so it is read from there, for as long as it tells of
/// proxies of ours. What stands before the first stranger is that stranger's word.
pub(super) fn asked_by(trusted: &[Subnet], headers: &HeaderMap, ip: IpAddr, scheme: &Scheme) -> (IpAddr, Scheme) {
    let is_ours = |ip: &IpAddr| trusted.iter().any(|subnet| subnet.holds(*ip));
    if !is_ours(&ip) {
        return (ip, scheme.clone());
    }
    let lines = headers.get_all(FORWARDED_FOR).iter().filter_map(|line| line.to_str().ok());
    let told: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    let mut asking = ip;
    for address in told.into_iter().rev().map_while(address) {
        asking = address;
        if !is_ours(&asking) {
            break;
        }
    }
    let proto = headers.get(FORWARDED_PROTO).and_then(|proto| proto.to_str().ok());
    let is_secure = proto.is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"));
    (asking, if is_secure { Scheme::HTTPS } else { scheme.clone() })
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let ip = text.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    let ip = ip.or_else(|_| text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>());
    ip.ok().map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(from: &str, told: &[&str]) -> String {
        let trusted: Vec<Subnet> = ["127.0.0.1", "10.1.0.0/16", "fd00::/8"].map(|text| text.parse().unwrap()).to_vec();
        let mut lines = HeaderMap::new();
        for line in told {
            lines.append(FORWARDED_FOR, line.parse().unwrap());
        }
        asked_by(&trusted, &lines, from.parse().unwrap(), &Scheme::HTTP).0.to_string()
    }

    #[test]
    fn strangers_tell_nothing_of_others() {
        assert_eq!(asked("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        assert_eq!(asked("10.2.0.1", &["198.51.100.1"]), "10.2.0.1");
    }

    #[test]
    fn our_proxies_tell_who_asked_them() {
        assert_eq!(asked("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            asked("127.0.0.1", &["6.6.6.6, 198.51.100.1"]),
            "198.51.100.1",
            "the first is the stranger's own word"
        );
        assert_eq!(asked("127.0.0.1", &["6.6.6.6, 198.51.100.1, 10.1.2.3"]), "198.51.100.1", "two proxies");
        assert_eq!(asked("127.0.0.1", &["198.51.100.1", "10.1.2.3"]), "198.51.100.1", "a line each");
        assert_eq!(asked("127.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(asked("fd00::1", &["[2001:db8::7]:80"]), "2001:db8::7");
        assert_eq!(asked("fd00::1", &["[2001:db8::7]"]), "2001:db8::7");
    }

    #[test]
    fn what_is_no_address_ends_the_list() {
        assert_eq!(asked("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(asked("127.0.0.1", &["198.51.100.1, unknown"]), "127.0.0.1");
        assert_eq!(asked("127.0.0.1", &["198.51.100.1, nonsense, 10.1.2.3"]), "10.1.2.3");
        assert_eq!(asked("127.0.0.1", &[",,"]), "127.0.0.1");
    }

    #[test]
    fn the_scheme_is_the_proxys_too() {
        let headers = HeaderMap::from_iter([(FORWARDED_PROTO, "https".parse().unwrap())]);
        let scheme = |from: &str| {
            let trusted = ["127.0.0.1".parse().unwrap()];
            asked_by(&trusted, &headers, from.parse().unwrap(), &Scheme::HTTP).1
        };
        assert_eq!((scheme("127.0.0.1"), scheme("127.0.0.2")), (Scheme::HTTPS, Scheme::HTTP));
    }
}
