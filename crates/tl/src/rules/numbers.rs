//! Numbers of another sort.

use crate::translate::{Outcome, Pass, Stop};
use crate::wire::u32_at;

/// A double becomes the whole number below it.
pub(crate) fn int_of_double(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let bytes = source.and_then(|bytes| bytes.first_chunk::<8>()).ok_or(Stop::Missing)?;
    // A cast of a double saturates, and what is no number becomes 0.
    let whole = f64::from_le_bytes(*bytes) as i32;
    pass.out.extend_from_slice(&whole.to_le_bytes());
    Ok(())
}

/// A whole number becomes a double.
pub(crate) fn double_of_int(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let whole = u32_at(source.ok_or(Stop::Missing)?, 0)? as i32;
    pass.out.extend_from_slice(&f64::from(whole).to_le_bytes());
    Ok(())
}
