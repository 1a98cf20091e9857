//! Texts: with and without entities, and rich texts whose dress the client does not know.

use crate::translate::{Object, Outcome, Pass, Stop};
use crate::wire::{put_empty_vector, put_u32, string_at};
use crate::{Identifiable, types};

/// A rich text a client does not know becomes the rich text inside it.
pub(crate) fn inner(pass: &mut Pass<'_>, object: &Object<'_>) -> Outcome {
    let index = object.definition.field("text").ok_or(Stop::Missing)?;
    let bytes = object.at(index).ok_or(Stop::Missing)?;
    pass.value(bytes, object.definition.fields[index].kind)
}

/// `textWithEntities` becomes its text.
pub(crate) fn plain(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let Some(bytes) = source else {
        put_u32(&mut pass.out, 0);
        return Ok(());
    };
    let (_, _, end) = string_at(bytes, 4)?;
    pass.out.extend_from_slice(&bytes[4..end]);
    Ok(())
}

/// A string becomes a `textWithEntities` without entities.
pub(crate) fn with_entities(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    put_u32(&mut pass.out, types::TextWithEntities::CONSTRUCTOR_ID);
    pass.out.extend_from_slice(source.unwrap_or(&[0; 4]));
    put_empty_vector(&mut pass.out);
    Ok(())
}
