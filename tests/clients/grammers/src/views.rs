//! What the suite sees of grammers' objects: plain values with the same names that every other library's half uses.

use grammers_client::tl;
use serde_json::{Value, json};
use tl::Serializable;

use crate::media;
use tl::enums::{Message, MessageReplyHeader, Peer, Update, User, UserStatus};

/// The number in a peer.
pub fn peer_id(peer: &Peer) -> i64 {
    match peer {
        Peer::User(it) => it.user_id,
        Peer::Chat(it) => it.chat_id,
        Peer::Channel(it) => it.channel_id,
    }
}

/// The schema's name of a value's constructor.
fn name(value: &impl Serializable) -> String {
    let bytes = value.to_bytes();
    let id = bytes.first_chunk::<4>().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    tl::name_for_id(id).to_owned()
}

/// Somebody.
pub fn user(it: &User) -> Value {
    let User::User(it) = it else { return Value::Null };
    let active = |names: &Vec<tl::enums::Username>| {
        names
            .iter()
            .map(|tl::enums::Username::Username(name)| name)
            .find(|name| name.active)
            .map(|name| name.username.clone())
    };
    json!({
        "id": it.id,
        "first_name": it.first_name,
        "last_name": it.last_name,
        "username": it.username.clone().or_else(|| it.usernames.as_ref().and_then(active)),
        "phone": it.phone,
        "contact": it.contact,
        "is_self": it.is_self,
        "online": matches!(it.status, Some(UserStatus::Online(_))),
    })
}

fn sender(from: Option<&Peer>, out: bool, peer: &Peer, self_id: Option<i64>) -> Option<i64> {
    match from {
        Some(from) => Some(peer_id(from)),
        None if out => self_id,
        None => Some(peer_id(peer)),
    }
}

fn reply_to(header: Option<&MessageReplyHeader>) -> Option<i32> {
    match header {
        Some(MessageReplyHeader::Header(header)) => header.reply_to_msg_id,
        _ => None,
    }
}

/// A message, of service or not.
pub fn message(it: &Message, self_id: Option<i64>) -> Value {
    match it {
        Message::Empty(_) => Value::Null,
        Message::Message(it) => {
            let forward = it.fwd_from.as_ref().map(|tl::enums::MessageFwdHeader::Header(header)| header);
            json!({
                "id": it.id,
                "chat": peer_id(&it.peer_id),
                "sender": sender(it.from_id.as_ref(), it.out, &it.peer_id, self_id),
                "out": it.out,
                "text": it.message,
                "date": it.date,
                "edited": it.edit_date.is_some(),
                "pinned": it.pinned,
                "reply_to": reply_to(it.reply_to.as_ref()),
                "forwarded_from": forward.and_then(|forward| forward.from_id.as_ref()).map(peer_id),
                "service": null,
                "entities": it.entities.iter().flatten().map(entity).collect::<Vec<_>>(),
                "media": media::view(it.media.as_ref()),
                "group": it.grouped_id.map(|id| id.to_string()),
            })
        }
        Message::Service(it) => json!({
            "id": it.id,
            "chat": peer_id(&it.peer_id),
            "sender": sender(it.from_id.as_ref(), it.out, &it.peer_id, self_id),
            "out": it.out,
            "text": "",
            "date": it.date,
            "edited": false,
            "pinned": false,
            "reply_to": reply_to(it.reply_to.as_ref()),
            "forwarded_from": null,
            "service": name(&it.action),
            "entities": [],
            "media": null,
            "group": null,
        }),
    }
}

fn entity(it: &tl::enums::MessageEntity) -> Value {
    json!([name(it), it.offset(), it.length()])
}

/// An entity of the kinds whose only fields are its place.
pub fn entity_of(told: &Value) -> Option<tl::enums::MessageEntity> {
    let (offset, length) = (told[1].as_i64()? as i32, told[2].as_i64()? as i32);
    Some(match told[0].as_str()? {
        "messageEntityBold" => tl::types::MessageEntityBold { offset, length }.into(),
        "messageEntityItalic" => tl::types::MessageEntityItalic { offset, length }.into(),
        "messageEntityCode" => tl::types::MessageEntityCode { offset, length }.into(),
        "messageEntityUnderline" => tl::types::MessageEntityUnderline { offset, length }.into(),
        "messageEntityStrike" => tl::types::MessageEntityStrike { offset, length }.into(),
        "messageEntitySpoiler" => tl::types::MessageEntitySpoiler { offset, length }.into(),
        _ => return None,
    })
}

fn draft(it: &tl::enums::DraftMessage) -> &str {
    match it {
        tl::enums::DraftMessage::Message(it) => &it.message,
        tl::enums::DraftMessage::Empty(_) => "",
    }
}

/// Drafts by chat, those with words.
pub fn drafts(updates: &[Update]) -> Value {
    let told = updates.iter().filter_map(|update| match update {
        Update::DraftMessage(it) => Some((peer_id(&it.peer).to_string(), draft(&it.draft))),
        _ => None,
    });
    told.filter(|(_, text)| !text.is_empty()).map(|(chat, text)| (chat, Value::from(text))).collect()
}

fn active(names: &[tl::enums::Username]) -> Option<&str> {
    let mut names = names.iter().map(|tl::enums::Username::Username(name)| name);
    names.find(|name| name.active).map(|name| name.username.as_str())
}

/// An update as the suite is told of it.
pub fn event(update: &Update, self_id: Option<i64>) -> Option<Value> {
    let read = |outbox: bool, peer: &Peer, max_id: i32| json!({ "kind": "read", "outbox": outbox, "chat": peer_id(peer), "max_id": max_id });
    Some(match update {
        Update::NewMessage(it) => json!({ "kind": "message", "message": message(&it.message, self_id) }),
        Update::EditMessage(it) => json!({ "kind": "edit", "message": message(&it.message, self_id) }),
        Update::DeleteMessages(it) => json!({ "kind": "delete", "ids": it.messages }),
        Update::ReadHistoryInbox(it) => read(false, &it.peer, it.max_id),
        Update::ReadHistoryOutbox(it) => read(true, &it.peer, it.max_id),
        Update::UserTyping(it) => json!({ "kind": "typing", "user": it.user_id, "action": name(&it.action) }),
        Update::UserStatus(it) => {
            let online = matches!(it.status, UserStatus::Online(_));
            json!({ "kind": "status", "user": it.user_id, "online": online })
        }
        Update::DraftMessage(it) => json!({ "kind": "draft", "chat": peer_id(&it.peer), "text": draft(&it.draft) }),
        Update::PinnedMessages(it) => {
            json!({ "kind": "pinned", "chat": peer_id(&it.peer), "ids": it.messages, "pinned": it.pinned })
        }
        Update::UserName(it) => json!({
            "kind": "name", "user": it.user_id, "first_name": it.first_name, "username": active(&it.usernames) }),
        Update::PeerBlocked(it) => json!({ "kind": "blocked", "user": peer_id(&it.peer_id), "blocked": it.blocked }),
        other => json!({ "kind": "other", "name": name(other) }),
    })
}
