//! What is attached to a message, as its reader sees it: access hashes and file references are made for this viewer, now.

use platform::mailbox::Media;
use platform::media::{Attribute, Audio, Document, DocumentKind, Photo, PhotoSize, Video};
use platform::{Platform, UserId};
use tl::{enums, types};

/// The attachment of a message.
#[must_use]
pub fn media(platform: &Platform, viewer: UserId, media: &Media) -> enums::MessageMedia {
    match media {
        Media::Contact { phone, first_name, last_name, vcard, user } => types::MessageMediaContact {
            phone_number: phone.clone(),
            first_name: first_name.clone(),
            last_name: last_name.clone(),
            vcard: vcard.clone(),
            user_id: user.map_or(0, |user| user.0),
        }
        .into(),
        Media::Dice { emoticon, value } => {
            types::MessageMediaDice { value: *value, emoticon: emoticon.clone(), game_outcome: None }.into()
        }
        Media::Geo { latitude, longitude } => types::MessageMediaGeo { geo: geo_point(*latitude, *longitude) }.into(),
        Media::Venue { latitude, longitude, title, address, directory: [provider, venue_id, venue_type] } => {
            types::MessageMediaVenue {
                geo: geo_point(*latitude, *longitude),
                title: title.clone(),
                address: address.clone(),
                provider: provider.clone(),
                venue_id: venue_id.clone(),
                venue_type: venue_type.clone(),
            }
            .into()
        }
        Media::Photo { photo: shown, spoiler } => types::MessageMediaPhoto {
            spoiler: *spoiler,
            live_photo: false,
            photo: Some(photo(platform, viewer, shown)),
            ttl_seconds: None,
            video: None,
        }
        .into(),
        Media::Document { document: shown, spoiler } => message_document(platform, viewer, shown, *spoiler),
    }
}

fn message_document(platform: &Platform, viewer: UserId, shown: &Document, spoiler: bool) -> enums::MessageMedia {
    let kind = shown.kind();
    types::MessageMediaDocument {
        nopremium: false,
        spoiler,
        video: matches!(kind, DocumentKind::Video | DocumentKind::RoundVideo),
        round: kind == DocumentKind::RoundVideo,
        voice: kind == DocumentKind::Voice,
        document: Some(document(platform, viewer, shown)),
        alt_documents: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
    }
    .into()
}

/// A photo for this viewer.
#[must_use]
pub fn photo(platform: &Platform, viewer: UserId, photo: &Photo) -> enums::Photo {
    types::Photo {
        has_stickers: false,
        id: photo.id.0,
        access_hash: platform.medium_access_hash(viewer, photo.id),
        file_reference: platform.file_reference(viewer, photo.id),
        date: photo.date,
        sizes: sizes(&photo.sizes, photo.stripped.as_deref()),
        video_sizes: None,
        dc_id: platform.settings().home_dc,
    }
    .into()
}

/// A document for this viewer.
#[must_use]
pub fn document(platform: &Platform, viewer: UserId, document: &Document) -> enums::Document {
    let thumbs = sizes(&document.thumbs, document.stripped.as_deref());
    types::Document {
        id: document.id.0,
        access_hash: platform.medium_access_hash(viewer, document.id),
        file_reference: platform.file_reference(viewer, document.id),
        date: document.date,
        mime_type: document.mime.clone(),
        size: i64::try_from(document.size).unwrap_or(i64::MAX),
        thumbs: (!thumbs.is_empty()).then_some(thumbs),
        video_thumbs: None,
        dc_id: platform.settings().home_dc,
        attributes: document.attributes.iter().map(attribute).collect(),
    }
    .into()
}

/// The thumbnail that needs no download stands first.
fn sizes(sizes: &[PhotoSize], stripped: Option<&[u8]>) -> Vec<enums::PhotoSize> {
    let inline = |bytes: &[u8]| types::PhotoStrippedSize { r#type: "i".to_owned(), bytes: bytes.to_vec() }.into();
    stripped.map(inline).into_iter().chain(sizes.iter().map(size)).collect()
}

fn size(size: &PhotoSize) -> enums::PhotoSize {
    let letter = char::from(size.letter).to_string();
    types::PhotoSize { r#type: letter, w: size.width, h: size.height, size: size.bytes }.into()
}

fn attribute(attribute: &Attribute) -> enums::DocumentAttribute {
    match attribute {
        Attribute::ImageSize { width, height } => types::DocumentAttributeImageSize { w: *width, h: *height }.into(),
        Attribute::Animated => enums::DocumentAttribute::Animated,
        Attribute::Sticker { alt, mask } => types::DocumentAttributeSticker {
            mask: *mask,
            alt: alt.clone(),
            stickerset: enums::InputStickerSet::Empty,
            mask_coords: None,
        }
        .into(),
        Attribute::Video(video) => video_attribute(video),
        Attribute::Audio(audio) => audio_attribute(audio),
        Attribute::Filename(name) => types::DocumentAttributeFilename { file_name: name.clone() }.into(),
    }
}

fn video_attribute(video: &Video) -> enums::DocumentAttribute {
    let seconds = |milliseconds: u32| f64::from(milliseconds) / 1_000.0;
    types::DocumentAttributeVideo {
        round_message: video.is_round,
        supports_streaming: video.can_stream,
        nosound: video.is_silent,
        duration: seconds(video.duration_ms),
        w: video.width,
        h: video.height,
        preload_prefix_size: video.preload_bytes,
        video_start_ts: video.start_ms.map(seconds),
        video_codec: video.codec.clone(),
    }
    .into()
}

fn audio_attribute(audio: &Audio) -> enums::DocumentAttribute {
    types::DocumentAttributeAudio {
        voice: audio.is_voice,
        duration: audio.duration,
        title: audio.title.clone(),
        performer: audio.performer.clone(),
        waveform: audio.waveform.clone(),
    }
    .into()
}

fn geo_point(latitude: i32, longitude: i32) -> enums::GeoPoint {
    let degrees = |millionths: i32| f64::from(millionths) / 1_000_000.0;
    types::GeoPoint { long: degrees(longitude), lat: degrees(latitude), access_hash: 0, accuracy_radius: None }.into()
}
