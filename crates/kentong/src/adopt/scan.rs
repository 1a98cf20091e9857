//! Finding what a program was built with: keys in PEM, and addresses that are strings of their own.
//!
//! One pass in windows that overlap, so that memory does not depend on the size of the file. It knows no executable
//! format: a string ends with a zero byte in all of them.

use std::io::{self, Read};
use std::net::IpAddr;

use anyhow::{Result, bail};
use crypto::PublicKey;

use super::limits::{ADDRESS_MAX_CHARS, CHUNK_BYTES, OVERLAP_BYTES, PLACES_MAX};
use super::networks::is_telegrams;

const BEGIN: &[u8] = b"-----BEGIN RSA PUBLIC KEY-----";
const END: &[u8] = b"-----END RSA PUBLIC KEY-----";

/// Something to be replaced.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// Where it begins in the file.
    pub offset: u64,
    /// Bytes it takes there, and so all that what replaces it may take.
    pub bytes: usize,
    /// What it is.
    pub holds: Holds,
}

/// What is built in at a place.
#[derive(Debug, PartialEq, Eq)]
pub enum Holds {
    /// A public key of 2048 bits, and the lengths of its lines between the first and the last.
    Key(Vec<usize>),
    /// One of Telegram's addresses.
    Address(IpAddr),
}

/// All of it, in the order of the file.
#[derive(Debug, Default)]
pub struct Found {
    /// What is to be replaced.
    pub places: Vec<Place>,
    /// Keys of another size, which are for something else than the protocol.
    pub other_keys: usize,
}

impl Found {
    /// How many keys are to be replaced.
    pub fn keys(&self) -> usize {
        self.places.len() - self.addresses().count()
    }

    /// The addresses, each with the bytes it takes.
    pub fn addresses(&self) -> impl Iterator<Item = (usize, IpAddr)> {
        self.places.iter().filter_map(|place| match place.holds {
            Holds::Address(address) => Some((place.bytes, address)),
            Holds::Key(_) => None,
        })
    }
}

/// Reads the whole program.
pub fn scan(mut program: impl Read) -> Result<Found> {
    let mut found = Found::default();
    let mut window = Window { bytes: vec![0], start: 0, ended: false };
    while !window.ended {
        window.fill(&mut program)?;
        window.search(&mut found)?;
        window.advance();
    }
    Ok(found)
}

/// A part of the file, with the byte before it (a zero one before the first).
struct Window {
    bytes: Vec<u8>,
    start: u64,
    ended: bool,
}

impl Window {
    fn fill(&mut self, program: &mut impl Read) -> io::Result<()> {
        let wanted = CHUNK_BYTES as u64;
        let got = program.take(wanted).read_to_end(&mut self.bytes)?;
        self.ended = (got as u64) < wanted;
        Ok(())
    }

    /// Positions that the next window does not begin with: whatever starts here is whole in this one.
    fn searched(&self) -> usize {
        if self.ended { self.bytes.len() } else { self.bytes.len() - OVERLAP_BYTES }
    }

    fn search(&self, found: &mut Found) -> Result<()> {
        for at in 1..self.searched() {
            let Some((bytes, holds)) = self.look(at, found) else { continue };
            if found.places.len() == PLACES_MAX {
                bail!("more than {PLACES_MAX} built-in keys and addresses: this is no program that can be adopted");
            }
            found.places.push(Place { offset: self.start + at as u64 - 1, bytes, holds });
        }
        Ok(())
    }

    fn look(&self, at: usize, found: &mut Found) -> Option<(usize, Holds)> {
        let rest = &self.bytes[at..];
        if rest[0] == b'-' && rest.starts_with(BEGIN) {
            return key(rest).or_else(|| {
                found.other_keys += 1;
                None
            });
        }
        if self.bytes[at - 1] == 0 { address(rest) } else { None }
    }

    fn advance(&mut self) {
        let passed = self.searched() - 1;
        self.bytes.drain(..passed);
        self.start += passed as u64;
    }
}

/// A key of 2048 bits, and the line breaks behind it.
fn key(rest: &[u8]) -> Option<(usize, Holds)> {
    let near = &rest[..rest.len().min(OVERLAP_BYTES)];
    let end = near.windows(END.len()).position(|part| part == END)? + END.len();
    let pem = std::str::from_utf8(&near[..end]).ok()?;
    PublicKey::from_pem(pem).ok()?;
    let mut lines: Vec<_> = pem.lines().skip(1).map(str::len).collect();
    lines.pop();
    let breaks = near[end..].iter().take_while(|byte| **byte == b'\n').count();
    Some((end + breaks, Holds::Key(lines)))
}

/// One of Telegram's addresses that is a string by itself: a zero byte is before it and behind it.
fn address(rest: &[u8]) -> Option<(usize, Holds)> {
    let near = &rest[..rest.len().min(ADDRESS_MAX_CHARS + 1)];
    let bytes = near.iter().position(|byte| *byte == 0)?;
    let address: IpAddr = std::str::from_utf8(&near[..bytes]).ok()?.parse().ok()?;
    is_telegrams(address).then_some((bytes, Holds::Address(address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offsets(program: &[u8]) -> Vec<u64> {
        scan(program).unwrap().places.iter().map(|place| place.offset).collect()
    }

    #[test]
    fn an_address_is_found_as_a_string_of_its_own_only() {
        assert_eq!(offsets(b"149.154.175.50\0"), [0]);
        assert_eq!(offsets(b"x\x002001:67c:4e8:f002::a\0"), [2]);
        for other in [&b"x149.154.175.50\0"[..], b"\x00149.154.175.50", b"\x00149.154.175.50/\0", b"\x0010.0.0.1\0"] {
            assert_eq!(offsets(other), [0; 0], "{other:?}");
        }
    }

    #[test]
    fn nothing_is_missed_or_doubled_where_windows_meet() {
        for meets in CHUNK_BYTES - OVERLAP_BYTES - 20..CHUNK_BYTES - OVERLAP_BYTES + 5 {
            let mut program = vec![0; 2 * CHUNK_BYTES + 7];
            program[meets..meets + 14].copy_from_slice(b"149.154.175.50");
            assert_eq!(offsets(&program), [meets as u64]);
        }
    }

    #[test]
    fn a_key_of_another_size_is_counted_and_left() {
        let found = scan(&b"-----BEGIN RSA PUBLIC KEY-----\nMIGJ\n-----END RSA PUBLIC KEY-----\0"[..]).unwrap();
        assert_eq!((found.places.len(), found.other_keys), (0, 1));
    }
}
