//! Addresses that are not strings in a program but numbers in its code.
//!
//! Compilers copy a short text by storing it in pieces of four and eight bytes, each a number in a `mov` instruction; of
//! a text that is a string as well, the end may be such a piece. All are near each other, since one function makes the
//! list. Of the instructions nothing but the numbers is changed, and all or nothing: a program in which something is
//! left that looks like another piece is refused, because its copy would dial half of each address.

use std::collections::HashMap;
use std::io::{Read, Seek, SeekFrom};
use std::net::IpAddr;

use anyhow::{Context, Result, bail, ensure};

use super::fill::Server;
use super::limits::{CHUNK_BYTES, CODE_AROUND_BYTES, CODE_MAX_BYTES, PIECES_MAX, STRING_LOAD_BYTES};
use super::scan::Found;

/// The addresses of TDLib: a piece is known by being a part of one of them.
pub const ADDRESSES: [&str; 17] = [
    "149.154.175.10",
    "149.154.167.40",
    "149.154.175.117",
    "149.154.175.50",
    "149.154.167.51",
    "95.161.76.100",
    "149.154.175.100",
    "149.154.167.91",
    "149.154.171.5",
    "2001:b28:f23d:f001::e",
    "2001:67c:4e8:f002::e",
    "2001:b28:f23d:f003::e",
    "2001:b28:f23d:f001::a",
    "2001:67c:4e8:f002::a",
    "2001:b28:f23d:f003::a",
    "2001:67c:4e8:f004::a",
    "2001:b28:f23f:f005::a",
];

/// The sizes of numbers: a long one is sure by itself, a short one only beside long ones.
const LONG: usize = 8;
const SHORT: usize = 4;
/// Characters of an address that a long piece has at least; the rest are zero bytes behind its end.
const LONG_MIN_CHARS: usize = 5;

/// Bytes to be written over a piece.
#[derive(Debug, PartialEq, Eq)]
pub struct Patch {
    /// Where in the file.
    pub offset: u64,
    /// As many as are there.
    pub bytes: Vec<u8>,
}

/// What replaces the pieces of a program.
#[derive(Debug, Default)]
pub struct Pieces {
    /// In the order of the file; empty if all its addresses are strings.
    pub patches: Vec<Patch>,
}

impl Pieces {
    /// How many addresses of a family are in pieces.
    pub fn addresses(&self, ipv4: bool) -> usize {
        if self.patches.is_empty() { 0 } else { ADDRESSES.iter().filter(|text| text.contains(':') != ipv4).count() }
    }
}

/// Finds the pieces, and what becomes of each.
pub fn find<P: Read + Seek>(program: &mut P, found: &Found, server: &Server) -> Result<Pieces> {
    let table = Table::new();
    program.rewind()?;
    let sure = table.anchors(&mut *program)?;
    let (Some(first), Some(last)) = (sure.first(), sure.last()) else { return Ok(Pieces::default()) };
    let start = first.saturating_sub(CODE_AROUND_BYTES);
    let length = last + CODE_AROUND_BYTES - start;
    ensure!(length <= CODE_MAX_BYTES, "pieces of Telegram's addresses are in its code at places far apart");
    let mut code = Vec::new();
    program.seek(SeekFrom::Start(start))?;
    program.by_ref().take(length).read_to_end(&mut code)?;
    blank_strings(&mut code, start, found);
    let pieces = table.pieces(&code)?;
    table.ensure_nothing_left(&code, &pieces)?;
    ensure_whole(&code, &pieces, found, server)?;
    let patches = pieces.iter().map(|piece| Patch { offset: start + piece.at as u64, bytes: piece.fill(server) });
    Ok(Pieces { patches: patches.collect() })
}

/// Strings near the code are no pieces of it.
fn blank_strings(code: &mut [u8], start: u64, found: &Found) {
    let end = start + code.len() as u64;
    for place in &found.places {
        let (from, to) = (place.offset.clamp(start, end), (place.offset + place.bytes as u64).clamp(start, end));
        code[(from - start) as usize..(to - start) as usize].fill(0);
    }
}

/// A part of one address or of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    /// An address it is of.
    address: IpAddr,
    /// Characters before it there.
    skipped: usize,
    /// Whether its first byte is not text but how long the text is.
    counted: bool,
}

/// A part that was found.
struct Piece {
    at: usize,
    bytes: Vec<u8>,
    part: Part,
}

impl Piece {
    /// The same part of what replaces each address of its family: the text, then zero bytes, where parsers stop.
    fn fill(&self, server: &Server) -> Vec<u8> {
        let text = server.address_like(self.part.address).into_bytes();
        let kept = usize::from(self.part.counted);
        let rest = text.into_iter().chain(std::iter::repeat(0)).skip(self.part.skipped);
        self.bytes[..kept].iter().copied().chain(rest).take(self.bytes.len()).collect()
    }

    /// The characters of this address which it sets.
    fn sets(&self, address: &str) -> Option<std::ops::Range<usize>> {
        let kept = usize::from(self.part.counted);
        let text = self.bytes[kept..].iter().take_while(|byte| **byte != 0).count();
        let (from, end) = (self.part.skipped, self.part.skipped + text);
        let same = address.as_bytes().get(from..end) == Some(&self.bytes[kept..kept + text]);
        // What is behind a zero byte is the end of the address, or the piece is of another one.
        let ends = kept + text == self.bytes.len() || end == address.len();
        (same && ends).then_some(from..end)
    }

    /// The characters which it sets of an address that is computed from it: up to the one that the code changes.
    fn leads(&self, address: &str, code: &[u8]) -> Option<std::ops::Range<usize>> {
        let from = self.part.skipped;
        let (text, shown) = (address.as_bytes().get(from..)?, <[u8; LONG]>::try_from(&self.bytes[..]).ok()?);
        let mut wanted = [0; LONG];
        wanted.get_mut(..text.len())?.copy_from_slice(text);
        let step = i64::from_le_bytes(wanted).wrapping_sub(i64::from_le_bytes(shown));
        let changed = wanted.iter().zip(shown).position(|(one, other)| *one != other)?;
        let adds = changed > 0 && adds(code, i32::try_from(step).ok()?);
        adds.then_some(from..from + changed)
    }
}

/// All parts that addresses can be cut into.
struct Table {
    long: HashMap<[u8; LONG], Part>,
    short: HashMap<[u8; SHORT], Part>,
    /// Short parts that are at several positions.
    doubtful: Vec<[u8; SHORT]>,
}

impl Table {
    fn new() -> Self {
        let mut table = Self { long: HashMap::new(), short: HashMap::new(), doubtful: Vec::new() };
        for text in ADDRESSES {
            if let Ok(address) = text.parse() {
                table.add(text.as_bytes(), address);
            }
        }
        table
    }

    fn add(&mut self, text: &[u8], address: IpAddr) {
        let padded = [text, &[0; LONG]].concat();
        for (skipped, bytes) in padded.windows(LONG).enumerate().take(text.len() + 1 - LONG_MIN_CHARS) {
            self.long.insert(array(bytes), Part { address, skipped, counted: false });
        }
        // libc++ keeps twice the length in the first byte of a short string, and the text behind it.
        let counted = [&[2 * text.len() as u8], &text[..LONG - 1]].concat();
        self.long.insert(array(&counted), Part { address, skipped: 0, counted: true });
        for (skipped, bytes) in text.windows(SHORT).enumerate() {
            let part = Part { address, skipped, counted: false };
            let old = self.short.insert(array(bytes), part);
            if old.is_some_and(|old| (old.skipped, old.address.is_ipv4()) != (skipped, address.is_ipv4())) {
                self.doubtful.push(array(bytes));
            }
        }
    }

    /// Where long pieces are, in the whole program.
    fn anchors(&self, program: &mut impl Read) -> Result<Vec<u64>> {
        let (mut window, mut start, mut found) = (Vec::new(), 0, Vec::new());
        loop {
            let got = program.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut window)?;
            let here = (2..window.len()).filter(|at| self.long_at(&window, *at).is_some());
            found.extend(here.map(|at| start + at as u64));
            ensure!(found.len() <= PIECES_MAX, "more than {PIECES_MAX} pieces of Telegram's addresses are in its code");
            if got < CHUNK_BYTES {
                return Ok(found);
            }
            // One less than an instruction: what was found whole is not found again.
            let passed = window.len() - (LONG + 1);
            window.drain(..passed);
            start += passed as u64;
        }
    }

    /// A `mov` of eight bytes to a register.
    fn long_at(&self, code: &[u8], at: usize) -> Option<Part> {
        let [prefix, operation] = *code.get(at.checked_sub(2)?..at)? else { return None };
        let is_mov = matches!(prefix, 0x48 | 0x49) && matches!(operation, 0xb8..=0xbf);
        let number = is_mov.then(|| code.get(at..at + LONG))??;
        self.long.get(number).copied()
    }

    /// A `mov` of four bytes to memory or to a register.
    fn short_at(&self, code: &[u8], at: usize) -> Option<Part> {
        let number = code.get(at..at + SHORT)?;
        let part = self.short.get(number)?;
        let is_mov = stores(&code[..at]) || matches!(code[..at].last(), Some(0xb8..=0xbf));
        is_mov.then_some(*part)
    }

    fn pieces(&self, code: &[u8]) -> Result<Vec<Piece>> {
        let (mut pieces, mut at) = (Vec::new(), 0);
        while at < code.len() {
            let (long, short) = (self.long_at(code, at), self.short_at(code, at));
            let Some(part) = long.or(short) else {
                at += 1;
                continue;
            };
            let bytes = code[at..at + if long.is_some() { LONG } else { SHORT }].to_vec();
            ensure!(
                !self.doubtful.iter().any(|doubtful| bytes == doubtful),
                "a piece of an address in its code can be meant in two ways"
            );
            at += bytes.len();
            pieces.push(Piece { at: at - bytes.len(), bytes, part });
        }
        Ok(pieces)
    }

    fn ensure_nothing_left(&self, code: &[u8], pieces: &[Piece]) -> Result<()> {
        let mut left = code.to_vec();
        for piece in pieces {
            left[piece.at..piece.at + piece.bytes.len()].fill(0);
        }
        match left.windows(SHORT).find(|bytes| self.short.contains_key(*bytes)) {
            Some(bytes) => bail!(
                "its code has a piece of an address in a form that is not known ({})",
                String::from_utf8_lossy(bytes)
            ),
            None => Ok(()),
        }
    }
}

/// Every address has to be replaced up to the zero byte behind the new one.
fn ensure_whole(code: &[u8], pieces: &[Piece], found: &Found, server: &Server) -> Result<()> {
    for text in ADDRESSES {
        let address: IpAddr = text.parse().with_context(|| text)?;
        let new = server.address_like(address);
        let mut set = vec![false; text.len()];
        if found.addresses().any(|(_, string)| string == address) {
            let loaded = text.len().min(STRING_LOAD_BYTES);
            set[..loaded].fill(true);
        }
        let known = pieces.iter().filter_map(|piece| piece.sets(text).or_else(|| piece.leads(text, code)));
        known.for_each(|range| set[range].fill(true));
        let room = set.iter().position(|is_set| !is_set).map_or(text.len(), |unset| unset.saturating_sub(1));
        ensure!(
            new.len() <= room,
            "{new} has {} characters, and the pieces of {text} in its code have room for {room}",
            new.len()
        );
    }
    Ok(())
}

/// Whether these bytes end with a `mov` to memory that lacks nothing but its number: 0xc7, then the place.
fn stores(code: &[u8]) -> bool {
    (2..=7).filter(|length| *length <= code.len()).any(|length| match code[code.len() - length..] {
        [0xc7, modes, ref rest @ ..] if modes & 0b0011_1000 == 0 => {
            let scaled = usize::from(modes & 0b111 == 0b100);
            let distance = match modes >> 6 {
                0 if modes & 0b111 == 0b101 => 4,
                0 => 0,
                1 => 1,
                2 => 4,
                _ => return false,
            };
            rest.len() == scaled + distance
        }
        _ => false,
    })
}

/// Whether the code adds this number to a register: `add`, or `lea` with four bytes of distance.
fn adds(code: &[u8], step: i32) -> bool {
    let numbers = code.windows(SHORT).enumerate().filter(|(_, bytes)| *bytes == step.to_le_bytes());
    numbers.map(|(at, _)| &code[..at]).any(|before| match before {
        [.., 0x81, 0xc0..=0xc7] => true,
        [.., 0x8d, modes] if modes & 0b1100_0111 != 0b1000_0100 => modes >> 6 == 2,
        [.., 0x8d, modes, _] => modes & 0b1100_0111 == 0b1000_0100,
        _ => false,
    })
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}
