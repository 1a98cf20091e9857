//! Colours of names and the emoji behind them.

use crate::schema::{find, named};
use crate::translate::{Object, Outcome, Pass, Stop};
use crate::wire::{put_u32, u32_at};
use crate::{Identifiable, types};

/// The bit of `emojiStatus.until`.
const FIRST_BIT: u32 = 1;

/// `PeerColor` becomes its number, 0 without one.
pub(crate) fn number(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let color = parse(source)?;
    pass.out.extend_from_slice(color.field("color").unwrap_or(&[0; 4]));
    Ok(())
}

/// The emoji behind the name, which stood beside the colour.
pub(crate) fn background(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let color = parse(source)?;
    pass.out.extend_from_slice(color.field("background_emoji_id").ok_or(Stop::Missing)?);
    Ok(())
}

fn parse(source: Option<&[u8]>) -> Result<Object<'_>, Stop> {
    let color = source.ok_or(Stop::Missing)?;
    let definition = find(u32_at(color, 0)?).ok_or(Stop::Missing)?;
    Ok(Object::parse(definition, color, 0)?)
}

/// A status with an end was a constructor of its own.
pub(crate) fn status_down(pass: &mut Pass<'_>, status: &Object<'_>) -> Outcome {
    let name = if status.field("until").is_some() { "emojiStatusUntil" } else { "emojiStatus" };
    pass.merge(named(pass.layer, name).ok_or(Stop::Missing)?, &[status])
}

/// `emojiStatusUntil` becomes `emojiStatus` with an end.
pub(crate) fn status_until(pass: &mut Pass<'_>, status: &Object<'_>) -> Outcome {
    put_u32(&mut pass.out, types::EmojiStatus::CONSTRUCTOR_ID);
    put_u32(&mut pass.out, FIRST_BIT);
    for name in ["document_id", "until"] {
        pass.out.extend_from_slice(status.field(name).ok_or(Stop::Missing)?);
    }
    Ok(())
}
