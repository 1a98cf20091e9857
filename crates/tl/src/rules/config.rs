//! Limits that were told in `config` up to layer 152; since then in the application configuration.

use crate::translate::{Outcome, Pass};
use crate::wire::put_u32;

/// Saved GIFs.
pub(crate) fn saved_gifs(pass: &mut Pass<'_>, _source: Option<&[u8]>) -> Outcome {
    limit(pass, 200)
}

/// Favourite stickers.
pub(crate) fn faved_stickers(pass: &mut Pass<'_>, _source: Option<&[u8]>) -> Outcome {
    limit(pass, 5)
}

/// Pinned chats of the main list.
pub(crate) fn pinned_dialogs(pass: &mut Pass<'_>, _source: Option<&[u8]>) -> Outcome {
    limit(pass, 5)
}

/// Pinned chats of a folder.
pub(crate) fn pinned_in_folder(pass: &mut Pass<'_>, _source: Option<&[u8]>) -> Outcome {
    limit(pass, 100)
}

fn limit(pass: &mut Pass<'_>, limit: u32) -> Outcome {
    put_u32(&mut pass.out, limit);
    Ok(())
}
