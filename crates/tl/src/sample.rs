//! Makes values by the schema: random ones for tests and fuzzing, and the emptiest for methods without content.

use std::collections::BTreeSet;

use crate::Identifiable;
use crate::schema::{DEFINITIONS, Definition, FALSE_ID, Field, HOME_LAYER, Kind, TRUE_ID, TYPES, VECTOR_ID};
use crate::walk::WORDS_MAX;
use crate::wire::put_u32;

/// Beyond this nesting only what is required is made, as small as can be, in levels.
const DEPTH_MAX: usize = 4;
/// Nothing finite was found by then, in levels.
const DEPTH_HOPELESS: usize = 12;
/// Most elements of a random vector.
const VECTOR_MAX_ELEMENTS: u32 = 3;
/// Down to here everything optional is there in full values, in levels.
const FULL_DEPTH: usize = 1;
/// Clients keep most numbers of 8 bytes in doubles, which hold this many bits exactly.
const EXACT_BITS: u32 = 52;
/// Numbers of 8 bytes that no client keeps in a double.
const WIDE: [&str; 5] = ["access_hash", "grouped_id", "hash", "query_id", "random_id"];

/// Which optional members an object gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// Each or not, as the numbers fall.
    Random,
    /// None.
    Nothing,
    /// All of the object and of what stands in it directly; further down as the numbers fall.
    Everything,
}

/// Makes values of one layer from a stream of numbers.
pub struct Sampler<N> {
    layer: i32,
    next: N,
    preferred: &'static [&'static str],
    fill: Fill,
    /// Only these constructors, and only values that every client can hold.
    allowed: Option<BTreeSet<u32>>,
}

impl<N: FnMut() -> u32> Sampler<N> {
    /// Values made of constructors that this layer has.
    pub fn new(layer: i32, next: N) -> Self {
        Self { layer, next, preferred: &[], fill: Fill::Random, allowed: None }
    }

    /// These constructors stand wherever they can, three times out of four: what would only be refused otherwise goes
    /// deeper.
    #[must_use]
    pub fn preferring(self, preferred: &'static [&'static str]) -> Self {
        Self { preferred, ..self }
    }

    /// With so much of what is optional.
    #[must_use]
    pub fn filling(self, fill: Fill) -> Self {
        Self { fill, ..self }
    }

    /// Made of these constructors where a type has any of them, without what is optional where it has none; and of
    /// values that every client can hold: numbers as large as the protocol's, finite fractions.
    #[must_use]
    pub fn within(self, allowed: BTreeSet<u32>) -> Self {
        Self { allowed: Some(allowed), ..self }
    }

    /// A random object or call of this definition.
    pub fn object(&mut self, definition: &Definition) -> Vec<u8> {
        let mut out = Vec::new();
        self.put_object(definition, 0, &mut out);
        out
    }

    /// A random value of this kind.
    pub fn value(&mut self, kind: Kind) -> Vec<u8> {
        let mut out = Vec::new();
        self.put(kind, 0, &mut out);
        out
    }

    fn put_object(&mut self, definition: &Definition, depth: usize, out: &mut Vec<u8>) {
        put_u32(out, definition.id);
        let words = self.words(definition, depth);
        let mut flags = words.iter();
        for field in definition.fields {
            match field.kind {
                Kind::Flags => put_u32(out, *flags.next().unwrap_or(&0)),
                Kind::Long if has(&words, field) && self.allowed.is_some() => self.put_exact(field.name, out),
                kind if has(&words, field) => self.put(kind, depth + 1, out),
                _ => {}
            }
        }
    }

    fn put_exact(&mut self, name: &str, out: &mut Vec<u8>) {
        if WIDE.contains(&name) {
            return self.put_number(8, out);
        }
        let number = u64::from((self.next)()) << 32 | u64::from((self.next)());
        out.extend_from_slice(&(number % (1 << EXACT_BITS)).to_le_bytes());
    }

    /// Only bits that mean something.
    fn words(&mut self, definition: &Definition, depth: usize) -> [u32; WORDS_MAX] {
        let mut words = [0; WORDS_MAX];
        if depth >= DEPTH_MAX || self.fill == Fill::Nothing {
            return words;
        }
        let conditions = definition.fields.iter().filter_map(|field| field.condition);
        for bit in conditions.chain(definition.switches.iter().map(|switch| switch.bit)) {
            let all = self.fill == Fill::Everything && depth <= FULL_DEPTH;
            words[usize::from(bit.word)] |= (u32::from(all) | (self.next)() & 1) << bit.bit;
        }
        for field in definition.fields.iter().filter(|field| !self.can_be_made(field.kind)) {
            if let Some(bit) = field.condition {
                words[usize::from(bit.word)] &= !(1 << bit.bit);
            }
        }
        words
    }

    /// Whether a type has a constructor that may stand there.
    fn can_be_made(&self, kind: Kind) -> bool {
        let Some(allowed) = &self.allowed else { return true };
        match kind {
            Kind::Boxed(index) => {
                let all = TYPES[usize::from(index)].constructors;
                all.iter().any(|index| allowed.contains(&DEFINITIONS[usize::from(*index)].id))
            }
            Kind::Vector(element) | Kind::BareVector(element) => self.can_be_made(*element),
            _ => true,
        }
    }

    fn put(&mut self, kind: Kind, depth: usize, out: &mut Vec<u8>) {
        match kind {
            Kind::Flags | Kind::Int => self.put_number(4, out),
            Kind::Double if self.allowed.is_some() => {
                let eighths = f64::from((self.next)() % 8_000);
                out.extend_from_slice(&(eighths / 8.0).to_le_bytes());
            }
            Kind::Long if self.allowed.is_some() => self.put_exact("", out),
            Kind::Long | Kind::Double => self.put_number(8, out),
            Kind::Int128 => self.put_number(16, out),
            Kind::Int256 => self.put_number(32, out),
            Kind::String | Kind::Bytes => self.put_text(out),
            Kind::Bool => put_u32(out, if (self.next)() & 1 == 0 { FALSE_ID } else { TRUE_ID }),
            Kind::Boxed(type_index) => self.put_boxed(type_index, depth, out),
            Kind::Vector(element) => {
                put_u32(out, VECTOR_ID);
                self.put_elements(*element, depth, out);
            }
            Kind::BareVector(element) => self.put_elements(*element, depth, out),
            Kind::Query => put_u32(out, crate::functions::help::GetConfig::CONSTRUCTOR_ID),
        }
    }

    fn put_number(&mut self, bytes: usize, out: &mut Vec<u8>) {
        let small = (self.next)().is_multiple_of(3);
        for place in 0..bytes {
            let byte = if small && place > 0 { 0 } else { (self.next)() as u8 };
            out.push(byte);
        }
    }

    fn put_text(&mut self, out: &mut Vec<u8>) {
        let length = match (self.next)() % 8 {
            7 => 254 + ((self.next)() % 64) as usize,
            short => short as usize,
        };
        let text: Vec<u8> = (0..length).map(|_| b'a' + ((self.next)() % 26) as u8).collect();
        crate::Serializable::serialize(&text, out);
    }

    fn put_elements(&mut self, element: Kind, depth: usize, out: &mut Vec<u8>) {
        let none = depth >= DEPTH_MAX || !self.can_be_made(element);
        let count = if none { 0 } else { (self.next)() % (VECTOR_MAX_ELEMENTS + 1) };
        put_u32(out, count);
        for _ in 0..count {
            self.put(element, depth + 1, out);
        }
    }

    fn put_boxed(&mut self, type_index: u16, depth: usize, out: &mut Vec<u8>) {
        let all = TYPES[usize::from(type_index)].constructors;
        let known = |index: &&u16| DEFINITIONS[usize::from(**index)].exists_at(self.layer);
        let mut choices: Vec<u16> = all.iter().filter(known).copied().collect();
        if let Some(allowed) = self.allowed.as_ref().filter(|_| self.can_be_made(Kind::Boxed(type_index))) {
            choices.retain(|index| allowed.contains(&DEFINITIONS[usize::from(*index)].id));
        }
        let favourite = |index: &&u16| self.preferred.contains(&DEFINITIONS[usize::from(**index)].name);
        let favourites: Vec<u16> = choices.iter().filter(favourite).copied().collect();
        let choices = if favourites.is_empty() || (self.next)().is_multiple_of(4) { choices } else { favourites };
        let chosen = if depth >= DEPTH_MAX || !self.can_be_made(Kind::Boxed(type_index)) {
            smallest(type_index, &choices)
        } else {
            choices.get((self.next)() as usize % choices.len().max(1)).copied()
        };
        assert!(depth < DEPTH_HOPELESS, "{} has no small value", TYPES[usize::from(type_index)].name);
        if let Some(index) = chosen {
            self.put_object(&DEFINITIONS[usize::from(index)], depth, out);
        }
    }
}

/// The type's emptiest constructor if the layer has it, else the one with the fewest required objects inside.
fn smallest(type_index: u16, choices: &[u16]) -> Option<u16> {
    let emptiest = TYPES[usize::from(type_index)].emptiest;
    let objects = |index: &&u16| {
        let required = DEFINITIONS[usize::from(**index)].fields.iter().filter(|field| field.condition.is_none());
        required.map(|field| u32::from(matches!(field.kind, Kind::Boxed(_))) * 100 + 1).sum::<u32>()
    };
    let known = emptiest.filter(|index| choices.contains(index));
    known.or_else(|| choices.iter().min_by_key(objects).copied())
}

fn has(words: &[u32; WORDS_MAX], field: &Field) -> bool {
    field.condition.is_none_or(|bit| words[usize::from(bit.word)] >> bit.bit & 1 == 1)
}

/// The emptiest value of a kind at the home layer: zeros, empty strings, empty vectors, `…Empty` constructors.
#[must_use]
pub fn empty(kind: Kind) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    put_empty(kind, &mut out, 0).then_some(out)
}

/// An object of this definition with nothing in it.
#[must_use]
pub fn empty_object(definition: &Definition) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    put_empty_object(definition, &mut out, 0).then_some(out)
}

fn put_empty(kind: Kind, out: &mut Vec<u8>, depth: usize) -> bool {
    match kind {
        Kind::Flags | Kind::Int | Kind::String | Kind::Bytes | Kind::BareVector(_) => put_u32(out, 0),
        Kind::Long | Kind::Double => out.extend_from_slice(&[0; 8]),
        Kind::Int128 => out.extend_from_slice(&[0; 16]),
        Kind::Int256 => out.extend_from_slice(&[0; 32]),
        Kind::Bool => put_u32(out, FALSE_ID),
        Kind::Vector(_) => crate::wire::put_empty_vector(out),
        Kind::Query => return false,
        Kind::Boxed(type_index) => {
            let Some(index) = TYPES[usize::from(type_index)].emptiest else { return false };
            return put_empty_object(&DEFINITIONS[usize::from(index)], out, depth);
        }
    }
    true
}

fn put_empty_object(definition: &Definition, out: &mut Vec<u8>, depth: usize) -> bool {
    if depth > DEPTH_HOPELESS || !definition.exists_at(HOME_LAYER) {
        return false;
    }
    put_u32(out, definition.id);
    let mut required = definition.fields.iter().filter(|field| field.condition.is_none());
    required.all(|field| put_empty(field.kind, out, depth + 1))
}
