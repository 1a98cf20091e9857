//! Themes of chats: up to layer 212 named by an emoji.

use crate::translate::{Outcome, Pass, Stop};
use crate::wire::{put_u32, string_at, u32_at};
use crate::{Identifiable, types};

/// `ChatTheme` becomes its emoji; the theme of a gift has none.
pub(crate) fn emoticon(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let theme = source.ok_or(Stop::Missing)?;
    if u32_at(theme, 0)? != types::ChatTheme::CONSTRUCTOR_ID {
        put_u32(&mut pass.out, 0);
        return Ok(());
    }
    put_emoticon(pass, theme)
}

/// The same where there may be no theme: nothing, then.
pub(crate) fn emoticon_or_none(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let theme = source.ok_or(Stop::Missing)?;
    if u32_at(theme, 0)? != types::ChatTheme::CONSTRUCTOR_ID {
        return Err(Stop::Missing);
    }
    put_emoticon(pass, theme)
}

fn put_emoticon(pass: &mut Pass<'_>, theme: &[u8]) -> Outcome {
    let (_, _, end) = string_at(theme, 4)?;
    pass.out.extend_from_slice(&theme[4..end]);
    Ok(())
}

/// An emoji becomes an `InputChatTheme`; an empty one takes the theme away.
pub(crate) fn theme(pass: &mut Pass<'_>, source: Option<&[u8]>) -> Outcome {
    let emoticon = source.ok_or(Stop::Missing)?;
    if emoticon.first() == Some(&0) {
        put_u32(&mut pass.out, crate::schema::named(crate::LAYER, "inputChatThemeEmpty").ok_or(Stop::Missing)?.id);
        return Ok(());
    }
    put_u32(&mut pass.out, types::InputChatTheme::CONSTRUCTOR_ID);
    pass.out.extend_from_slice(emoticon);
    Ok(())
}
