//! What is written at a place instead of what was built in, always as long as that was.
//!
//! A key gets the lines that the built-in one has. What is shorter all the same is filled up: an address with zero bytes,
//! where every program's parser stops; a key with line breaks, which PEM ignores behind its end.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use anyhow::{Context, Result, bail};

use super::scan::{Found, Holds, Place};

/// Where an IPv4 address is built in and the server has none: this one never leaves the machine.
const NOWHERE: Ipv4Addr = Ipv4Addr::UNSPECIFIED;

/// The server a program is made to know.
pub struct Server {
    /// Its address.
    pub address: IpAddr,
    /// Its public key, without a line break at the end.
    pub pem: String,
    /// Whether its IPv4 address is written in places for IPv6 ones; where it has no room, those lead nowhere.
    pub has_ipv6: bool,
}

impl Server {
    /// The bytes for a place, as many as it has.
    pub fn fill(&self, place: &Place) -> Result<Vec<u8>> {
        let (text, filler) = match &place.holds {
            Holds::Key(lines) => (self.key_like(lines), b'\n'),
            Holds::Address(built_in) => (self.address_like(*built_in), 0),
        };
        let room = place.bytes.checked_sub(text.len()).with_context(|| match place.holds {
            Holds::Key(_) => {
                format!("a built-in key has {} bytes, and this server's needs {}", place.bytes, text.len())
            }
            Holds::Address(_) => format!("a built-in address has {} characters, and {text} is longer", place.bytes),
        })?;
        Ok([text.into_bytes(), vec![filler; room]].concat())
    }

    /// In lines like the built-in one's: some programs refuse a key with more line breaks behind it than there were.
    fn key_like(&self, lines: &[usize]) -> String {
        let own: Vec<_> = self.pem.lines().collect();
        let [first, body @ .., last] = &own[..] else { return self.pem.clone() };
        let body = body.concat();
        if body.len() != lines.iter().sum::<usize>() || !body.is_ascii() {
            return self.pem.clone();
        }
        let mut text = format!("{first}\n");
        let mut rest = &body[..];
        for length in lines {
            let (line, after) = rest.split_at(*length);
            text.extend([line, "\n"]);
            rest = after;
        }
        text + last
    }

    /// In the family of the built-in one, which the program's parser insists on. An IPv4 server is reached from an IPv6
    /// place as a mapped address, written in hexadecimal because that is never longer than what is built in.
    pub fn address_like(&self, built_in: IpAddr) -> String {
        match (self.address, built_in) {
            (IpAddr::V4(_), IpAddr::V4(_)) | (IpAddr::V6(_), IpAddr::V6(_)) => self.address.to_string(),
            (IpAddr::V4(ip), IpAddr::V6(_)) if self.has_ipv6 => mapped(ip),
            (IpAddr::V4(_), IpAddr::V6(_)) => Ipv6Addr::UNSPECIFIED.to_string(),
            (IpAddr::V6(_), IpAddr::V4(_)) => NOWHERE.to_string(),
        }
    }

    /// Refuses an address that is too long for one of the places, in words that say how long it may be.
    pub fn ensure_fits(&self, found: &Found) -> Result<()> {
        let too_long = |(bytes, built_in): &(usize, IpAddr)| self.address_like(*built_in).len() > *bytes;
        if let Some((bytes, built_in)) = found.addresses().filter(too_long).min() {
            let text = self.address_like(built_in);
            let characters = text.len();
            bail!(
                "{text} has {characters} characters, and the built-in {built_in} leaves room for {bytes}: \
                 give the server an address of at most {bytes} characters"
            );
        }
        Ok(())
    }
}

fn mapped(ip: Ipv4Addr) -> String {
    let [.., high, low] = ip.to_ipv6_mapped().segments();
    let text = format!("::ffff:{high:x}:{low:x}");
    debug_assert!(text.parse::<Ipv6Addr>().is_ok_and(|parsed| parsed == ip.to_ipv6_mapped()));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(built_in: &str) -> Place {
        Place { offset: 0, bytes: built_in.len(), holds: Holds::Address(built_in.parse().unwrap()) }
    }

    fn server(address: &str) -> Server {
        Server { address: address.parse().unwrap(), pem: String::new(), has_ipv6: true }
    }

    #[test]
    fn addresses_keep_family_and_length() {
        let filled = |server: &Server, built_in| String::from_utf8(server.fill(&place(built_in)).unwrap()).unwrap();
        assert_eq!(filled(&server("10.0.0.1"), "149.154.171.5"), "10.0.0.1\0\0\0\0\0");
        assert_eq!(filled(&server("10.0.0.1"), "2001:67c:4e8:f002::a"), "::ffff:a00:1\0\0\0\0\0\0\0\0");
        assert_eq!(filled(&server("2001:db8::7"), "149.154.171.5"), "0.0.0.0\0\0\0\0\0\0");
    }

    #[test]
    fn a_mapped_address_is_never_too_long_for_what_programs_have() {
        assert_eq!(mapped(Ipv4Addr::BROADCAST).len(), 16);
    }

    #[test]
    fn an_address_that_is_too_long_is_refused_with_the_length_that_fits() {
        let found = Found { places: vec![place("149.154.175.50"), place("149.154.171.5")], other_keys: 0 };
        let refusal = server("192.168.100.200").ensure_fits(&found).unwrap_err().to_string();
        assert!(refusal.contains("15 characters") && refusal.contains("at most 13"), "{refusal}");
        server("192.168.100.2").ensure_fits(&found).unwrap();
    }
}
