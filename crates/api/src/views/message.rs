//! A message as its reader sees it.

use platform::mailbox::{Action, Flags, Forward, Message, Numbered, Reply};
use platform::{Peer, Platform, UserId};
use tl::{enums, types};

use super::entities::entities;
use super::media::{media, photo};
use super::peer::peer;
use super::peers::Peers;

/// A message of the viewer's mailbox, and whom it names.
pub fn message(platform: &Platform, viewer: UserId, numbered: &Numbered, peers: &mut Peers) -> enums::Message {
    peers.add_message(&numbered.message);
    match &numbered.message.action {
        Some(action) => service(platform, viewer, numbered, action),
        None => plain(platform, viewer, numbered),
    }
}

/// Messages of the viewer's mailbox, and whom they name.
pub fn messages<'m>(
    platform: &Platform,
    viewer: UserId,
    list: impl IntoIterator<Item = &'m Numbered>,
    peers: &mut Peers,
) -> Vec<enums::Message> {
    list.into_iter().map(|numbered| message(platform, viewer, numbered, peers)).collect()
}

/// In place of a message that is not there.
#[must_use]
pub fn empty(id: i32) -> enums::Message {
    types::MessageEmpty { id, peer_id: None }.into()
}

/// In Saved Messages nothing is outgoing: clients complain otherwise.
fn is_out(viewer: UserId, message: &Message) -> bool {
    message.is_out() && message.peer != Peer::User(viewer)
}

fn service(platform: &Platform, viewer: UserId, numbered: &Numbered, what: &Action) -> enums::Message {
    let Numbered { id, message } = numbered;
    types::MessageService {
        out: is_out(viewer, message),
        mentioned: message.flags.has(Flags::MENTIONED),
        media_unread: false,
        reactions_are_possible: false,
        silent: message.flags.has(Flags::SILENT),
        post: false,
        legacy: false,
        id: id.0,
        from_id: Some(peer(message.from)),
        peer_id: peer(message.peer),
        saved_peer_id: message.saved_peer.map(peer),
        reply_to: message.reply.as_ref().map(reply),
        date: message.date,
        action: action(platform, viewer, what),
        reactions: None,
        ttl_period: message.ttl_seconds,
    }
    .into()
}

fn action(platform: &Platform, viewer: UserId, action: &Action) -> enums::MessageAction {
    let numbers = |users: &[UserId]| users.iter().map(|user| user.0).collect();
    match action {
        Action::PinMessage => enums::MessageAction::PinMessage,
        Action::HistoryClear => enums::MessageAction::HistoryClear,
        Action::ContactSignUp => enums::MessageAction::ContactSignUp,
        Action::HistoryTtl(period) => {
            types::MessageActionSetMessagesTtl { period: *period, auto_setting_from: None }.into()
        }
        Action::ChatCreate(title, users) => {
            types::MessageActionChatCreate { title: title.clone(), users: numbers(users) }.into()
        }
        Action::ChatAdd(users) => types::MessageActionChatAddUser { users: numbers(users) }.into(),
        Action::ChatDelete(user) => types::MessageActionChatDeleteUser { user_id: user.0 }.into(),
        Action::ChatJoinedByLink(inviter) => types::MessageActionChatJoinedByLink { inviter_id: inviter.0 }.into(),
        Action::ChatTitle(title) => types::MessageActionChatEditTitle { title: title.clone() }.into(),
        Action::ChatPhoto(shown) => types::MessageActionChatEditPhoto { photo: photo(platform, viewer, shown) }.into(),
        Action::ChatPhotoGone => enums::MessageAction::ChatDeletePhoto,
        Action::Custom(words) => types::MessageActionCustomAction { message: words.clone() }.into(),
    }
}

fn plain(platform: &Platform, viewer: UserId, numbered: &Numbered) -> enums::Message {
    let Numbered { id, message } = numbered;
    let has = |flag: Flags| message.flags.has(flag);
    types::Message {
        out: is_out(viewer, message),
        mentioned: has(Flags::MENTIONED),
        media_unread: has(Flags::MEDIA_UNREAD),
        silent: has(Flags::SILENT),
        post: false,
        from_scheduled: false,
        legacy: false,
        edit_hide: has(Flags::EDIT_HIDE),
        pinned: has(Flags::PINNED),
        noforwards: has(Flags::NOFORWARDS),
        invert_media: has(Flags::INVERT_MEDIA),
        offline: false,
        video_processing_pending: false,
        paid_suggested_post_stars: false,
        paid_suggested_post_ton: false,
        id: id.0,
        from_id: Some(peer(message.from)),
        from_boosts_applied: None,
        from_rank: None,
        peer_id: peer(message.peer),
        saved_peer_id: message.saved_peer.map(peer),
        fwd_from: message.forward.as_ref().map(forward),
        via_bot_id: message.via_bot.map(|bot| bot.0),
        via_business_bot_id: None,
        guestchat_via_from: None,
        reply_to: message.reply.as_ref().map(reply),
        date: message.date,
        message: message.text.clone(),
        media: message.media.as_ref().map(|attached| media(platform, viewer, attached)),
        reply_markup: None,
        entities: entities(&message.entities),
        views: None,
        forwards: None,
        replies: None,
        edit_date: message.edit_date,
        post_author: None,
        grouped_id: message.grouped_id,
        reactions: None,
        restriction_reason: None,
        ttl_period: message.ttl_seconds,
        quick_reply_shortcut_id: None,
        effect: None,
        factcheck: None,
        report_delivery_until_date: None,
        paid_message_stars: None,
        suggested_post: None,
        schedule_repeat_period: None,
        summary_from_language: None,
        rich_message: None,
    }
    .into()
}

fn reply(reply: &Reply) -> enums::MessageReplyHeader {
    let quote = reply.quote.as_ref();
    types::MessageReplyHeader {
        reply_to_scheduled: false,
        forum_topic: false,
        quote: quote.is_some(),
        reply_to_ephemeral: false,
        reply_to_msg_id: reply.id.map(|id| id.0),
        reply_to_peer_id: reply.peer.map(peer),
        reply_from: None,
        reply_media: None,
        reply_to_top_id: None,
        quote_text: quote.map(|quote| quote.text.clone()),
        quote_entities: quote.and_then(|quote| entities(&quote.entities)),
        quote_offset: quote.and_then(|quote| quote.offset),
        todo_item_id: None,
        poll_option: None,
    }
    .into()
}

fn forward(forward: &Forward) -> enums::MessageFwdHeader {
    types::MessageFwdHeader {
        imported: false,
        saved_out: false,
        from_id: forward.from.map(peer),
        from_name: forward.from_name.clone(),
        date: forward.date,
        channel_post: None,
        post_author: None,
        saved_from_peer: forward.saved_from.map(peer),
        saved_from_msg_id: forward.saved_from_id.map(|id| id.0),
        saved_from_id: None,
        saved_from_name: None,
        saved_date: None,
        psa_type: None,
    }
    .into()
}
