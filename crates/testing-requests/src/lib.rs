//! Requests as test clients make them: the home layer's, with everything left out that a request may leave out. Who needs
//! more changes the field (`SendMessage { silent: true, ..send_message(…) }`).
//!
//! For tests, and for the fleet that breaks and measures servers; nothing that serves people uses it. It sends nothing and reads no answer.

use tl::functions::{auth, messages, updates, upload};
use tl::{enums, types};

/// `messages.sendMessage` of a text.
#[must_use]
pub fn send_message(peer: enums::InputPeer, text: impl Into<String>, random_id: i64) -> messages::SendMessage {
    messages::SendMessage {
        no_webpage: false,
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer,
        reply_to: None,
        message: text.into(),
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

/// `messages.sendMedia` with a caption.
#[must_use]
pub fn send_media(
    peer: enums::InputPeer,
    media: enums::InputMedia,
    caption: impl Into<String>,
    random_id: i64,
) -> messages::SendMedia {
    messages::SendMedia {
        silent: false,
        background: false,
        clear_draft: false,
        noforwards: false,
        update_stickersets_order: false,
        invert_media: false,
        allow_paid_floodskip: false,
        peer,
        reply_to: None,
        media,
        message: caption.into(),
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

/// A file whose parts were uploaded, of no kind that clients show.
#[must_use]
pub fn uploaded_file(file: types::InputFile) -> types::InputMediaUploadedDocument {
    types::InputMediaUploadedDocument {
        nosound_video: false,
        force_file: true,
        spoiler: false,
        file: file.into(),
        thumb: None,
        mime_type: "application/octet-stream".to_owned(),
        attributes: Vec::new(),
        stickers: None,
        video_cover: None,
        video_timestamp: None,
        ttl_seconds: None,
    }
}

/// `messages.editMessage` of a text.
#[must_use]
pub fn edit_message(peer: enums::InputPeer, id: i32, text: impl Into<String>) -> messages::EditMessage {
    messages::EditMessage {
        no_webpage: false,
        invert_media: false,
        peer,
        id,
        message: Some(text.into()),
        media: None,
        reply_markup: None,
        entities: None,
        schedule_date: None,
        schedule_repeat_period: None,
        quick_reply_shortcut_id: None,
        rich_message: None,
    }
}

/// `messages.getHistory`: the page before a message, or the newest one (0).
#[must_use]
pub fn history(peer: enums::InputPeer, before: i32, limit: i32) -> messages::GetHistory {
    messages::GetHistory {
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

/// `messages.getDialogs`: the first page of all folders.
#[must_use]
pub fn dialogs(limit: i32) -> messages::GetDialogs {
    messages::GetDialogs {
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
pub fn difference(pts: i32, date: i32) -> updates::GetDifference {
    updates::GetDifference { pts, pts_limit: None, pts_total_limit: None, date, qts: 0, qts_limit: None }
}

/// How a code may come.
#[must_use]
pub fn code_settings() -> types::CodeSettings {
    types::CodeSettings {
        allow_flashcall: false,
        current_number: false,
        allow_app_hash: false,
        allow_missed_call: false,
        allow_firebase: false,
        unknown_number: false,
        logout_tokens: None,
        token: None,
        app_sandbox: None,
    }
}

/// `auth.sendCode`.
#[must_use]
pub fn send_code(phone: &str) -> auth::SendCode {
    let settings = code_settings().into();
    auth::SendCode { phone_number: phone.to_owned(), api_id: 1, api_hash: String::new(), settings }
}

/// `auth.signIn` with a code.
#[must_use]
pub fn sign_in(phone: &str, hash: &str, code: impl Into<String>) -> auth::SignIn {
    auth::SignIn {
        phone_number: phone.to_owned(),
        phone_code_hash: hash.to_owned(),
        phone_code: Some(code.into()),
        email_verification: None,
    }
}

/// `auth.signUp`, of which contacts hear.
#[must_use]
pub fn sign_up(phone: &str, hash: &str, first_name: impl Into<String>) -> auth::SignUp {
    auth::SignUp {
        no_joined_notifications: false,
        phone_number: phone.to_owned(),
        phone_code_hash: hash.to_owned(),
        first_name: first_name.into(),
        last_name: String::new(),
    }
}

/// `upload.getFile`: a piece of a document.
#[must_use]
pub fn file(document: &types::Document, offset: i64, limit: i32) -> upload::GetFile {
    let location = types::InputDocumentFileLocation {
        id: document.id,
        access_hash: document.access_hash,
        file_reference: document.file_reference.clone(),
        thumb_size: String::new(),
    };
    upload::GetFile { precise: false, cdn_supported: false, location: location.into(), offset, limit }
}
