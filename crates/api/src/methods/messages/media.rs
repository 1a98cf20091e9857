//! What a request wants attached: uploads become photos and documents, what was shown before is attached again, and the
//! rest is made of words.

use platform::UserId;
use platform::limits::media::ATTRIBUTES_MAX;
use platform::mailbox::Media;
use platform::media::{Attribute, Audio, NewDocument, Video};
use tl::{enums, types};

use crate::input_media::uploaded;
use crate::{Context, RpcError};

/// Longest title, address or directory's word of a place, in characters.
const PLACE_TEXT_MAX_CHARS: usize = 256;

/// The attachment that an `InputMedia` means; none for a link's preview, which is left to the reader's client.
pub async fn media(cx: &Context<'_>, input: &enums::InputMedia) -> Result<Option<Media>, RpcError> {
    use enums::InputMedia as Input;
    Ok(Some(match input {
        Input::Empty => return Err(RpcError::new(400, "MEDIA_EMPTY")),
        Input::WebPage(_) => return Ok(None),
        Input::Contact(card) => contact(cx, card).await?,
        Input::Dice(dice) => roll(cx, &dice.emoticon)?,
        Input::GeoPoint(place) => geo(&place.geo_point)?,
        Input::Venue(venue) => place(venue)?,
        Input::UploadedPhoto(photo) => uploaded_photo(cx, photo).await?,
        Input::Photo(photo) => {
            refuse_ttl(photo.ttl_seconds)?;
            Media::Photo { photo: cx.input_photo(&photo.id).await?, spoiler: photo.spoiler }
        }
        Input::UploadedDocument(document) => uploaded_document(cx, document).await?,
        Input::Document(document) => {
            refuse_ttl(document.ttl_seconds)?;
            Media::Document { document: cx.input_document(&document.id).await?, spoiler: document.spoiler }
        }
        // This server fetches nothing from elsewhere.
        Input::PhotoExternal(_) | Input::DocumentExternal(_) => return Err(RpcError::new(400, "WEBPAGE_CURL_FAILED")),
        Input::Game(_) => return Err(RpcError::new(400, "GAME_BOT_INVALID")),
        Input::Story(_) => return Err(RpcError::new(400, "STORY_ID_INVALID")),
        _ => return Err(RpcError::new(400, "MEDIA_INVALID")),
    }))
}

/// Media that remove themselves come with secret chats: to take one and keep it would be a broken promise.
fn refuse_ttl(ttl_seconds: Option<i32>) -> Result<(), RpcError> {
    if ttl_seconds.is_some() { Err(RpcError::new(400, "TTL_MEDIA_INVALID")) } else { Ok(()) }
}

async fn uploaded_photo(cx: &Context<'_>, input: &types::InputMediaUploadedPhoto) -> Result<Media, RpcError> {
    refuse_ttl(input.ttl_seconds)?;
    let photo = cx.platform().create_photo(cx.user()?, &uploaded(&input.file)?).await?;
    Ok(Media::Photo { photo, spoiler: input.spoiler })
}

async fn uploaded_document(cx: &Context<'_>, input: &types::InputMediaUploadedDocument) -> Result<Media, RpcError> {
    refuse_ttl(input.ttl_seconds)?;
    let new = NewDocument {
        file: uploaded(&input.file)?,
        thumb: input.thumb.as_ref().map(uploaded).transpose()?,
        mime: input.mime_type.clone(),
        attributes: input.attributes.iter().take(ATTRIBUTES_MAX).filter_map(attribute).collect(),
        is_plain_file: input.force_file,
        is_silent_video: input.nosound_video,
    };
    Ok(Media::Document { document: cx.platform().create_document(cx.user()?, new).await?, spoiler: input.spoiler })
}

/// What a client says of a document. Sets of stickers come with their own issue.
fn attribute(input: &enums::DocumentAttribute) -> Option<Attribute> {
    use enums::DocumentAttribute as Input;
    Some(match input {
        Input::ImageSize(size) => Attribute::ImageSize { width: size.w, height: size.h },
        Input::Animated => Attribute::Animated,
        Input::Sticker(sticker) => Attribute::Sticker { alt: sticker.alt.clone(), mask: sticker.mask },
        Input::Video(video) => Attribute::Video(Video {
            duration_ms: milliseconds(video.duration),
            width: video.w,
            height: video.h,
            is_round: video.round_message,
            can_stream: video.supports_streaming,
            is_silent: video.nosound,
            preload_bytes: video.preload_prefix_size,
            start_ms: video.video_start_ts.map(milliseconds),
            codec: video.video_codec.clone(),
        }),
        Input::Audio(audio) => Attribute::Audio(Audio {
            is_voice: audio.voice,
            duration: audio.duration,
            title: audio.title.clone(),
            performer: audio.performer.clone(),
            waveform: audio.waveform.clone(),
        }),
        Input::Filename(name) => Attribute::Filename(name.file_name.clone()),
        Input::HasStickers | Input::CustomEmoji(_) => return None,
    })
}

/// Numbers that are none become 0.
fn milliseconds(seconds: f64) -> u32 {
    (seconds * 1_000.0).round() as u32
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
    let (latitude, longitude) = millionths(point)?;
    Ok(Media::Geo { latitude, longitude })
}

fn place(venue: &types::InputMediaVenue) -> Result<Media, RpcError> {
    let (latitude, longitude) = millionths(&venue.geo_point)?;
    let cut = |text: &str| text.chars().take(PLACE_TEXT_MAX_CHARS).collect::<String>();
    Ok(Media::Venue {
        latitude,
        longitude,
        title: cut(&venue.title),
        address: cut(&venue.address),
        directory: [cut(&venue.provider), cut(&venue.venue_id), cut(&venue.venue_type)],
    })
}

fn millionths(point: &enums::InputGeoPoint) -> Result<(i32, i32), RpcError> {
    let enums::InputGeoPoint::Point(point) = point else { return Err(RpcError::new(400, "MEDIA_EMPTY")) };
    let is_place = point.lat.abs() <= 90.0 && point.long.abs() <= 180.0;
    if !is_place {
        return Err(RpcError::new(400, "GEO_POINT_INVALID"));
    }
    let millionths = |degrees: f64| (degrees * 1_000_000.0) as i32;
    Ok((millionths(point.lat), millionths(point.long)))
}
