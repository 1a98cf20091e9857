//! The newest story of a peer: up to layer 216 its number, since then a `RecentStory`.

use crate::translate::{Outcome, Pass, Stop};
use crate::walk::skip;
use crate::wire::{put_u32, u32_at};
use crate::{Identifiable, schema, types};

/// The bit of `recentStory.max_id`.
const HAS_MAX_ID: u32 = 1 << 1;

/// `RecentStory` becomes its number, 0 without one.
pub(crate) fn max_id(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let number = source.map_or(Ok(0), number)?;
    put_u32(&mut pass.out, number);
    Ok(())
}

fn number(recent: &[u8]) -> Result<u32, Stop> {
    let has_number = u32_at(recent, 4)? & HAS_MAX_ID != 0;
    if has_number { Ok(u32_at(recent, 8)?) } else { Ok(0) }
}

/// A number becomes a `RecentStory`.
pub(crate) fn recent(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    put_u32(&mut pass.out, types::RecentStory::CONSTRUCTOR_ID);
    put_u32(&mut pass.out, HAS_MAX_ID);
    pass.out.extend_from_slice(source.ok_or(Stop::Missing)?);
    Ok(())
}

/// A vector of `RecentStory` becomes one of numbers.
pub(crate) fn max_ids(pass: &mut Pass<'_>, input: &[u8]) -> Outcome {
    let kind = schema::boxed("RecentStory").ok_or(Stop::Missing)?;
    let count = u32_at(input, 4)?;
    crate::translate::put_vector(&mut pass.out, count);
    let mut at = 8;
    for _ in 0..count {
        let end = skip(input, kind, at)?;
        max_id(pass, input.get(at..end))?;
        at = end;
    }
    Ok(())
}
