//! Walks over serialised objects by the schema tables, without building values.
//!
//! One walk serves all: the bounds check of requests, skipping inside the translation, and the peers walker. It never
//! allocates, and every step is checked against the end of the bytes, so any bytes may be given to it.

use crate::kindred::kindred;
use crate::limits::DEPTH_MAX;
use crate::schema::{
    DEFINITIONS, Definition, FALSE_ID, Field, Kind, Step, StepKind, TRUE_ID, TYPES, VECTOR_ID, index_of,
};
use crate::wire::{Short, skip_fixed, string_at, u32_at};

/// Most flags words of one definition.
pub const WORDS_MAX: usize = 4;

/// Why bytes are not what the schema says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WalkError {
    /// They end too early.
    #[error(transparent)]
    Short(#[from] Short),
    /// A number that is no constructor of the type that belongs there.
    #[error("{id:#010x} at {at} is no constructor of {expected}")]
    Constructor {
        /// What was read.
        id: u32,
        /// Where.
        at: usize,
        /// The type that belongs there.
        expected: &'static str,
    },
    /// Not a function of any layer we know.
    #[error("{id:#010x} is no function")]
    Function {
        /// What was read.
        id: u32,
    },
    /// Nested too deep.
    #[error("nested deeper than {DEPTH_MAX} levels")]
    Depth,
    /// More elements or objects than allowed.
    #[error("{count} elements at {at}, more than allowed")]
    Count {
        /// How many were announced.
        count: usize,
        /// Where.
        at: usize,
    },
    /// A string longer than allowed.
    #[error("a string of {length} bytes at {at}, more than allowed")]
    Length {
        /// How long it claims to be.
        length: usize,
        /// Where.
        at: usize,
    },
    /// Bytes left over.
    #[error("{count} bytes follow the request")]
    Trailing {
        /// How many.
        count: usize,
    },
}

/// Where a value stands: which field of which definition.
#[derive(Clone, Copy)]
pub struct Place {
    /// The definition whose field it is; none at the root.
    pub definition: Option<&'static Definition>,
    /// The field.
    pub field: Option<&'static Field>,
}

/// What looks on. Every method may stop the walk.
pub trait Visitor {
    /// Cousins are welcome: `inputPeerUser` where `InputUser` belongs.
    const LENIENT: bool = false;
    /// A cousin stands here.
    fn cousin(&mut self) {}
    /// An object begins.
    fn enter(&mut self, _definition: &'static Definition, _at: usize) -> Result<(), WalkError> {
        Ok(())
    }
    /// An object ended.
    fn leave(&mut self, _definition: &'static Definition) {}
    /// A vector of so many elements begins.
    fn vector(&mut self, _place: Place, _count: usize, _at: usize) -> Result<(), WalkError> {
        Ok(())
    }
    /// A number, a string or bytes from `at` to `end`.
    fn scalar(&mut self, _place: Place, _kind: Kind, _at: usize, _end: usize) -> Result<(), WalkError> {
        Ok(())
    }
}

/// Looks at nothing: for skipping.
pub struct Blind;

impl Visitor for Blind {}

/// A walk over these bytes.
pub struct Walker<'a, V> {
    input: &'a [u8],
    depth: usize,
    /// Who looks on.
    pub visitor: V,
}

impl<'a, V: Visitor> Walker<'a, V> {
    /// Nothing walked yet.
    pub fn new(input: &'a [u8], visitor: V) -> Self {
        Self { input, depth: 0, visitor }
    }

    /// Walks over one value; where it ends.
    pub fn value(&mut self, place: Place, kind: Kind, at: usize) -> Result<usize, WalkError> {
        let end = match kind {
            Kind::Flags | Kind::Int => skip_fixed(self.input, at, 4)?,
            Kind::Long | Kind::Double => skip_fixed(self.input, at, 8)?,
            Kind::Int128 => skip_fixed(self.input, at, 16)?,
            Kind::Int256 => skip_fixed(self.input, at, 32)?,
            Kind::String | Kind::Bytes => string_at(self.input, at)?.2,
            Kind::Bool => self.boolean(at)?,
            Kind::Boxed(type_index) => return self.boxed(type_index, at),
            Kind::Vector(element) => return self.vector(place, *element, at),
            Kind::BareVector(element) => return self.elements(place, *element, at),
            Kind::Query => return self.call(at),
        };
        self.visitor.scalar(place, kind, at, end)?;
        Ok(end)
    }

    /// Walks over a function call.
    pub fn call(&mut self, at: usize) -> Result<usize, WalkError> {
        let id = u32_at(self.input, at)?;
        let index = index_of(id).filter(|index| DEFINITIONS[*index].function);
        self.object(index.ok_or(WalkError::Function { id })?, at)
    }

    fn boolean(&self, at: usize) -> Result<usize, WalkError> {
        match u32_at(self.input, at)? {
            TRUE_ID | FALSE_ID => Ok(at + 4),
            id => Err(WalkError::Constructor { id, at, expected: "Bool" }),
        }
    }

    fn boxed(&mut self, type_index: u16, at: usize) -> Result<usize, WalkError> {
        let id = u32_at(self.input, at)?;
        let index = index_of(id).filter(|index| is_of(&DEFINITIONS[*index], type_index));
        if let Some(index) = index {
            return self.object(index, at);
        }
        let expected = TYPES[usize::from(type_index)].name;
        let cousin = index_of(id).filter(|_| V::LENIENT && kindred(type_index, id).is_some());
        self.visitor.cousin();
        self.object(cousin.ok_or(WalkError::Constructor { id, at, expected })?, at)
    }

    fn vector(&mut self, place: Place, element: Kind, at: usize) -> Result<usize, WalkError> {
        match u32_at(self.input, at)? {
            VECTOR_ID => self.elements(place, element, at + 4),
            id => Err(WalkError::Constructor { id, at, expected: "Vector" }),
        }
    }

    fn elements(&mut self, place: Place, element: Kind, at: usize) -> Result<usize, WalkError> {
        let count = u32_at(self.input, at)? as usize;
        self.visitor.vector(place, count, at)?;
        // Every element takes at least four bytes: a count beyond that is a lie, told before anything is walked.
        skip_fixed(self.input, at + 4, count.saturating_mul(4))?;
        self.deeper()?;
        let mut end = at + 4;
        for _ in 0..count {
            end = self.value(place, element, end)?;
        }
        self.depth -= 1;
        Ok(end)
    }

    fn object(&mut self, index: usize, at: usize) -> Result<usize, WalkError> {
        let definition = &DEFINITIONS[index];
        self.visitor.enter(definition, at)?;
        self.deeper()?;
        let end = self.fields(definition, at + 4)?;
        self.depth -= 1;
        self.visitor.leave(definition);
        Ok(end)
    }

    fn fields(&mut self, definition: &'static Definition, at: usize) -> Result<usize, WalkError> {
        let mut words = Words::default();
        let mut end = at;
        for field in definition.fields {
            let start = end;
            if words.has(field) {
                end = self.value(Place { definition: Some(definition), field: Some(field) }, field.kind, start)?;
            }
            if field.kind == Kind::Flags {
                words.push(u32_at(self.input, start)?);
            }
        }
        Ok(end)
    }

    fn deeper(&mut self) -> Result<(), WalkError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX { Err(WalkError::Depth) } else { Ok(()) }
    }
}

/// The flags words of an object, as far as they were read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Words {
    pub(crate) words: [u32; WORDS_MAX],
    count: usize,
}

impl Words {
    pub(crate) fn push(&mut self, word: u32) {
        if let Some(slot) = self.words.get_mut(self.count) {
            *slot = word;
        }
        self.count += 1;
    }

    /// Takes a word that has none of the forbidden bits.
    pub(crate) fn push_allowed(&mut self, word: u32, forbidden: &[u32; WORDS_MAX]) -> bool {
        let allowed = forbidden.get(self.count).is_none_or(|bits| word & bits == 0);
        self.push(word);
        allowed
    }

    /// Whether a step is to be taken.
    pub(crate) fn wants(&self, step: &Step) -> bool {
        step.mask == 0 || self.words[usize::from(step.word) % WORDS_MAX] & step.mask != 0
    }

    /// Whether a field is there.
    pub(crate) fn has(&self, field: &Field) -> bool {
        field.condition.is_none_or(|bit| self.words[usize::from(bit.word)] >> bit.bit & 1 == 1)
    }
}

/// Where a value ends, whatever stands in it; bounded in depth.
pub fn skip(input: &[u8], kind: Kind, at: usize) -> Result<usize, WalkError> {
    skip_value(input, kind, at, 0)
}

/// The walk of a blind visitor, by steps: this is what translation spends its time on.
fn skip_value(input: &[u8], kind: Kind, at: usize, depth: usize) -> Result<usize, WalkError> {
    match kind {
        Kind::Flags | Kind::Int => Ok(skip_fixed(input, at, 4)?),
        Kind::Long | Kind::Double => Ok(skip_fixed(input, at, 8)?),
        Kind::Int128 => Ok(skip_fixed(input, at, 16)?),
        Kind::Int256 => Ok(skip_fixed(input, at, 32)?),
        Kind::String | Kind::Bytes => Ok(string_at(input, at)?.2),
        Kind::Boxed(type_index) => skip_boxed(input, type_index, at, depth),
        Kind::Vector(element) => skip_elements(input, *element, at + 4, depth),
        Kind::BareVector(element) => skip_elements(input, *element, at, depth),
        Kind::Bool => Walker::new(input, Blind).boolean(at),
        Kind::Query => Walker::new(input, Blind).call(at),
    }
}

fn skip_elements(input: &[u8], element: Kind, at: usize, depth: usize) -> Result<usize, WalkError> {
    let count = u32_at(input, at)? as usize;
    // Every element takes at least four bytes: a count beyond that is a lie, told before anything is walked.
    skip_fixed(input, at + 4, count.saturating_mul(4))?;
    let mut end = at + 4;
    for _ in 0..count {
        end = skip_value(input, element, end, depth + 1)?;
    }
    Ok(end)
}

/// Whether a definition is a constructor of a type.
pub(crate) fn is_of(definition: &Definition, type_index: u16) -> bool {
    !definition.function && definition.result == Kind::Boxed(type_index)
}

fn skip_boxed(input: &[u8], type_index: u16, at: usize, depth: usize) -> Result<usize, WalkError> {
    let id = u32_at(input, at)?;
    let definition = index_of(id).map(|index| &DEFINITIONS[index]);
    let belongs = |definition: &&'static Definition| is_of(definition, type_index) || kindred(type_index, id).is_some();
    let definition = definition.filter(belongs);
    let expected = TYPES[usize::from(type_index)].name;
    skip_object(input, definition.ok_or(WalkError::Constructor { id, at, expected })?, at, depth)
}

/// Where an object of this definition ends.
pub(crate) fn skip_object(input: &[u8], definition: &Definition, at: usize, depth: usize) -> Result<usize, WalkError> {
    if depth > DEPTH_MAX {
        return Err(WalkError::Depth);
    }
    let mut words = Words::default();
    let mut end = at + 4;
    for step in definition.steps {
        if !words.wants(step) {
            continue;
        }
        end = match step.kind {
            StepKind::Flags => {
                words.push(u32_at(input, end)?);
                end + 4
            }
            StepKind::Fixed(bytes) => skip_fixed(input, end, usize::from(bytes))?,
            StepKind::Text => string_at(input, end)?.2,
            StepKind::Boxed(type_index) => skip_boxed(input, type_index, end, depth + 1)?,
            StepKind::Other(kind) => skip_value(input, *kind, end, depth + 1)?,
        };
    }
    Ok(end)
}

pub use crate::peers::unresolved_peers;
