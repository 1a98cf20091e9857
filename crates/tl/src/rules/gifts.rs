//! Subscriptions given away: up to layer 216 counted in months.

use crate::translate::{Outcome, Pass, Stop};
use crate::wire::{put_u32, u32_at};

const DAYS_PER_MONTH: u32 = 30;

/// Days become months, at least one.
pub(crate) fn months(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let days = u32_at(source.ok_or(Stop::Missing)?, 0)?;
    put_u32(&mut pass.out, (days / DAYS_PER_MONTH).max(1));
    Ok(())
}
