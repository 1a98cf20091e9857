//! The schema as tables: every constructor and function of the home layer and of the other layers served.
//!
//! Made at build time from `schema/`. Other definitions are here so that requests of other clients can be read and
//! results written for them; all other code of the project knows the home layer only.

use crate::translate::{Action, Bit, LayerTable, Lean, Move, Plan};

/// The constructor of every boxed vector.
pub const VECTOR_ID: u32 = 0x1cb5_c415;
/// `boolTrue`.
pub const TRUE_ID: u32 = 0x9972_75b5;
/// `boolFalse`.
pub const FALSE_ID: u32 = 0xbc79_9737;
/// The layer all code is written against.
pub const HOME_LAYER: i32 = crate::LAYER;

/// What stands on the wire for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word of flags.
    Flags,
    /// 4 bytes.
    Int,
    /// 8 bytes.
    Long,
    /// 8 bytes.
    Double,
    /// 16 bytes.
    Int128,
    /// 32 bytes.
    Int256,
    /// Length, text, padding.
    String,
    /// Length, bytes, padding.
    Bytes,
    /// `boolTrue` or `boolFalse`.
    Bool,
    /// A constructor of this type, an index of [`TYPES`].
    Boxed(u16),
    /// A boxed vector.
    Vector(&'static Kind),
    /// A vector without its constructor.
    BareVector(&'static Kind),
    /// A whole function call.
    Query,
}

/// A field with bytes on the wire; flags words included.
#[derive(Debug)]
pub struct Field {
    /// Its name in the schema.
    pub name: &'static str,
    /// What stands on the wire.
    pub kind: Kind,
    /// Present only if this bit is set.
    pub condition: Option<Bit>,
}

/// A member `flags.N?true`: a bit and no bytes.
#[derive(Debug)]
pub struct Switch {
    /// Its name in the schema.
    pub name: &'static str,
    /// Its bit.
    pub bit: Bit,
}

/// One step of a walk over an object: a field, or several numbers in a row.
#[derive(Debug)]
pub(crate) struct Step {
    /// Taken only if this bit of the flags word is set; 0 is always.
    pub(crate) mask: u32,
    pub(crate) word: u8,
    pub(crate) kind: StepKind,
}

/// What a step goes over.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StepKind {
    Flags,
    Fixed(u16),
    Text,
    Boxed(u16),
    Other(&'static Kind),
}

/// One constructor or function.
#[derive(Debug)]
pub struct Definition {
    /// Its number on the wire.
    pub id: u32,
    /// Its full name, `messages.sendMessage`.
    pub name: &'static str,
    /// A function, not a constructor.
    pub function: bool,
    /// What follows the number, in order.
    pub fields: &'static [Field],
    /// Bits with names.
    pub switches: &'static [Switch],
    /// The fields as a walk takes them.
    pub(crate) steps: &'static [Step],
    /// Its type, or what the function returns.
    pub result: Kind,
    /// The first layer that has it.
    pub first: u16,
    /// The last layer that has it.
    pub last: u16,
}

impl Definition {
    /// Whether a client of this layer knows it.
    #[must_use]
    pub fn exists_at(&self, layer: i32) -> bool {
        i32::from(self.first) <= layer && layer <= i32::from(self.last)
    }

    /// Whether the home layer has it.
    #[must_use]
    pub fn is_home(&self) -> bool {
        self.exists_at(HOME_LAYER)
    }

    /// The place of a field.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}

/// A boxed type.
#[derive(Debug)]
pub struct TypeInfo {
    /// Its name.
    pub name: &'static str,
    /// Its constructors in all layers, indexes of [`DEFINITIONS`].
    pub constructors: &'static [u16],
    /// The home constructor with the fewest required bytes.
    pub emptiest: Option<u16>,
}

include!(concat!(env!("OUT_DIR"), "/tables.rs"));

/// The index of a definition by its number on the wire.
#[must_use]
pub fn index_of(id: u32) -> Option<usize> {
    let mut slot = id as usize % SLOTS.len();
    loop {
        let (found, index) = SLOTS[slot];
        if index == u16::MAX {
            return None;
        }
        if found == id {
            return Some(usize::from(index));
        }
        slot = (slot + 1) % SLOTS.len();
    }
}

/// A definition by its number on the wire.
#[must_use]
pub fn find(id: u32) -> Option<&'static Definition> {
    index_of(id).map(|index| &DEFINITIONS[index])
}

/// The definition of this name at a layer.
#[must_use]
pub fn named(layer: i32, name: &str) -> Option<&'static Definition> {
    DEFINITIONS.iter().find(|definition| definition.name == name && definition.exists_at(layer))
}

/// The boxed type of this name.
#[must_use]
pub fn boxed(name: &str) -> Option<Kind> {
    let index = TYPES.iter().position(|info| info.name == name)?;
    u16::try_from(index).ok().map(Kind::Boxed)
}

/// The functions of the home layer.
pub fn functions() -> impl Iterator<Item = &'static Definition> {
    DEFINITIONS.iter().filter(|definition| definition.function && definition.is_home())
}

/// The constructors of the home layer.
pub fn constructors() -> impl Iterator<Item = &'static Definition> {
    DEFINITIONS.iter().filter(|definition| !definition.function && definition.is_home())
}

/// The older layers with tables of their own, ascending.
pub fn older_layers() -> impl Iterator<Item = i32> {
    other_layers().filter(|&layer| layer < HOME_LAYER)
}

/// The older and newer layers with tables of their own, ascending.
pub fn other_layers() -> impl Iterator<Item = i32> {
    DOWN.iter().map(|table| i32::from(table.layer))
}

/// The newest layer known.
#[must_use]
pub fn newest_layer() -> i32 {
    other_layers().last().map_or(HOME_LAYER, |layer| layer.max(HOME_LAYER))
}
