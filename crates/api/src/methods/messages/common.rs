//! What the handlers of this namespace share: who acts, whom and what a request means, and pages as answers.

use platform::mailbox::{HistoryPage, Quote, Window};
use platform::messages::{Affected, ReplyTo, Sent};
use platform::people::reports::Report;
use platform::{Actor, MsgId, Peer, UserId};
use tl::{enums, types};

use crate::views::entities::from_client;
use crate::views::message::{message, messages};
use crate::views::peers::Peers;
use crate::views::updates::{contain, new_message};
use crate::{Context, RpcError};

/// The caller, with the device whose result will tell it what happened.
pub fn actor(cx: &Context<'_>) -> Result<Actor, RpcError> {
    Ok(Actor { user: cx.user()?, device: Some(cx.caller.key.id) })
}

/// Keeps a report about whoever is behind a peer.
pub async fn report(
    cx: &Context<'_>,
    peer: &enums::InputPeer,
    reason: &str,
    comment: String,
    messages: Vec<i32>,
) -> Result<(), RpcError> {
    let reported = match cx.input_peer(peer).await? {
        Peer::User(user) => user,
        // Whoever made a group answers for it.
        Peer::Chat(chat) => cx.platform().known_chat(cx.user()?, chat).await?.creator,
        Peer::Channel(_) => return Err(RpcError::PEER_ID_INVALID),
    };
    let report = Report { by: cx.user()?, at: 0, reason: reason.to_owned(), comment, messages };
    Ok(cx.platform().report(reported, report).await?)
}

/// Numbers of messages; those that cannot be are left out.
pub fn msg_ids(ids: &[i32]) -> Vec<MsgId> {
    ids.iter().filter(|id| **id > 0).map(|id| MsgId(*id)).collect()
}

/// The dialogs a request names; folders and communities are passed over.
pub async fn dialog_peers(cx: &Context<'_>, inputs: &[enums::InputDialogPeer]) -> Result<Vec<Peer>, RpcError> {
    let mut peers = Vec::with_capacity(inputs.len());
    for input in inputs {
        if let enums::InputDialogPeer::Peer(dialog) = input {
            peers.push(cx.input_peer(&dialog.peer).await?);
        }
    }
    Ok(peers)
}

/// The dialog a request names.
pub async fn dialog_peer(cx: &Context<'_>, input: &enums::InputDialogPeer) -> Result<Peer, RpcError> {
    match input {
        enums::InputDialogPeer::Peer(dialog) => cx.input_peer(&dialog.peer).await,
        _ => Err(RpcError::PEER_ID_INVALID),
    }
}

/// What a message answers. Stories and monoforums come with their own issues.
pub async fn reply_to(cx: &Context<'_>, input: Option<&enums::InputReplyTo>) -> Result<Option<ReplyTo>, RpcError> {
    let reply = match input {
        None => return Ok(None),
        Some(enums::InputReplyTo::Message(reply)) if reply.reply_to_msg_id == 0 => return Ok(None),
        Some(enums::InputReplyTo::Message(reply)) => reply,
        Some(_) => return Err(RpcError::new(400, "REPLY_TO_INVALID")),
    };
    let peer = match &reply.reply_to_peer_id {
        Some(peer) => Some(cx.input_peer(peer).await?),
        None => None,
    };
    let quote = match reply.quote_text.as_ref().filter(|text| !text.is_empty()) {
        Some(text) => Some(Quote {
            text: text.clone(),
            entities: from_client(cx, reply.quote_entities.as_ref()).await?,
            offset: reply.quote_offset,
        }),
        None => None,
    };
    if quote
        .as_ref()
        .is_some_and(|quote| quote.text.encode_utf16().count() > platform::limits::mailbox::QUOTE_MAX_UNITS)
    {
        return Err(RpcError::new(400, "QUOTE_TEXT_INVALID"));
    }
    Ok(Some(ReplyTo { id: MsgId(reply.reply_to_msg_id), peer, quote }))
}

/// Scheduling comes with its own issue.
pub fn refuse_schedule(schedule_date: Option<i32>) -> Result<(), RpcError> {
    if schedule_date.is_some() { Err(RpcError::new(400, "SCHEDULE_DATE_INVALID")) } else { Ok(()) }
}

/// Sent messages as full `updates`: some libraries cannot read the short forms (protocol-checks, point 12).
pub async fn sent(cx: &Context<'_>, user: UserId, sent: &[Sent]) -> Result<enums::Updates, RpcError> {
    let mut peers = Peers::default();
    let mut list: Vec<enums::Update> = Vec::with_capacity(sent.len() * 2);
    for sent in sent {
        list.push(types::UpdateMessageId { id: sent.message.id.0, random_id: sent.random_id }.into());
    }
    for sent in sent {
        let shown = message(cx.platform(), user, &sent.message, &mut peers);
        list.push(new_message(shown, sent.message.message.pts));
    }
    contain(cx.platform(), user, list, peers, cx.platform().now()).await
}

/// What happened to pts, of a call on single messages.
pub fn affected_messages(affected: Affected) -> enums::messages::AffectedMessages {
    types::messages::AffectedMessages { pts: affected.pts.0, pts_count: affected.pts_count }.into()
}

/// What happened to pts, of a call on a history; a positive offset asks for another call.
pub fn affected_history(affected: Affected) -> enums::messages::AffectedHistory {
    types::messages::AffectedHistory {
        pts: affected.pts.0,
        pts_count: affected.pts_count,
        offset: i32::from(affected.more),
    }
    .into()
}

/// Page "Pagination in the API": how a list of ids is hashed, so that a client need not read again what it has.
pub fn hash(page: &HistoryPage) -> i64 {
    let ids = page.messages.iter().map(|found| {
        let edited = found.message.edit_date.unwrap_or(0);
        (u64::from(found.id.0.unsigned_abs()), u64::from(edited.unsigned_abs()))
    });
    let numbers = ids.flat_map(|(id, edited)| [id, edited]);
    numbers.fold(0_u64, |hash, number| {
        let mut hash = hash;
        hash ^= hash >> 21;
        hash ^= hash << 35;
        hash ^= hash >> 4;
        hash.wrapping_add(number)
    }) as i64
}

/// A page of messages with all that it names.
pub async fn page(
    cx: &Context<'_>,
    user: UserId,
    page: &HistoryPage,
    asked_hash: i64,
) -> Result<enums::messages::Messages, RpcError> {
    if asked_hash != 0 && asked_hash == hash(page) {
        return Ok(types::messages::MessagesNotModified { count: page.count }.into());
    }
    let mut peers = Peers::default();
    let messages = messages(cx.platform(), user, &page.messages, &mut peers);
    let (users, chats) = peers.shown(cx.platform(), user).await?;
    let topics = Vec::new();
    if page.is_whole() {
        return Ok(types::messages::Messages { messages, topics, chats, users }.into());
    }
    Ok(types::messages::MessagesSlice {
        inexact: page.inexact,
        count: page.count,
        next_rate: None,
        offset_id_offset: None,
        search_flood: None,
        messages,
        topics,
        chats,
        users,
    }
    .into())
}

/// The window that the offsets of a request describe.
pub fn window(
    (offset_id, offset_date): (i32, i32),
    (add_offset, limit): (i32, i32),
    (max_id, min_id): (i32, i32),
) -> Window {
    Window { offset_id, offset_date, add_offset, limit, max_id, min_id }
}
