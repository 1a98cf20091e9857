//! Forwarding: new messages with a header that names the first author, if the author lets themselves be named.

use super::album::regroup;
use super::send::{Replies, Sent, Several, forward_of, sender_flags};
use super::turn::Turn;
use crate::chats::Audience;
use crate::codec::encode;
use crate::limits::mailbox::{BATCH_VALUES_MAX_BYTES, COPIES_BATCH_BYTES, FORWARD_MAX};
use crate::mailbox::{Flags, Forward, Message, Numbered};
use crate::{Actor, MsgId, Peer, Platform, PlatformError, Refusal, UserId};

/// Messages to be forwarded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForwardRequest {
    /// The messages, in the sender's numbers, in the order wanted.
    pub ids: Vec<MsgId>,
    /// One number of the client for each.
    pub random_ids: Vec<i64>,
    /// Leave the header out.
    pub drop_author: bool,
    /// Leave the words under pictures and files out (and the header with them).
    pub drop_captions: bool,
    /// [`Flags`] the sender may choose.
    pub flags: Flags,
}

impl Platform {
    /// Forwards messages of one conversation to another. Messages that are gone are passed over.
    ///
    /// # Errors
    /// Refusals as `messages.forwardMessages` documents them; [`PlatformError::Store`] when it could not be written.
    pub async fn forward_messages(
        &self,
        actor: Actor,
        from: Peer,
        to: Peer,
        request: ForwardRequest,
    ) -> Result<Vec<Sent>, PlatformError> {
        let turn = self.turn(actor.user).await;
        self.forward_in_turn(turn, actor, from, to, request).await
    }

    /// [`Platform::forward_messages`] by somebody who has waited for their turn already.
    ///
    /// # Errors
    /// As there.
    pub async fn forward_in_turn(
        &self,
        turn: Turn,
        actor: Actor,
        from: Peer,
        to: Peer,
        request: ForwardRequest,
    ) -> Result<Vec<Sent>, PlatformError> {
        check_request(&request)?;
        if let Some(earlier) = self.find_earlier(actor.user, &request.random_ids).await? {
            drop(turn);
            return self.sent_again(actor.user, earlier).await;
        }
        let audience = self.reachable(actor.user, to).await?;
        let mut copies = Vec::with_capacity(request.ids.len());
        for (found, random_id) in self.messages(actor.user, &request.ids).await?.into_iter().zip(&request.random_ids) {
            if let Some(original) = found.filter(|found| found.message.peer == from && found.message.action.is_none()) {
                let copy = self.forwarded(actor.user, to, &original, &request, *random_id).await?;
                audience.check(actor.user, &copy)?;
                copies.push((copy, *random_id));
            }
        }
        if copies.is_empty() {
            return Err(Refusal::MessageIdInvalid.into());
        }
        regroup(&mut copies, || self.random_group_id());
        let several = Several { audience: &audience, copies, replies: Replies::default(), clear_draft: None };
        self.deliver_in_parts(turn, actor, several).await
    }

    /// Delivers in as many batches as it takes; the turn ends with the numbers of the last.
    pub(super) async fn deliver_in_parts(
        &self,
        turn: Turn,
        actor: Actor,
        several: Several<'_>,
    ) -> Result<Vec<Sent>, PlatformError> {
        let Several { audience, copies, replies, clear_draft } = several;
        let mut parts = parts(copies, audience);
        let last = parts.pop();
        let mut sent = Vec::new();
        for copies in parts {
            let part = Several { audience, copies, replies: replies.clone(), clear_draft: None };
            sent.extend(self.deliver_all(None, actor, part).await?);
        }
        if let Some(copies) = last {
            let part = Several { audience, copies, replies, clear_draft };
            sent.extend(self.deliver_all(Some(turn), actor, part).await?);
        }
        Ok(sent)
    }

    async fn forwarded(
        &self,
        user: UserId,
        to: Peer,
        original: &Numbered,
        request: &ForwardRequest,
        random_id: i64,
    ) -> Result<Message, PlatformError> {
        let source = &original.message;
        if source.flags.has(Flags::NOFORWARDS) {
            return Err(Refusal::ChatForwardsRestricted.into());
        }
        let is_self = to == Peer::User(user);
        let drop_author = request.drop_author || request.drop_captions;
        let mut header = (!drop_author).then(|| forward_of(source));
        if let Some(header) = &mut header {
            self.respect_author(user, header).await?;
            if is_self {
                header.saved_from = Some(source.peer);
                header.saved_from_id = Some(original.id);
            }
        }
        let is_bare = request.drop_captions && source.medium().is_some();
        let (text, entities) =
            if is_bare { Default::default() } else { (source.text.clone(), source.entities.clone()) };
        let saved_peer = if drop_author { Peer::User(user) } else { filed_under(user, source) };
        Ok(Message {
            flags: sender_flags(request.flags, source.media.as_ref(), is_self),
            entities,
            media: source.media.clone(),
            random_id: (random_id != 0).then_some(random_id),
            forward: header,
            grouped_id: source.grouped_id,
            saved_peer: is_self.then_some(saved_peer),
            ..Message::text(to, user, self.now(), text)
        })
    }

    /// Page "Forwards": an author whose privacy does not allow a link is named in words only.
    async fn respect_author(&self, viewer: UserId, header: &mut Forward) -> Result<(), PlatformError> {
        let Some(Peer::User(author)) = header.from else { return Ok(()) };
        if let Some(name) = self.name_instead_of_link(author, viewer).await? {
            header.from = None;
            header.from_name = Some(name);
        }
        Ok(())
    }
}

/// Splits long forwards into batches the store takes. Whoever repeats an interrupted call gets the first ones as they were.
fn parts(copies: Vec<(Message, i64)>, audience: &Audience) -> Vec<Vec<(Message, i64)>> {
    let most_bytes = COPIES_BATCH_BYTES.min(BATCH_VALUES_MAX_BYTES / (audience.people().len() + 1));
    let most = audience.messages_per_batch();
    let mut parts: Vec<Vec<(Message, i64)>> = Vec::new();
    let mut room_bytes = 0;
    for copy in copies {
        let bytes = encode(&copy.0).len();
        match parts.last_mut() {
            Some(part) if bytes <= room_bytes && part.len() < most => part.push(copy),
            _ => {
                parts.push(vec![copy]);
                room_bytes = most_bytes;
            }
        }
        room_bytes = room_bytes.saturating_sub(bytes);
    }
    parts
}

/// Saved Messages are filed under the conversation a message was forwarded from.
fn filed_under(user: UserId, source: &Message) -> Peer {
    match source.forward.as_ref().and_then(|forward| forward.from) {
        Some(author) if source.peer == Peer::User(user) => author,
        _ => source.peer,
    }
}

fn check_request(request: &ForwardRequest) -> Result<(), Refusal> {
    if request.ids.is_empty() || request.ids.len() > FORWARD_MAX {
        return Err(Refusal::MessageIdInvalid);
    }
    let mut random_ids = request.random_ids.clone();
    random_ids.sort_unstable();
    random_ids.dedup();
    if random_ids.len() == request.ids.len() && request.random_ids.len() == request.ids.len() {
        Ok(())
    } else {
        Err(Refusal::RandomIdInvalid)
    }
}
