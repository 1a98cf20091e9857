//! The bounds check that every request passes before anything of it is built.

use crate::limits::{OBJECTS_MAX, REQUEST_MAX_BYTES, STRING_MAX_BYTES, VECTOR_MAX_ELEMENTS};
use crate::schema::{Definition, Kind};
use crate::walk::{Place, Visitor, WalkError, Walker};

/// What the check found out on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Some constructor is not one of the home layer: the request must be translated.
    pub foreign: bool,
}

/// Checks that the bytes are one whole call of a function we know, within all bounds.
pub fn request(input: &[u8]) -> Result<Checked, WalkError> {
    if input.len() > REQUEST_MAX_BYTES {
        return Err(WalkError::Length { length: input.len(), at: 0 });
    }
    let mut walker = Walker::new(input, Bounds::default());
    let end = walker.call(0)?;
    match input.len() - end {
        0 => Ok(Checked { foreign: walker.visitor.foreign }),
        count => Err(WalkError::Trailing { count }),
    }
}

/// Checks that the bytes are one value of this kind made of constructors that a layer has.
pub fn value_at_layer(input: &[u8], kind: Kind, layer: i32) -> Result<(), WalkError> {
    let mut walker = Walker::new(input, AtLayer { layer });
    let end = walker.value(Place { definition: None, field: None }, kind, 0)?;
    match input.len() - end {
        0 => Ok(()),
        count => Err(WalkError::Trailing { count }),
    }
}

#[derive(Default)]
struct Bounds {
    objects: usize,
    foreign: bool,
}

impl Bounds {
    fn count(&mut self, count: usize, at: usize) -> Result<(), WalkError> {
        self.objects = self.objects.saturating_add(count);
        if self.objects > OBJECTS_MAX { Err(WalkError::Count { count, at }) } else { Ok(()) }
    }
}

impl Visitor for Bounds {
    const LENIENT: bool = true;

    fn cousin(&mut self) {
        self.foreign = true;
    }

    fn enter(&mut self, definition: &'static Definition, at: usize) -> Result<(), WalkError> {
        self.foreign |= !definition.is_home();
        self.count(1, at)
    }

    fn vector(&mut self, _place: Place, count: usize, at: usize) -> Result<(), WalkError> {
        if count > VECTOR_MAX_ELEMENTS {
            return Err(WalkError::Count { count, at });
        }
        self.count(count, at)
    }

    fn scalar(&mut self, _place: Place, kind: Kind, at: usize, end: usize) -> Result<(), WalkError> {
        let text = matches!(kind, Kind::String | Kind::Bytes);
        if text && end - at > STRING_MAX_BYTES {
            return Err(WalkError::Length { length: end - at, at });
        }
        Ok(())
    }
}

struct AtLayer {
    layer: i32,
}

impl Visitor for AtLayer {
    fn enter(&mut self, definition: &'static Definition, at: usize) -> Result<(), WalkError> {
        if definition.exists_at(self.layer) {
            return Ok(());
        }
        Err(WalkError::Constructor { id: definition.id, at, expected: definition.name })
    }
}
