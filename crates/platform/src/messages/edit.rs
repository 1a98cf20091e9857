//! Editing: both copies are rewritten, each mailbox logs that its copy changed.

use minicbor::{Decode, Encode};

use super::album::Shelf;
use super::effect::plan_shares;
use super::send::check_caption;
use super::text;
use crate::codec::encode;
use crate::limits::mailbox::EDIT_TIME_SECONDS;
use crate::mailbox::{Entity, Entry, EventBody, Flags, Media, Message, Numbered, Write, keys};
use crate::media::{DocumentKind, MediumId};
use crate::outbox::Effect;
use crate::{Actor, MsgId, Peer, Platform, PlatformError, Refusal, UserId};

/// What changes of a message.
#[derive(Clone, Debug, Default)]
pub struct Edit<'e> {
    /// Its words; `None` leaves them.
    pub text: Option<&'e str>,
    /// Their styles and links.
    pub entities: &'e [Entity],
    /// What is attached instead; `None` leaves it.
    pub media: Option<Media>,
}

/// A message as it will be.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Edited {
    /// Its words.
    #[n(0)]
    pub text: String,
    /// Their styles and links.
    #[n(1)]
    pub entities: Vec<Entity>,
    /// What is attached.
    #[n(2)]
    pub media: Option<Media>,
}

impl Edited {
    /// The medium whose bytes it holds.
    #[must_use]
    pub fn medium(&self) -> Option<MediumId> {
        self.media.as_ref().and_then(Media::medium)
    }
}

impl Platform {
    /// Changes the words of a message and returns the actor's log entry and copy.
    ///
    /// # Errors
    /// As [`Platform::edit`].
    pub async fn edit_message(
        &self,
        actor: Actor,
        peer: Peer,
        id: MsgId,
        new_text: &str,
        entities: &[Entity],
    ) -> Result<(Entry, Numbered), PlatformError> {
        self.edit(actor, peer, id, Edit { text: Some(new_text), entities, media: None }).await
    }

    /// Changes the words of a message, what is attached to it, or both, and returns the actor's log entry and copy.
    ///
    /// # Errors
    /// Refusals as `messages.editMessage` documents them; [`PlatformError::Store`] when it could not be written.
    pub async fn edit(
        &self,
        actor: Actor,
        peer: Peer,
        id: MsgId,
        edit: Edit<'_>,
    ) -> Result<(Entry, Numbered), PlatformError> {
        let styled = edit.text.map(|text| text::prepare(text, edit.entities)).transpose()?;
        let others = self.others_in(actor.user, peer).await?;
        let mut mutation = self.mutate_by(actor.user, others).await?;
        let own = self.editable(actor.user, peer, id).await?;
        let edited = edited(&own.message, styled, edit.media)?;
        let is_new_medium = edited.medium() != own.message.medium();
        let mut shares = Vec::new();
        for (owner, which) in self.copies_elsewhere(actor.user, std::slice::from_ref(&own)).await? {
            let Some(which) = which.first().copied() else { continue };
            let effect = Effect::Edit { which, edited: Box::new(edited.clone()), is_new_medium };
            shares.push(self.share(&mut mutation, actor.user, owner, effect).await?);
        }
        let written = mutation.write(self, actor, |write| {
            plan_shares(write, actor.user, shares)?;
            Ok(plan_rewrite(write, actor.user, &own, &edited))
        })?;
        drop(mutation);
        written.durable(self).await
    }

    async fn editable(&self, user: UserId, peer: Peer, id: MsgId) -> Result<Numbered, PlatformError> {
        let found = self.message_in(user, peer, id).await?;
        let message = &found.message;
        if message.action.is_some() {
            return Err(Refusal::MessageIdInvalid.into());
        }
        if !message.is_out() || message.forward.is_some() {
            return Err(Refusal::MessageAuthorRequired.into());
        }
        if let Peer::Chat(chat) = peer
            && !self.chat(chat).await?.is_some_and(|chat| chat.has(user))
        {
            return Err(Refusal::ChatWriteForbidden.into());
        }
        let is_self = peer == Peer::User(user);
        if !is_self && self.now().saturating_sub(message.date) > EDIT_TIME_SECONDS {
            return Err(Refusal::MessageEditTimeExpired.into());
        }
        Ok(found)
    }

    /// A message that must be in this conversation.
    pub(crate) async fn message_in(&self, user: UserId, peer: Peer, id: MsgId) -> Result<Numbered, PlatformError> {
        let found = self.message(user, id).await?.filter(|found| found.message.peer == peer);
        found.ok_or_else(|| Refusal::MessageIdInvalid.into())
    }
}

fn edited(old: &Message, styled: Option<text::Styled>, media: Option<Media>) -> Result<Edited, Refusal> {
    if let Some(new) = &media {
        check_replacement(old, new)?;
    }
    let (text, entities) = match styled {
        Some(styled) => (styled.text, styled.entities),
        None => (old.text.clone(), old.entities.clone()),
    };
    let media = media.or_else(|| old.media.clone());
    check_caption(&text, media.as_ref())?;
    if text.is_empty() && media.is_none() {
        return Err(Refusal::MessageEmpty);
    }
    if text == old.text && entities == old.entities && media == old.media {
        return Err(Refusal::MessageNotModified);
    }
    Ok(Edited { text, entities, media })
}

/// Page "Edit messages": photos, videos, files and music replace one another; in an album only within its kind.
fn check_replacement(old: &Message, new: &Media) -> Result<(), Refusal> {
    let is_gif = |media: &Media| media.document_kind() == Some(DocumentKind::Gif);
    let is_plain = |media: &Media| Shelf::of(media).is_some() || is_gif(media);
    if old.media.as_ref().is_some_and(|media| !is_plain(media)) {
        return Err(Refusal::MediaPrevInvalid);
    }
    if !is_plain(new) {
        return Err(Refusal::MediaNewInvalid);
    }
    let is_mixed = old.grouped_id.is_some() && old.media.as_ref().and_then(Shelf::of) != Shelf::of(new);
    if is_mixed { Err(Refusal::MediaGroupedInvalid) } else { Ok(()) }
}

/// Rewrites a copy, with what it holds, and logs it.
pub(super) fn plan_rewrite(write: &mut Write<'_>, user: UserId, old: &Numbered, edited: &Edited) -> (Entry, Numbered) {
    let message = Message {
        text: edited.text.clone(),
        entities: edited.entities.clone(),
        media: edited.media.clone(),
        edit_date: Some(write.now()),
        ..(*old.message).clone()
    };
    if message.medium() != old.message.medium() {
        write.release(user, old.id, &old.message);
        write.hold(user, old.id, &message);
    }
    let id = old.id;
    plan_replace(write, user, id, &message);
    let entry = write.entry(user, 1, EventBody::Edited { id });
    (entry, Numbered { id, message: message.into() })
}

/// Rewrites a copy without a word in the log.
pub(super) fn plan_replace(write: &mut Write<'_>, user: UserId, id: MsgId, message: &Message) {
    write.put(user, &keys::message(id), encode(message));
}

/// The message with these flags set or cleared.
pub(super) fn with_flag(message: &Message, flag: Flags, on: bool) -> Message {
    Message { flags: message.flags.with(flag, on), ..message.clone() }
}
