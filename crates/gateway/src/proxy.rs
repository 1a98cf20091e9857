//! The PROXY protocol, versions 1 and 2: how the operator's own load balancer says for whom it connects.
//!
//! Only addresses that are trusted are listened to; from anybody else these bytes are those of no transport. A proxy need not
//! speak it: what does not begin with it is taken as before. Checksums and other additions of version 2 are skipped, since
//! the road to a trusted proxy is trusted, too. (haproxy.org, "The PROXY protocol", versions 1 and 2.)

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::limits::PROXY_HEADER_MAX_BYTES;

/// How a header of version 1 begins.
const FIRST: &[u8] = b"PROXY ";
/// Its longest line, its end included.
const FIRST_MAX_BYTES: usize = 107;
/// How a header of version 2 begins.
const SECOND: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";
/// Signature, command, family, and the length of what follows.
const SECOND_HEAD_BYTES: usize = 16;

/// What the first bytes of a trusted connection say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// More bytes are needed.
    Incomplete,
    /// No header: the connection begins here.
    Nothing,
    /// The first so many bytes are a header, and this is who connected; nobody: the proxy itself, as for a health check.
    Header(usize, Option<IpAddr>),
    /// A header that cannot be.
    Malformed,
}

/// Reads them.
pub(crate) fn read(bytes: &[u8]) -> Said {
    if begins_like(bytes, FIRST) {
        first(bytes)
    } else if begins_like(bytes, SECOND) {
        second(bytes)
    } else {
        Said::Nothing
    }
}

/// As far as both go.
fn begins_like(bytes: &[u8], signature: &[u8]) -> bool {
    let common = bytes.len().min(signature.len());
    bytes[..common] == signature[..common]
}

/// `PROXY TCP4 198.51.100.1 203.0.113.1 51234 443\r\n`, or `PROXY UNKNOWN` with anything behind it.
fn first(bytes: &[u8]) -> Said {
    let Some(end) = bytes.windows(2).take(FIRST_MAX_BYTES - 1).position(|pair| pair == b"\r\n") else {
        return if bytes.len() < FIRST_MAX_BYTES { Said::Incomplete } else { Said::Malformed };
    };
    let Ok(line) = std::str::from_utf8(&bytes[..end]) else { return Said::Malformed };
    let words: Vec<&str> = line.split(' ').collect();
    let source = match words.as_slice() {
        [_, "UNKNOWN", ..] => None,
        [_, "TCP4", source, _, _, _] => source.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
        [_, "TCP6", source, _, _, _] => source.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
        _ => return Said::Malformed,
    };
    if source.is_none() && words.get(1) != Some(&"UNKNOWN") {
        return Said::Malformed;
    }
    Said::Header(end + 2, source.map(|source| source.to_canonical()))
}

fn second(bytes: &[u8]) -> Said {
    let Some(head) = bytes.first_chunk::<SECOND_HEAD_BYTES>() else { return Said::Incomplete };
    let [.., version_and_command, family, high, low] = *head;
    let length = usize::from(u16::from_be_bytes([high, low]));
    let whole = SECOND_HEAD_BYTES + length;
    if version_and_command >> 4 != 2 || whole > PROXY_HEADER_MAX_BYTES {
        return Said::Malformed;
    }
    let Some(addresses) = bytes.get(SECOND_HEAD_BYTES..whole) else { return Said::Incomplete };
    match (version_and_command & 0xf, family >> 4) {
        // LOCAL, and families that have no addresses of the internet.
        (0, _) | (1, 0 | 3) => Said::Header(whole, None),
        (1, 1) => {
            told(whole, addresses.first_chunk::<4>().filter(|_| length >= 12).map(|ip| Ipv4Addr::from(*ip).into()))
        }
        (1, 2) => {
            told(whole, addresses.first_chunk::<16>().filter(|_| length >= 36).map(|ip| Ipv6Addr::from(*ip).into()))
        }
        _ => Said::Malformed,
    }
}

fn told(whole: usize, source: Option<IpAddr>) -> Said {
    source.map_or(Said::Malformed, |source| Said::Header(whole, Some(source.to_canonical())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    fn second_of(command: u8, family: u8, addresses: &[u8]) -> Vec<u8> {
        let length = u16::try_from(addresses.len()).expect("short").to_be_bytes();
        [SECOND, &[0x20 | command, family], &length, addresses].concat()
    }

    #[test]
    fn version_one_tells_who_connected() {
        for (line, source) in [
            ("PROXY TCP4 198.51.100.1 203.0.113.1 51234 443\r\n", ip("198.51.100.1")),
            ("PROXY TCP6 2001:db8::7 ::1 51234 443\r\n", ip("2001:db8::7")),
            ("PROXY TCP6 ::ffff:10.0.0.1 ::1 1 2\r\n", ip("10.0.0.1")),
            ("PROXY UNKNOWN\r\n", None),
            ("PROXY UNKNOWN and so on\r\n", None),
        ] {
            let whole = [line.as_bytes(), b"\xef what follows"].concat();
            assert_eq!(read(&whole), Said::Header(line.len(), source), "{line}");
            for length in 0..line.len() {
                assert_eq!(read(&whole[..length]), Said::Incomplete, "{length} of {line}");
            }
        }
    }

    #[test]
    fn version_two_tells_who_connected() {
        let four = [&[198, 51, 100, 1, 203, 0, 113, 1][..], &[0; 4]].concat();
        let six = [&Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 7).octets()[..], &[0; 20], b"\x04\0\x03xyz"].concat();
        for (header, source) in [
            (second_of(1, 0x11, &four), ip("198.51.100.1")),
            (second_of(1, 0x21, &six), ip("2001:db8::7")),
            (second_of(0, 0, &[]), None),
            (second_of(1, 0, b"anything"), None),
            (second_of(1, 0x31, &[0; 216]), None),
        ] {
            let whole = [&header[..], b"\xee\xee\xee\xee"].concat();
            assert_eq!(read(&whole), Said::Header(header.len(), source));
            for length in 0..header.len() {
                assert_eq!(read(&whole[..length]), Said::Incomplete);
            }
        }
    }

    #[test]
    fn what_cannot_be_is_told_from_what_is_none() {
        for bytes in
            [&b"\xef"[..], b"\xee\xee\xee\xee", b"GET / HTTP/1.1\r\n", b"PROXIES", b"\x16\x03\x01", b"\r\n\r\n\0\rX"]
        {
            assert_eq!(read(bytes), Said::Nothing, "{bytes:?}");
        }
        let long = [b"PROXY UNKNOWN ".as_slice(), &[b'x'; 200]].concat();
        for bytes in [
            b"PROXY TCP4 nobody 1.2.3.4 1 2\r\n".to_vec(),
            b"PROXY TCP4 ::1 ::1 1 2\r\n".to_vec(),
            b"PROXY TCP4 1.2.3.4\r\n".to_vec(),
            b"PROXY SCTP 1.2.3.4 1.2.3.4 1 2\r\n".to_vec(),
            b"PROXY \xff\r\n".to_vec(),
            long,
            second_of(1, 0x11, &[0; 11]),
            second_of(1, 0x21, &[0; 35]),
            second_of(2, 0x11, &[0; 12]),
            second_of(1, 0x51, &[0; 12]),
            second_of(1, 0x11, &[0; 2_000]),
            [SECOND, &[0x11, 0x11, 0, 12], &[0; 12]].concat(),
        ] {
            assert_eq!(read(&bytes), Said::Malformed, "{bytes:?}");
        }
    }
}
