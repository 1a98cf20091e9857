//! The calls the fleet makes, with everything left out that it does not use.

use tl::{enums, functions, types};

/// Whom a message names.
#[must_use]
pub fn peer_id(peer: &enums::Peer) -> i64 {
    match peer {
        enums::Peer::User(user) => user.user_id,
        enums::Peer::Chat(chat) => chat.chat_id,
        enums::Peer::Channel(channel) => channel.channel_id,
    }
}

/// `messages.sendMessage`.
#[must_use]
pub fn send(peer: enums::InputPeer, message: String, random_id: i64) -> functions::messages::SendMessage {
    functions::messages::SendMessage {
        no_webpage: true,
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer,
        reply_to: None,
        message,
        random_id,
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
        suggested_post: None,
        rich_message: None,
    }
}

/// `messages.sendMedia` of a file whose parts were uploaded.
#[must_use]
pub fn send_file(
    peer: enums::InputPeer,
    file: (i64, i32),
    message: String,
    random_id: i64,
) -> functions::messages::SendMedia {
    let (id, parts) = file;
    let file = types::InputFile { id, parts, name: "storm.bin".into(), md5_checksum: String::new() };
    let media = types::InputMediaUploadedDocument {
        nosound_video: false,
        force_file: true,
        spoiler: false,
        file: file.into(),
        thumb: None,
        mime_type: "application/octet-stream".into(),
        attributes: Vec::new(),
        stickers: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
    };
    functions::messages::SendMedia {
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer,
        reply_to: None,
        media: media.into(),
        message,
        random_id,
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        send_as: None,
        quick_reply_shortcut: None,
        effect: None,
        allow_paid_stars: None,
        suggested_post: None,
    }
}

/// `messages.editMessage` of a text.
#[must_use]
pub fn edit(peer: enums::InputPeer, id: i32, message: String) -> functions::messages::EditMessage {
    functions::messages::EditMessage {
        no_webpage: true,
        invert_media: false,
        peer,
        id,
        message: Some(message),
        media: None,
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        quick_reply_shortcut_id: None,
        rich_message: None,
    }
}

/// `messages.getHistory`: the page before a message, or the newest one.
#[must_use]
pub fn history(peer: enums::InputPeer, before: i32, limit: i32) -> functions::messages::GetHistory {
    functions::messages::GetHistory {
        peer,
        offset_id: before,
        offset_date: 0,
        add_offset: 0,
        limit,
        max_id: 0,
        min_id: 0,
        hash: 0,
    }
}

/// `messages.getDialogs`: the first page.
#[must_use]
pub fn dialogs(limit: i32) -> functions::messages::GetDialogs {
    functions::messages::GetDialogs {
        exclude_pinned: false,
        folder_id: None,
        offset_date: 0,
        offset_id: 0,
        offset_peer: enums::InputPeer::Empty,
        limit,
        hash: 0,
    }
}

/// `updates.getDifference` from a pts.
#[must_use]
pub fn difference(pts: i32, date: i32) -> functions::updates::GetDifference {
    functions::updates::GetDifference { pts, pts_limit: None, pts_total_limit: None, date, qts: 0, qts_limit: None }
}

/// `auth.sendCode`.
#[must_use]
pub fn send_code(phone: &str) -> functions::auth::SendCode {
    let settings = types::CodeSettings {
        allow_flashcall: false,
        current_number: false,
        allow_app_hash: false,
        allow_missed_call: false,
        allow_firebase: false,
        unknown_number: false,
        logout_tokens: None,
        token: None,
        app_sandbox: None,
    };
    functions::auth::SendCode {
        phone_number: phone.to_owned(),
        api_id: 1,
        api_hash: "storm".to_owned(),
        settings: settings.into(),
    }
}

/// A piece of a file.
#[must_use]
pub fn file(document: &types::Document, offset: i64, limit: i32) -> functions::upload::GetFile {
    let location = types::InputDocumentFileLocation {
        id: document.id,
        access_hash: document.access_hash,
        file_reference: document.file_reference.clone(),
        thumb_size: String::new(),
    };
    functions::upload::GetFile { precise: false, cdn_supported: false, location: location.into(), offset, limit }
}
