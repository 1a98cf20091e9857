//! The differences between layers that copying by name would lose, one test for each: values of the home layer and what stands
//! for them, requests of old clients and what they mean.

use serde_json::{Value, json};
use tl::schema::{HOME_LAYER, named};
use tl::translate;

use crate::make::{definition, make};

/// A value of the home layer as a client of this layer is told it.
fn told(layer: i32, home: &Value, theirs: &Value) {
    let kind = definition(HOME_LAYER, home).result;
    let bytes = make(HOME_LAYER, home);
    let written = translate::part(layer, kind, &bytes).expect("it can be told");
    assert_eq!(written.as_ref(), make(layer, theirs), "{home} at {layer}");
}

/// A request of a client of this layer, and what the server understands.
fn understood(layer: i32, theirs: &Value, home: &Value) {
    let bytes = make(layer, theirs);
    let request = translate::request(&bytes).expect("it is understood");
    assert_eq!(request.as_ref(), make(HOME_LAYER, home), "{theirs} of {layer}");
}

/// The answer of a method of the home layer, and what a client of this layer gets.
fn answered(layer: i32, function: &str, home: &Value, theirs: &[u8]) {
    let id = |layer| named(layer, function).expect("a function").id;
    let bytes = make(HOME_LAYER, home);
    let written = translate::result(layer, id(layer), id(HOME_LAYER), &bytes).expect("it can be told");
    assert_eq!(written.as_ref(), theirs, "{home}, the answer of {function} at {layer}");
}

fn channel() -> Value {
    json!({ "_": "inputChannel", "channel_id": 7, "access_hash": 8 })
}

fn channel_peer() -> Value {
    json!({ "_": "inputPeerChannel", "channel_id": 7, "access_hash": 8 })
}

fn myself() -> Value {
    json!({ "_": "inputPeerSelf" })
}

fn words(text: &str) -> Value {
    json!({ "_": "textWithEntities", "text": text, "entities": [] })
}

fn no_updates() -> Value {
    json!({ "_": "updates", "updates": [], "users": [], "chats": [], "date": 5, "seq": 0 })
}

#[test]
fn up_to_228_a_button_was_a_constructor() {
    let inline = |sort| json!({ "_": "keyboardInlineButton", "text": "t", "type": sort });
    let rows = |row: &str, button: Value| json!([{ "_": row, "buttons": [button] }]);
    let pairs = [
        (
            json!({ "_": "inlineButtonTypeUrl", "url": "u" }),
            json!({ "_": "keyboardButtonUrl", "text": "t", "url": "u" }),
        ),
        (
            json!({ "_": "inlineButtonTypeCallback", "data": "d", "requires_password": true }),
            json!({ "_": "keyboardButtonCallback", "text": "t", "data": "d", "requires_password": true }),
        ),
        (
            json!({ "_": "inlineButtonTypeCopy", "copy_text": "c" }),
            json!({ "_": "keyboardButtonCopy", "text": "t", "copy_text": "c" }),
        ),
    ];
    for (sort, old) in pairs {
        let home = json!({ "_": "replyInlineMarkup", "rows": rows("keyboardInlineButtonRow", inline(sort)) });
        told(228, &home, &json!({ "_": "replyInlineMarkup", "rows": rows("keyboardButtonRow", old) }));
    }
    let default = json!({ "_": "keyboardButton", "text": "t", "type": { "_": "buttonTypeDefault" } });
    let phone = json!({ "_": "keyboardButton", "text": "t", "type": { "_": "buttonTypeRequestPhone" } });
    for layer in [158, 221, 228] {
        told(layer, &default, &json!({ "_": "keyboardButton", "text": "t" }));
        told(layer, &phone, &json!({ "_": "keyboardButtonRequestPhone", "text": "t" }));
    }
}

#[test]
fn up_to_225_joining_was_answered_with_updates() {
    let home = json!({ "_": "messages.chatInviteJoinResultOk", "updates": no_updates() });
    for function in ["channels.joinChannel", "messages.importChatInvite"] {
        answered(225, function, &home, &make(225, &no_updates()));
    }
}

#[test]
fn up_to_223_right_answers_were_options() {
    let answer = |layer, text: &str, option: &str| match layer {
        177 => json!({ "_": "pollAnswer", "text": text, "option": option }),
        _ => json!({ "_": "pollAnswer", "text": words(text), "option": option }),
    };
    for layer in [177, 223] {
        let question = if layer == 177 { json!("q") } else { words("q") };
        let answers = |layer| json!([answer(layer, "yes", "0"), answer(layer, "no", "1")]);
        let old_poll = json!({ "_": "poll", "question": question, "quiz": true, "answers": answers(layer) });
        let old = json!({ "_": "inputMediaPoll", "poll": old_poll, "correct_answers": ["1"], "solution": "s", "solution_entities": [] });
        let new_poll = json!({ "_": "poll", "question": words("q"), "quiz": true, "answers": answers(HOME_LAYER) });
        let new = json!({ "_": "inputMediaPoll", "poll": new_poll, "correct_answers": [1], "solution": "s", "solution_entities": [] });
        let send = |media: &Value| json!({ "_": "messages.sendMedia", "peer": myself(), "media": media, "message": "", "random_id": 3 });
        understood(layer, &send(&old), &send(&new));
    }
}

#[test]
fn up_to_216_stories_and_gifts_were_plain_numbers() {
    let story = json!({ "_": "recentStory", "max_id": 9 });
    told(
        216,
        &json!({ "_": "user", "id": 1, "stories_max_id": story }),
        &json!({ "_": "user", "id": 1, "stories_max_id": 9 }),
    );
    let channel = |story: Value| json!({ "_": "channel", "id": 1, "title": "t", "photo": { "_": "chatPhotoEmpty" }, "stories_max_id": story });
    told(216, &channel(story), &channel(json!(9)));
    let gift = |name: &str, count: i32| json!({ "_": "messageActionGiftPremium", "currency": "c", name: count });
    told(216, &gift("days", 90), &gift("months", 3));
}

#[test]
fn up_to_214_topics_belonged_to_channels() {
    let pairs = [
        ("channels.createForumTopic", "messages.createForumTopic", json!({ "title": "t", "random_id": 5 })),
        ("channels.deleteTopicHistory", "messages.deleteTopicHistory", json!({ "top_msg_id": 4 })),
        ("channels.editForumTopic", "messages.editForumTopic", json!({ "topic_id": 4, "title": "t" })),
        ("channels.getForumTopics", "messages.getForumTopics", json!({ "limit": 4 })),
        ("channels.getForumTopicsByID", "messages.getForumTopicsByID", json!({ "topics": [4] })),
        ("channels.reorderPinnedForumTopics", "messages.reorderPinnedForumTopics", json!({ "order": [4, 5] })),
        (
            "channels.updatePinnedForumTopic",
            "messages.updatePinnedForumTopic",
            json!({ "topic_id": 4, "pinned": true }),
        ),
    ];
    for (old, new, fields) in pairs {
        let call = |name: &str, place: &str, peer: Value| {
            let mut made = fields.clone();
            made["_"] = name.into();
            made[place] = peer;
            made
        };
        understood(214, &call(old, "channel", channel()), &call(new, "peer", channel_peer()));
    }
    let peer = json!({ "_": "peerChannel", "channel_id": 7 });
    let pinned = json!({ "_": "updatePinnedForumTopic", "pinned": true, "peer": peer, "topic_id": 4 });
    told(214, &pinned, &json!({ "_": "updateChannelPinnedTopic", "pinned": true, "channel_id": 7, "topic_id": 4 }));
    let order = json!({ "_": "updatePinnedForumTopics", "peer": peer, "order": [4, 5] });
    told(214, &order, &json!({ "_": "updateChannelPinnedTopics", "channel_id": 7, "order": [4, 5] }));
}

#[test]
fn up_to_212_a_theme_was_an_emoji() {
    let set = |theme: Value| json!({ "_": "messages.setChatTheme", "peer": myself(), "theme": theme });
    let old = |emoticon: &str| json!({ "_": "messages.setChatTheme", "peer": myself(), "emoticon": emoticon });
    understood(212, &old("🌷"), &set(json!({ "_": "inputChatTheme", "emoticon": "🌷" })));
    understood(212, &old(""), &set(json!({ "_": "inputChatThemeEmpty" })));
    let theme = json!({ "_": "chatTheme", "emoticon": "🌷" });
    told(
        212,
        &json!({ "_": "messageActionSetChatTheme", "theme": theme }),
        &json!({ "_": "messageActionSetChatTheme", "emoticon": "🌷" }),
    );
    let full = |name: &str, theme: &Value| {
        let mut made = json!({ "_": "userFull", "id": 1, "settings": { "_": "peerSettings" }, "notify_settings": { "_": "peerNotifySettings" } });
        made[name] = theme.clone();
        made
    };
    for layer in [158, 212] {
        told(layer, &full("theme", &theme), &full("theme_emoticon", &json!("🌷")));
    }
}

#[test]
fn up_to_197_a_status_with_an_end_was_a_constructor() {
    let home = json!({ "_": "emojiStatus", "document_id": 3, "until": 9 });
    let old = json!({ "_": "emojiStatusUntil", "document_id": 3, "until": 9 });
    told(197, &home, &old);
    told(197, &json!({ "_": "emojiStatus", "document_id": 3 }), &json!({ "_": "emojiStatus", "document_id": 3 }));
    let set = |status: &Value| json!({ "_": "account.updateEmojiStatus", "emoji_status": status });
    understood(197, &set(&old), &set(&home));
}

#[test]
fn up_to_196_a_preview_was_the_medium_itself() {
    let medium = json!({ "_": "messageMediaEmpty" });
    let home = json!({ "_": "messages.webPagePreview", "media": medium, "chats": [], "users": [] });
    answered(196, "messages.getWebPagePreview", &home, &make(196, &medium));
}

#[test]
fn up_to_195_a_folder_had_a_plain_title() {
    let folder = |title: Value| json!({ "_": "dialogFilter", "id": 2, "title": title, "pinned_peers": [], "include_peers": [], "exclude_peers": [] });
    told(195, &folder(words("work")), &folder(json!("work")));
    let update = |title: Value| json!({ "_": "messages.updateDialogFilter", "id": 2, "filter": folder(title) });
    understood(195, &update(json!("work")), &update(words("work")));
}

#[test]
fn up_to_187_a_film_had_one_other_rendering() {
    let document = json!({ "_": "documentEmpty", "id": 5 });
    let home = json!({ "_": "messageMediaDocument", "alt_documents": [document, { "_": "documentEmpty", "id": 6 }] });
    told(187, &home, &json!({ "_": "messageMediaDocument", "alt_document": document }));
    told(187, &json!({ "_": "messageMediaDocument", "alt_documents": [] }), &json!({ "_": "messageMediaDocument" }));
}

#[test]
fn up_to_185_signatures_were_on_or_off() {
    let old = |enabled| json!({ "_": "channels.toggleSignatures", "channel": channel(), "enabled": enabled });
    let off = json!({ "_": "channels.toggleSignatures", "channel": channel() });
    let on = json!({ "_": "channels.toggleSignatures", "channel": channel(), "signatures_enabled": true });
    understood(185, &old(true), &on);
    understood(185, &old(false), &off);
}

#[test]
fn up_to_177_polls_were_plain_text() {
    let home_answer = json!({ "_": "pollAnswer", "text": words("yes"), "option": "0" });
    let home = json!({ "_": "poll", "id": 4, "question": words("q"), "answers": [home_answer] });
    let answer = json!({ "_": "pollAnswer", "text": "yes", "option": "0" });
    told(177, &home, &json!({ "_": "poll", "id": 4, "question": "q", "answers": [answer] }));
}

#[test]
fn up_to_176_inviting_was_answered_with_updates() {
    let home = json!({ "_": "messages.invitedUsers", "updates": no_updates(), "missing_invitees": [] });
    for function in ["messages.createChat", "messages.addChatUser", "channels.inviteToChannel"] {
        answered(176, function, &home, &make(176, &no_updates()));
    }
}

#[test]
fn up_to_174_folders_came_bare() {
    let home = json!({ "_": "messages.dialogFilters", "filters": [{ "_": "dialogFilterDefault" }] });
    let folder = make(174, &json!({ "_": "dialogFilterDefault" }));
    let bare = [tl::schema::VECTOR_ID.to_le_bytes().to_vec(), 1u32.to_le_bytes().to_vec(), folder].concat();
    answered(174, "messages.getDialogFilters", &home, &bare);
}

#[test]
fn up_to_165_replies_of_drafts_and_headers_were_numbers() {
    let reply = json!({ "_": "inputReplyToMessage", "reply_to_msg_id": 12 });
    let home = json!({ "_": "draftMessage", "reply_to": reply, "message": "m", "date": 3 });
    told(165, &home, &json!({ "_": "draftMessage", "reply_to_msg_id": 12, "message": "m", "date": 3 }));
    let save = |name: &str, reply: &Value| {
        let mut made = json!({ "_": "messages.saveDraft", "peer": myself(), "message": "m" });
        made[name] = reply.clone();
        made
    };
    understood(165, &save("reply_to_msg_id", &json!(12)), &save("reply_to", &reply));
    let header = json!({ "_": "messageReplyHeader", "reply_to_msg_id": 12 });
    told(165, &header, &header);
    let elsewhere = json!({ "_": "messageReplyHeader", "reply_to_top_id": 4 });
    told(165, &elsewhere, &json!({ "_": "messageReplyHeader", "reply_to_msg_id": 0, "reply_to_top_id": 4 }));
}

#[test]
fn up_to_160_blocked_was_yes_or_no() {
    let peer = json!({ "_": "peerUser", "user_id": 4 });
    let old = |blocked| json!({ "_": "updatePeerBlocked", "peer_id": peer, "blocked": blocked });
    told(160, &json!({ "_": "updatePeerBlocked", "peer_id": peer, "blocked": true }), &old(true));
    told(160, &json!({ "_": "updatePeerBlocked", "peer_id": peer }), &old(false));
}

#[test]
fn up_to_159_a_reply_was_two_numbers_and_a_film_lasted_whole_seconds() {
    let photo = json!({ "_": "inputMediaEmpty" });
    let album = json!([{ "_": "inputSingleMedia", "media": photo, "random_id": 6, "message": "m" }]);
    let calls = [
        json!({ "_": "messages.sendMessage", "peer": myself(), "message": "m", "random_id": 5 }),
        json!({ "_": "messages.sendMedia", "peer": myself(), "media": photo, "message": "m", "random_id": 5 }),
        json!({ "_": "messages.sendMultiMedia", "peer": myself(), "multi_media": album }),
    ];
    for call in calls {
        let (mut old, mut new) = (call.clone(), call.clone());
        understood(159, &call, &call);
        old["reply_to_msg_id"] = json!(12);
        new["reply_to"] = json!({ "_": "inputReplyToMessage", "reply_to_msg_id": 12 });
        understood(159, &old, &new);
        old["top_msg_id"] = json!(4);
        new["reply_to"] = json!({ "_": "inputReplyToMessage", "reply_to_msg_id": 12, "top_msg_id": 4 });
        understood(159, &old, &new);
    }
    let film = |duration: Value| json!({ "_": "documentAttributeVideo", "duration": duration, "w": 3, "h": 2 });
    told(159, &film(json!(7.9)), &film(json!(7)));
    let upload = |duration: Value| {
        let file = json!({ "_": "inputFile", "id": 1, "parts": 1, "name": "n", "md5_checksum": "" });
        let media = json!({ "_": "inputMediaUploadedDocument", "file": file, "mime_type": "video/mp4", "attributes": [film(duration)] });
        json!({ "_": "messages.uploadMedia", "peer": myself(), "media": media })
    };
    understood(159, &upload(json!(7)), &upload(json!(7.0)));
}

#[test]
fn up_to_158_voters_were_numbers() {
    let home = json!({ "_": "pollResults", "recent_voters": [{ "_": "peerUser", "user_id": 4 }] });
    told(158, &home, &json!({ "_": "pollResults", "recent_voters": [4] }));
}

#[test]
fn up_to_202_a_promotion_was_of_a_peer() {
    let home = json!({ "_": "help.promoData", "expires": 9, "pending_suggestions": [], "dismissed_suggestions": [], "chats": [], "users": [] });
    told(202, &home, &json!({ "_": "help.promoDataEmpty", "expires": 9 }));
}
