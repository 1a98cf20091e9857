//! `messages.sendMedia`: sends what needs no upload: contacts, dice, places, and texts with a link. Files come with the media issue.

use tl::functions::messages::SendMedia;
use tl::{RemoteCall, enums, types};

use super::common;
use crate::views::entities::from_client;
use crate::{Context, RpcError};
use platform::UserId;
use platform::mailbox::{Flags, Media};
use platform::messages::Outgoing;

/// Answers the request.
pub async fn handle(cx: &Context<'_>, request: SendMedia) -> Result<<SendMedia as RemoteCall>::Return, RpcError> {
    common::refuse_schedule(request.schedule_date)?;
    let actor = common::actor(cx)?;
    let turn = cx.platform().turn(actor.user).await;
    let peer = cx.input_peer(&request.peer).await?;
    let flags = Flags::default()
        .with(Flags::SILENT, request.silent)
        .with(Flags::NOFORWARDS, request.noforwards)
        .with(Flags::INVERT_MEDIA, request.invert_media);
    let outgoing = Outgoing {
        peer,
        reply: common::reply_to(cx, request.reply_to.as_ref()).await?,
        entities: from_client(cx, request.entities.as_ref()).await?,
        text: request.message,
        random_id: request.random_id,
        flags,
        media: media(cx, &request.media).await?,
        clear_draft: request.clear_draft,
    };
    let sent = cx.platform().send_in_turn(turn, actor, outgoing).await?;
    common::sent(cx, actor.user, &[sent]).await
}

async fn media(cx: &Context<'_>, input: &enums::InputMedia) -> Result<Option<Media>, RpcError> {
    match input {
        enums::InputMedia::Empty => Err(RpcError::new(400, "MEDIA_EMPTY")),
        enums::InputMedia::WebPage(_) => Ok(None),
        enums::InputMedia::Contact(card) => Ok(Some(contact(cx, card).await?)),
        enums::InputMedia::Dice(dice) => Ok(Some(roll(cx, &dice.emoticon)?)),
        enums::InputMedia::GeoPoint(place) => Ok(Some(geo(&place.geo_point)?)),
        _ => Err(RpcError::new(400, "MEDIA_INVALID")),
    }
}

async fn contact(cx: &Context<'_>, card: &types::InputMediaContact) -> Result<Media, RpcError> {
    let user = known_by_phone(cx, &card.phone_number).await?;
    Ok(Media::Contact {
        phone: card.phone_number.clone(),
        first_name: card.first_name.clone(),
        last_name: card.last_name.clone(),
        vcard: card.vcard.clone(),
        user,
    })
}

/// A card links to the person only if the sender has that number among their contacts.
async fn known_by_phone(cx: &Context<'_>, phone: &str) -> Result<Option<UserId>, RpcError> {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let wanted = digits(phone);
    let contacts = cx.platform().contacts(cx.user()?).await?;
    let has_it = |phone: &Option<String>| phone.as_deref().is_some_and(|phone| digits(phone) == wanted);
    Ok(contacts.into_iter().find(|(_, contact)| has_it(&contact.phone)).map(|(user, _)| user))
}

/// The emoji of chance and in how many ways each can fall.
const DICE: [(&str, u8); 6] = [("🎲", 6), ("🎯", 6), ("🎳", 6), ("🏀", 5), ("⚽", 5), ("🎰", 64)];

fn roll(cx: &Context<'_>, emoticon: &str) -> Result<Media, RpcError> {
    let wanted = emoticon.trim_end_matches('\u{fe0f}');
    let known = DICE.iter().find(|(emoji, _)| *emoji == wanted);
    let (emoji, faces) = known.ok_or(RpcError::new(400, "EMOTICON_INVALID"))?;
    let mut random = [0; 8];
    cx.platform().runtime().fill_random(&mut random);
    let value = i32::try_from(u64::from_le_bytes(random) % u64::from(*faces)).unwrap_or(0) + 1;
    Ok(Media::Dice { emoticon: (*emoji).to_owned(), value })
}

fn geo(point: &enums::InputGeoPoint) -> Result<Media, RpcError> {
    let enums::InputGeoPoint::Point(point) = point else { return Err(RpcError::new(400, "MEDIA_EMPTY")) };
    let is_place = point.lat.abs() <= 90.0 && point.long.abs() <= 180.0;
    if !is_place {
        return Err(RpcError::new(400, "GEO_POINT_INVALID"));
    }
    let millionths = |degrees: f64| (degrees * 1_000_000.0) as i32;
    Ok(Media::Geo { latitude: millionths(point.lat), longitude: millionths(point.long) })
}
