//! Sending to one person: both copies in one write, told apart by their numbers and joined by their siblings. To a group: one
//! copy for each member, as [`crate::chats`] plans them.

use std::sync::Arc;

use super::neighbours::mailbox_of;
use super::text::{self, Styled};
use super::turn::Turn;
use crate::chats::copies::author_of;
use crate::chats::{Audience, ChatCopies, Crowd};
use crate::limits::mailbox::CAPTION_MAX_UNITS;
use crate::mailbox::{
    Action, Change, Entity, Flags, Forward, Mailbox, Media, Message, Numbered, Quote, Reply, Sibling, Write, keys,
};
use crate::outbox::{Effect, Listed, Name};
use crate::{Actor, MsgId, Peer, Platform, PlatformError, Refusal, SERVICE_USER_ID, UserId};

/// What a message answers, in the sender's numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReplyTo {
    /// The message.
    pub id: MsgId,
    /// Its conversation, if another one.
    pub peer: Option<Peer>,
    /// The quoted part.
    pub quote: Option<Quote>,
}

/// A message to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Outgoing {
    /// To whom.
    pub peer: Peer,
    /// The words, as the client gave them.
    pub text: String,
    /// The client's own styles and links.
    pub entities: Vec<Entity>,
    /// The client's number for this send.
    pub random_id: i64,
    /// What it answers.
    pub reply: Option<ReplyTo>,
    /// [`Flags`] the sender may choose.
    pub flags: Flags,
    /// What is attached.
    pub media: Option<Media>,
    /// Forget the draft of this dialog.
    pub clear_draft: bool,
}

/// A message that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The sender's copy.
    pub message: Numbered,
    /// The client's number for it.
    pub random_id: i64,
}

/// What a reply becomes in each copy.
#[derive(Clone, Default)]
pub(super) struct Replies {
    pub(super) own: Option<Reply>,
    /// Without the number.
    pub(super) others: Option<Reply>,
    /// The message answered, as the other mailbox can be told of it; its own number where both are written at once.
    pub(super) answers: Option<Name>,
    /// In a group: the message answered, in every mailbox.
    pub(super) in_chat: ChatCopies,
}

/// Everything a plan needs to put one message into its mailboxes.
pub(super) struct Delivery<'a> {
    pub(super) sender: UserId,
    pub(super) audience: &'a Audience,
    /// The sender's copy, without numbers.
    pub(super) message: Message,
    pub(super) replies: Replies,
}

impl Delivery<'_> {
    /// Adds the copies to a write; if it holds both mailboxes, the numbers of both are known before either is made.
    pub(super) fn plan(self, write: &mut Write<'_>) -> Result<Numbered, PlatformError> {
        let Self { sender, audience, message: mut own, replies } = self;
        own.reply = replies.own;
        if let Audience::Chat(crowd) = audience {
            return crowd.plan(write, sender, own, (replies.others, &replies.in_chat));
        }
        if let Audience::One(recipient) = *audience {
            let sibling = Sibling { owner: sender, id: write.next_id(sender) };
            let mut other = others_copy(&own, sibling, replies.others);
            let other_id = if write.holds(recipient) { write.next_id(recipient) } else { MsgId(0) };
            own.sibling = Some(Sibling { owner: recipient, id: other_id });
            if write.holds(recipient) {
                plan_answer(&mut other, replies.answers);
                write.message(recipient, other);
            } else {
                let effect = Effect::Message { message: Box::new(other), answers: replies.answers };
                write.post(sender, recipient, effect)?;
            }
        }
        Ok(write.message(sender, own))
    }
}

/// The recipient's copy.
fn others_copy(own: &Message, sibling: Sibling, reply: Option<Reply>) -> Message {
    Message {
        peer: Peer::User(sibling.owner),
        flags: own.flags.with(Flags::OUT, false),
        random_id: None,
        reply,
        saved_peer: None,
        sibling: Some(sibling),
        ..own.clone()
    }
}

/// Both are written at once: the answered message has been found.
fn plan_answer(other: &mut Message, answers: Option<Name>) {
    if let (Some(reply), Some(Name::Theirs(id))) = (&mut other.reply, answers) {
        reply.id = Some(id);
    }
}

/// Several messages of one call, in their order.
pub(super) struct Several<'a> {
    pub(super) audience: &'a Audience,
    /// The sender's copies, without numbers, and the client's number for each.
    pub(super) copies: Vec<(Message, i64)>,
    pub(super) replies: Replies,
    pub(super) clear_draft: Option<Peer>,
}

enum Outcome {
    New(Numbered),
    Replayed(MsgId),
}

impl Platform {
    /// Sends a message to a person, or to oneself.
    ///
    /// A repeated `random_id` returns the original message, whatever has changed since. A sender whom the receiver blocked keeps a copy that nobody
    /// else gets; one who blocked the receiver is refused.
    ///
    /// # Errors
    /// Refusals as `messages.sendMessage` documents them; [`PlatformError::Store`] when it could not be written.
    pub async fn send_message(&self, actor: Actor, outgoing: Outgoing) -> Result<Sent, PlatformError> {
        let turn = self.turn(actor.user).await;
        self.send_in_turn(turn, actor, outgoing).await
    }

    /// [`Platform::send_message`] by somebody who has waited for their turn already.
    ///
    /// # Errors
    /// As there.
    pub async fn send_in_turn(&self, turn: Turn, actor: Actor, outgoing: Outgoing) -> Result<Sent, PlatformError> {
        let random_id = outgoing.random_id;
        if let Some(earlier) = self.find_earlier(actor.user, &[random_id]).await? {
            drop(turn);
            return only(self.sent_again(actor.user, earlier).await?);
        }
        let styled = text::prepare(&outgoing.text, &outgoing.entities)?;
        check_caption(&styled.text, outgoing.media.as_ref())?;
        if styled.text.is_empty() && outgoing.media.is_none() {
            return Err(Refusal::MessageEmpty.into());
        }
        let audience = self.reachable(actor.user, outgoing.peer).await?;
        let replies = self.replies(actor.user, &audience, outgoing.peer, outgoing.reply.as_ref()).await?;
        let clear_draft = outgoing.clear_draft.then_some(outgoing.peer);
        let message = self.compose(actor.user, outgoing, styled);
        audience.check(actor.user, &message)?;
        let delivery = Delivery { sender: actor.user, audience: &audience, message, replies };
        self.deliver(turn, actor, delivery, random_id, clear_draft).await
    }

    /// Whether this person may write there: asked before work is done for a message.
    ///
    /// # Errors
    /// As [`Platform::send_message`].
    pub async fn check_reachable(&self, sender: UserId, peer: Peer) -> Result<(), PlatformError> {
        self.reachable(sender, peer).await.map(drop)
    }

    fn compose(&self, sender: UserId, outgoing: Outgoing, styled: Styled) -> Message {
        let is_self = outgoing.peer == Peer::User(sender);
        Message {
            flags: sender_flags(outgoing.flags, outgoing.media.as_ref(), is_self),
            entities: styled.entities,
            random_id: (outgoing.random_id != 0).then_some(outgoing.random_id),
            media: outgoing.media,
            saved_peer: is_self.then_some(outgoing.peer),
            ..Message::text(outgoing.peer, sender, self.now(), styled.text)
        }
    }

    async fn deliver(
        &self,
        turn: Turn,
        actor: Actor,
        delivery: Delivery<'_>,
        random_id: i64,
        clear_draft: Option<Peer>,
    ) -> Result<Sent, PlatformError> {
        let (mailboxes, _listed) = self.mailboxes_of(delivery.sender, delivery.audience).await?;
        let now_ms = self.inner.runtime.now_ms();
        let written = self.write(&mailboxes, actor, move |write| {
            if let Some(id) = write.state(actor.user).replays.as_ref().and_then(|replays| replays.find(random_id)) {
                return Ok(Outcome::Replayed(id));
            }
            write.spend(actor.user, now_ms, 1)?;
            let message = delivery.plan(write)?;
            if let Some(peer) = clear_draft {
                plan_clear_draft(write, actor.user, peer);
            }
            Ok(Outcome::New(message))
        })?;
        drop(turn);
        match written.durable(self).await? {
            Outcome::New(message) => {
                metrics::MESSAGES_SENT.inc();
                Ok(Sent { message, random_id })
            }
            Outcome::Replayed(id) => only(self.originals(actor.user, &[(random_id, id)]).await?),
        }
    }

    /// Puts several messages into both mailboxes in one batch. The turn ends with their numbers.
    pub(super) async fn deliver_all(
        &self,
        turn: Option<Turn>,
        actor: Actor,
        several: Several<'_>,
    ) -> Result<Vec<Sent>, PlatformError> {
        let Several { audience, copies, replies, clear_draft } = several;
        let (mailboxes, _listed) = self.mailboxes_of(actor.user, audience).await?;
        let now_ms = self.inner.runtime.now_ms();
        let written = self.write(&mailboxes, actor, move |write| {
            write.spend(actor.user, now_ms, i64::try_from(copies.len()).unwrap_or(i64::MAX))?;
            let mut made = Vec::with_capacity(copies.len());
            for (message, random_id) in copies {
                let replayed = write.state(actor.user).replays.as_ref().and_then(|replays| replays.find(random_id));
                let delivery = Delivery { sender: actor.user, audience, message, replies: replies.clone() };
                let message = match replayed {
                    Some(id) => Outcome::Replayed(id),
                    None => Outcome::New(delivery.plan(write)?),
                };
                made.push((message, random_id));
            }
            if let Some(peer) = clear_draft {
                plan_clear_draft(write, actor.user, peer);
            }
            Ok(made)
        })?;
        drop(turn);
        let mut sent = Vec::new();
        for (made, random_id) in written.durable(self).await? {
            let message = match made {
                Outcome::New(message) => Some(message),
                Outcome::Replayed(id) => self.message(actor.user, id).await?,
            };
            sent.extend(message.map(|message| Sent { message, random_id }));
        }
        metrics::MESSAGES_SENT.add(sent.len() as u64);
        if sent.is_empty() { Err(Refusal::RandomIdDuplicate.into()) } else { Ok(sent) }
    }

    /// The mailboxes that a send writes. Where it writes a letter, the sender stays listed until it is planned.
    async fn mailboxes_of(
        &self,
        sender: UserId,
        audience: &Audience,
    ) -> Result<(Vec<Arc<Mailbox>>, Option<Listed>), PlatformError> {
        let own = self.sending_mailbox(sender).await?;
        self.mailboxes_to(own, audience.people()).await
    }

    /// Whose mailbox gets a copy, or why the sender may not write there.
    pub(super) async fn reachable(&self, sender: UserId, peer: Peer) -> Result<Audience, PlatformError> {
        let other = match peer {
            Peer::User(other) => other,
            Peer::Chat(chat) => return Ok(Audience::Chat(self.crowd(sender, chat).await?)),
            Peer::Channel(_) => return Err(Refusal::PeerIdInvalid.into()),
        };
        if mailbox_of(sender, peer).is_none() {
            return Ok(Audience::Nobody);
        }
        if self.person(other).await?.is_some_and(|person| person.is_deleted()) {
            return Err(Refusal::UserDeactivated.into());
        }
        let relation = self.relation(sender, other).await?;
        if relation.blocks {
            return Err(Refusal::YouBlockedUser.into());
        }
        Ok(if relation.blocked_by { Audience::Nobody } else { Audience::One(other) })
    }

    /// A reply is translated: each copy names the answered message by its own mailbox's number.
    pub(super) async fn replies(
        &self,
        sender: UserId,
        audience: &Audience,
        to: Peer,
        reply: Option<&ReplyTo>,
    ) -> Result<Replies, PlatformError> {
        let Some(reply) = reply else { return Ok(Replies::default()) };
        let answered = self.message(sender, reply.id).await?.ok_or(Refusal::ReplyMessageIdInvalid)?;
        if answered.message.peer != reply.peer.unwrap_or(to) {
            return Err(Refusal::ReplyMessageIdInvalid.into());
        }
        if let Some(quote) = &reply.quote {
            text::check(&quote.text, &quote.entities)?;
        }
        let elsewhere = reply.peer.filter(|peer| *peer != to);
        let own = Reply { id: Some(reply.id), peer: elsewhere, quote: reply.quote.clone() };
        if let Audience::Chat(crowd) = audience {
            let others = Reply { id: None, peer: None, quote: reply.quote.clone() };
            if elsewhere.is_some() {
                let others = Some(others).filter(|others| others.quote.is_some());
                return Ok(Replies { own: Some(own), others, ..Replies::default() });
            }
            let in_chat = self.answered_in(sender, crowd, &answered).await?;
            return Ok(Replies { own: Some(own), others: Some(others), answers: None, in_chat });
        }
        let answers = match Name::of_counterpart(&answered).filter(|_| elsewhere.is_none()) {
            Some((_, name)) if self.is_by_letter() => Some(name),
            Some((owner, name)) => self.number_of(owner, sender, name).await?.map(Name::Theirs),
            None => None,
        };
        let others = Reply { id: None, peer: None, quote: reply.quote.clone() };
        let others = (answers.is_some() || others.quote.is_some()).then_some(others);
        Ok(Replies { own: Some(own), others, answers, in_chat: ChatCopies::default() })
    }

    /// A message of a group, as each of the others is told of it.
    pub(super) async fn answered_in(
        &self,
        sender: UserId,
        crowd: &Crowd,
        answered: &Numbered,
    ) -> Result<ChatCopies, PlatformError> {
        let author = author_of(sender, answered);
        let numbers = match self.is_by_letter() {
            true => Default::default(),
            false => self.numbers_in(crowd.chat().id, author, &crowd.others).await?.into(),
        };
        Ok(ChatCopies { answers: Some(author), numbers })
    }

    /// A message of the service account (login codes, notices). It has no copy elsewhere.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it could not be written.
    pub async fn send_service_message(
        &self,
        user: UserId,
        text: &str,
        entities: Vec<Entity>,
    ) -> Result<Numbered, PlatformError> {
        let mut message = Message::text(Peer::User(SERVICE_USER_ID), SERVICE_USER_ID, self.now(), text);
        message.entities = entities;
        self.write_to_one(user, message).await
    }

    /// Tells a person that somebody they know signed up.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it could not be written.
    pub async fn send_joined_message(&self, user: UserId, newcomer: UserId) -> Result<Numbered, PlatformError> {
        let mut message = Message::text(Peer::User(newcomer), newcomer, self.now(), "");
        message.action = Some(Action::ContactSignUp);
        message.flags = Flags::SILENT;
        self.write_to_one(user, message).await
    }

    /// Begins a newcomer's conversation with the person who invited them.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it could not be written.
    pub async fn send_invited_message(&self, newcomer: UserId, inviter: UserId) -> Result<Numbered, PlatformError> {
        let mut message = Message::text(Peer::User(inviter), inviter, self.now(), "");
        let words = "You came in by this person's invite: now you can write to each other.";
        message.action = Some(Action::Custom(words.to_owned()));
        message.flags = Flags::SILENT;
        self.write_to_one(newcomer, message).await
    }

    pub(super) async fn write_to_one(&self, user: UserId, message: Message) -> Result<Numbered, PlatformError> {
        let mailbox = self.mailbox(user).await?;
        let written = self.write(&[mailbox], Actor::server(user), |write| Ok(write.message(user, message)))?;
        written.durable(self).await
    }
}

/// What one send came to.
fn only(mut sent: Vec<Sent>) -> Result<Sent, PlatformError> {
    sent.pop().ok_or_else(|| Refusal::RandomIdDuplicate.into())
}

/// Words under a picture or file are shorter than a message.
pub(super) fn check_caption(text: &str, media: Option<&Media>) -> Result<(), Refusal> {
    let has_caption = media.is_some_and(|media| media.medium().is_some());
    let is_long = has_caption && text.encode_utf16().count() > CAPTION_MAX_UNITS;
    if is_long { Err(Refusal::MediaCaptionTooLong) } else { Ok(()) }
}

/// The flags of the sender's copy: what the other side has not played yet is marked on both.
pub(super) fn sender_flags(chosen: Flags, media: Option<&Media>, is_self: bool) -> Flags {
    let is_played = media.is_some_and(Media::is_played);
    chosen.with(Flags::OUT, true).with(Flags::MEDIA_UNREAD, is_played && !is_self)
}

pub(super) fn plan_clear_draft(write: &mut Write<'_>, user: UserId, peer: Peer) {
    if write.state(user).dialog(peer).has_draft {
        write.delete(user, &keys::draft(peer));
        write.change(user, Change::Draft { peer, present: false });
    }
}

/// The header a forwarded copy gets, from the original's own header if it has one.
pub(super) fn forward_of(original: &Message) -> Forward {
    let first = original.forward.clone();
    first.unwrap_or_else(|| Forward { from: Some(original.from), date: original.date, ..Forward::default() })
}
