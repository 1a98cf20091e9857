//! Makes values by the schema: random ones for tests and fuzzing, and the emptiest for methods without content.

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

/// Makes values of one layer from a stream of numbers.
pub struct Sampler<N> {
    layer: i32,
    next: N,
    preferred: &'static [&'static str],
}

impl<N: FnMut() -> u32> Sampler<N> {
    /// Values made of constructors that this layer has.
    pub fn new(layer: i32, next: N) -> Self {
        Self { layer, next, preferred: &[] }
    }

    /// These constructors stand wherever they can, three times out of four: what would only be refused otherwise goes
    /// deeper.
    #[must_use]
    pub fn preferring(self, preferred: &'static [&'static str]) -> Self {
        Self { preferred, ..self }
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
                kind if has(&words, field) => self.put(kind, depth + 1, out),
                _ => {}
            }
        }
    }

    /// Only bits that mean something.
    fn words(&mut self, definition: &Definition, depth: usize) -> [u32; WORDS_MAX] {
        let mut words = [0; WORDS_MAX];
        if depth >= DEPTH_MAX {
            return words;
        }
        let conditions = definition.fields.iter().filter_map(|field| field.condition);
        for bit in conditions.chain(definition.switches.iter().map(|switch| switch.bit)) {
            words[usize::from(bit.word)] |= ((self.next)() & 1) << bit.bit;
        }
        words
    }

    fn put(&mut self, kind: Kind, depth: usize, out: &mut Vec<u8>) {
        match kind {
            Kind::Flags | Kind::Int => self.put_number(4, out),
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
        let count = if depth >= DEPTH_MAX { 0 } else { (self.next)() % (VECTOR_MAX_ELEMENTS + 1) };
        put_u32(out, count);
        for _ in 0..count {
            self.put(element, depth + 1, out);
        }
    }

    fn put_boxed(&mut self, type_index: u16, depth: usize, out: &mut Vec<u8>) {
        let all = TYPES[usize::from(type_index)].constructors;
        let known = |index: &&u16| DEFINITIONS[usize::from(**index)].exists_at(self.layer);
        let choices: Vec<u16> = all.iter().filter(known).copied().collect();
        let favourite = |index: &&u16| self.preferred.contains(&DEFINITIONS[usize::from(**index)].name);
        let favourites: Vec<u16> = choices.iter().filter(favourite).copied().collect();
        let choices = if favourites.is_empty() || (self.next)().is_multiple_of(4) { choices } else { favourites };
        let chosen = if depth >= DEPTH_MAX {
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
