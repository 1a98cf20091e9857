//! One serialised object taken apart into the places of its fields.

use crate::schema::{Definition, Kind};
use crate::walk::{WalkError, Words, skip};
use crate::wire::u32_at;

/// Most fields of one definition; the build checks it.
const FIELDS_MAX: usize = 64;

/// Where the fields of an object stand in the bytes.
pub(crate) struct Object<'a> {
    pub(crate) definition: &'static Definition,
    pub(crate) words: Words,
    input: &'a [u8],
    spans: [(u32, u32); FIELDS_MAX],
    end: usize,
}

impl<'a> Object<'a> {
    /// Takes apart the object of this definition that begins at `at`.
    pub(crate) fn parse(definition: &'static Definition, input: &'a [u8], at: usize) -> Result<Self, WalkError> {
        let mut object = Self { definition, words: Words::default(), input, spans: [(0, 0); FIELDS_MAX], end: at + 4 };
        for (index, field) in definition.fields.iter().enumerate() {
            if !object.words.has(field) {
                continue;
            }
            let start = object.end;
            object.end = skip(input, field.kind, start)?;
            object.spans[index] = (narrow(start), narrow(object.end));
            if field.kind == Kind::Flags {
                object.words.push(u32_at(input, start)?);
            }
        }
        Ok(object)
    }

    /// Where the object ends.
    pub(crate) fn end(&self) -> usize {
        self.end
    }

    /// The bytes of a field, if it is there.
    pub(crate) fn at(&self, index: usize) -> Option<&'a [u8]> {
        let (start, end) = self.spans[index];
        (end > start).then(|| &self.input[start as usize..end as usize])
    }

    /// The bytes of a field, by its name.
    pub(crate) fn field(&self, name: &str) -> Option<&'a [u8]> {
        self.definition.field(name).and_then(|index| self.at(index))
    }

    /// Whether a named bit is set.
    pub(crate) fn switch(&self, name: &str) -> bool {
        let switch = self.definition.switches.iter().find(|switch| switch.name == name);
        switch.is_some_and(|switch| self.words.words[usize::from(switch.bit.word)] >> switch.bit.bit & 1 == 1)
    }
}

/// Messages are far below 4 GiB; a longer one has no field beyond.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
