//! Results that were of another type, and small choices that were yes or no.

use crate::schema::{TRUE_ID, boxed, named};
use crate::translate::{Object, Outcome, Pass, Stop};
use crate::wire::{put_u32, u32_at};
use crate::{LAYER, schema};

/// Joining answered with the updates alone. What asks to open a page first has no older form.
pub(crate) fn updates_of_join(pass: &mut Pass<'_>, input: &[u8]) -> Outcome {
    let definition = schema::find(u32_at(input, 0)?).ok_or(Stop::Missing)?;
    let updates = Object::parse(definition, input, 0)?.field("updates").ok_or(Stop::Missing)?;
    pass.value(updates, boxed("Updates").ok_or(Stop::Missing)?)
}

/// Whatever was answered, it was a success.
pub(crate) fn done(pass: &mut Pass<'_>, _input: &[u8]) -> Outcome {
    put_u32(&mut pass.out, TRUE_ID);
    Ok(())
}

/// A result that older clients have no words for.
pub(crate) fn inexpressible(_pass: &mut Pass<'_>, _input: &[u8]) -> Outcome {
    Err(Stop::Missing)
}

/// Yes is anonymous, no is the default.
pub(crate) fn paid_privacy(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let anonymous = u32_at(source.ok_or(Stop::Missing)?, 0)? == TRUE_ID;
    let name = if anonymous { "paidReactionPrivacyAnonymous" } else { "paidReactionPrivacyDefault" };
    put_u32(&mut pass.out, named(LAYER, name).ok_or(Stop::Missing)?.id);
    Ok(())
}
