//! Editing: both copies are rewritten, each mailbox logs that its copy changed.

use super::mutate::pair;
use super::text;
use crate::codec::encode;
use crate::limits::mailbox::EDIT_TIME_SECONDS;
use crate::mailbox::{Entity, Entry, Event, EventBody, Flags, Message, Numbered, Write, keys};
use crate::{Actor, MsgId, Peer, Platform, PlatformError, Refusal, UserId};

impl Platform {
    /// Changes the words of a message and returns the actor's log entry and copy.
    ///
    /// # Errors
    /// Refusals as `messages.editMessage` documents them; [`PlatformError::Store`] when it could not be written.
    pub async fn edit_message(
        &self,
        actor: Actor,
        peer: Peer,
        id: MsgId,
        new_text: &str,
        entities: &[Entity],
    ) -> Result<(Entry, Numbered), PlatformError> {
        let styled = text::prepare(new_text, entities)?;
        let mutation = self.mutate(&pair(actor.user, peer)).await?;
        let own = self.editable(actor.user, peer, id).await?;
        if styled.text.is_empty() && own.message.media.is_none() {
            return Err(Refusal::MessageEmpty.into());
        }
        if styled.text == own.message.text && styled.entities == own.message.entities {
            return Err(Refusal::MessageNotModified.into());
        }
        let other = self.sibling_of(&own.message).await?;
        let edit = |message: &Message, now: i32| Message {
            text: styled.text.clone(),
            entities: styled.entities.clone(),
            edit_date: Some(now),
            ..message.clone()
        };
        let written = mutation.write(self, actor, |write| {
            let now = write.now();
            if let Some((owner, other)) = &other {
                plan_rewrite(write, *owner, other.id, edit(&other.message, now));
            }
            Ok(plan_rewrite(write, actor.user, own.id, edit(&own.message, now)))
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

    /// The other copy of a message, if it still exists.
    pub(super) async fn sibling_of(&self, message: &Message) -> Result<Option<(UserId, Numbered)>, PlatformError> {
        let Some(sibling) = message.sibling else { return Ok(None) };
        Ok(self.message(sibling.owner, sibling.id).await?.map(|found| (sibling.owner, found)))
    }
}

/// Rewrites a copy and logs it.
fn plan_rewrite(write: &mut Write<'_>, user: UserId, id: MsgId, message: Message) -> (Entry, Numbered) {
    plan_replace(write, user, id, &message);
    let body = EventBody::Edited { id };
    let pts = write.event(user, 1, body.clone());
    let event = Event { pts_count: 1, date: write.now(), body };
    (Entry::Event(pts, event.into()), Numbered { id, message: message.into() })
}

/// Rewrites a copy without a word in the log.
pub(super) fn plan_replace(write: &mut Write<'_>, user: UserId, id: MsgId, message: &Message) {
    write.put(user, &keys::message(id), encode(message));
}

/// The message with these flags set or cleared.
pub(super) fn with_flag(message: &Message, flag: Flags, on: bool) -> Message {
    Message { flags: message.flags.with(flag, on), ..message.clone() }
}
