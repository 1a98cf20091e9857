//! `messages.setDefaultReaction`: the reaction of a double tap.

use platform::limits::SHORT_NAME_MAX_BYTES;
use tl::{enums, functions};

use crate::{Context, RpcError};

/// An emoji: there are no reactions of other kinds. `help.getConfig` tells it to the person's devices.
pub async fn handle(cx: &Context<'_>, request: functions::messages::SetDefaultReaction) -> Result<bool, RpcError> {
    let enums::Reaction::Emoji(emoji) = request.reaction else {
        return Err(RpcError::new(400, "REACTION_INVALID"));
    };
    let is_word = emoji.emoticon.chars().any(|letter| letter.is_ascii() && letter != '\u{20e3}');
    if emoji.emoticon.is_empty() || emoji.emoticon.len() > SHORT_NAME_MAX_BYTES || is_word {
        return Err(RpcError::new(400, "REACTION_INVALID"));
    }
    let set = |switches: &mut platform::people::settings::Switches| {
        switches.default_reaction = Some(emoji.emoticon.clone());
    };
    cx.platform().set_switches(cx.user()?, set).await?;
    Ok(true)
}
