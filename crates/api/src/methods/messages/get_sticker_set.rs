//! `messages.getStickerSet`: the sets that clients ask for by what they are for; none of them has anything in it yet.

use tl::{enums, functions, types};

use crate::{Context, RpcError};

/// Animated emoji, dice and the like are asked for at every start, again and again while they are errors. Sets of people
/// do not exist yet.
pub async fn handle(
    _cx: &Context<'_>,
    request: functions::messages::GetStickerSet,
) -> Result<enums::messages::StickerSet, RpcError> {
    let set = own_set(&request.stickerset).ok_or(RpcError::new(406, "STICKERSET_INVALID"))?;
    if request.hash == SET_HASH {
        return Ok(enums::messages::StickerSet::NotModified);
    }
    let empty =
        types::messages::StickerSet { set: set.into(), packs: Vec::new(), keywords: Vec::new(), documents: Vec::new() };
    Ok(empty.into())
}

/// Changes when there is something in them. Never 0, which clients send when they have nothing.
const SET_HASH: i32 = 1;

fn own_set(asked: &enums::InputStickerSet) -> Option<types::StickerSet> {
    use enums::InputStickerSet as Asked;
    let (id, title, short_name) = match asked {
        Asked::AnimatedEmoji => (1, "Animated emoji", "AnimatedEmoji"),
        Asked::AnimatedEmojiAnimations => (2, "Animated emoji effects", "AnimatedEmojiEffects"),
        Asked::EmojiGenericAnimations => (3, "Generic emoji effects", "GenericEmojiEffects"),
        Asked::EmojiDefaultStatuses => (4, "Emoji statuses", "EmojiStatuses"),
        Asked::EmojiChannelDefaultStatuses => (5, "Channel emoji statuses", "ChannelEmojiStatuses"),
        Asked::EmojiDefaultTopicIcons => (6, "Topic icons", "TopicIcons"),
        Asked::PremiumGifts => (7, "Gifts", "PremiumGifts"),
        Asked::TonGifts => (8, "Gifts in coins", "TonGifts"),
        Asked::Dice(dice) => (9 + dice_number(&dice.emoticon)?, "Dice", "Dice"),
        Asked::Id(named) if named.id == TDLIB_EMOJI => (named.id, "Animated emoji", "AnimatedEmojiOfTdlib"),
        Asked::Id(named) if named.id == TDLIB_GREETINGS => (named.id, "Greetings", "TelegramGreatMinds"),
        Asked::Id(named) => return named_set(|set| set.id == named.id && set.access_hash == named.access_hash),
        Asked::ShortName(named) => return named_set(|set| set.short_name == named.short_name),
        Asked::Empty => return None,
    };
    Some(set(id, title, short_name, is_emoji(asked)))
}

/// Sets whose numbers TDLib has built in: it asks for them before it was told of any.
const TDLIB_EMOJI: i64 = 1_258_816_259_751_983;
const TDLIB_GREETINGS: i64 = 1_842_540_969_984_001;

/// A set named by what was told of it before.
fn named_set(is_it: impl Fn(&types::StickerSet) -> bool) -> Option<types::StickerSet> {
    use enums::InputStickerSet as Asked;
    let all = [
        Asked::AnimatedEmoji,
        Asked::AnimatedEmojiAnimations,
        Asked::EmojiGenericAnimations,
        Asked::EmojiDefaultStatuses,
        Asked::EmojiChannelDefaultStatuses,
        Asked::EmojiDefaultTopicIcons,
        Asked::PremiumGifts,
        Asked::TonGifts,
    ];
    let dice = DICE.iter().map(|emoticon| types::InputStickerSetDice { emoticon: (*emoticon).to_owned() }.into());
    all.into_iter().chain(dice).filter_map(|asked| own_set(&asked)).find(is_it)
}

/// Those clients know dice of.
const DICE: [&str; 6] = ["🎲", "🎯", "🏀", "⚽", "🎰", "🎳"];

fn dice_number(emoticon: &str) -> Option<i64> {
    let plain = emoticon.trim_end_matches('\u{fe0f}');
    DICE.iter().position(|known| *known == plain).and_then(|index| i64::try_from(index).ok())
}

fn is_emoji(asked: &enums::InputStickerSet) -> bool {
    use enums::InputStickerSet as Asked;
    matches!(asked, Asked::EmojiDefaultStatuses | Asked::EmojiChannelDefaultStatuses | Asked::EmojiDefaultTopicIcons)
}

fn set(id: i64, title: &str, short_name: &str, emojis: bool) -> types::StickerSet {
    types::StickerSet {
        archived: false,
        official: true,
        masks: false,
        emojis,
        text_color: emojis,
        channel_emoji_status: false,
        creator: false,
        installed_date: None,
        id,
        access_hash: id,
        title: title.to_owned(),
        short_name: if short_name == "Dice" { format!("Dice{id}") } else { short_name.to_owned() },
        thumbs: None,
        thumb_dc_id: None,
        thumb_version: None,
        thumb_document_id: None,
        count: 0,
        hash: SET_HASH,
    }
}
