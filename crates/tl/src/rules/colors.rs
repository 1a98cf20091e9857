//! Colours of names and the emoji behind them.

use crate::translate::{Object, Outcome, Pass, Stop};
use crate::wire::{put_u32, u32_at};
use crate::{Identifiable, types};

/// The bit of `peerColor.color`, and that of `emojiStatus.until`.
const FIRST_BIT: u32 = 1;

/// `PeerColor` becomes its number, 0 without one.
pub(crate) fn number(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let color = source.ok_or(Stop::Missing)?;
    let has_number = u32_at(color, 4)? & FIRST_BIT != 0;
    let number = if has_number { u32_at(color, 8)? } else { 0 };
    put_u32(&mut pass.out, number);
    Ok(())
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
