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

/// `channels.toggleSignatures`: the choice was a `Bool` after the channel.
pub(crate) fn toggle_signatures(pass: &mut Pass<'_>, request: &Object<'_>) -> Outcome {
    let enabled = is_true(request.field("enabled"))?;
    put_u32(&mut pass.out, named(LAYER, "channels.toggleSignatures").ok_or(Stop::Missing)?.id);
    put_u32(&mut pass.out, u32::from(enabled));
    pass.out.extend_from_slice(request.field("channel").ok_or(Stop::Missing)?);
    Ok(())
}

/// `globalPrivacySettings`: the first setting was an optional `Bool`.
pub(crate) fn global_privacy(pass: &mut Pass<'_>, settings: &Object<'_>) -> Outcome {
    let archive = is_true(settings.field("archive_and_mute_new_noncontact_peers"))?;
    put_u32(&mut pass.out, named(LAYER, "globalPrivacySettings").ok_or(Stop::Missing)?.id);
    put_u32(&mut pass.out, u32::from(archive));
    Ok(())
}

fn is_true(field: Option<&[u8]>) -> Result<bool, Stop> {
    field.map_or(Ok(false), |bytes| Ok(u32_at(bytes, 0)? == TRUE_ID))
}
