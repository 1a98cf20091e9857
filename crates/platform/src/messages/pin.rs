//! Pinning messages. A pin for both also writes the service message that says so (page "Pinned messages").

use super::edit::{plan_replace, with_flag};
use super::mutate::pair;
use super::read::Affected;
use super::send::{Delivery, Replies};
use crate::codec::encode;
use crate::limits::mailbox::{COPIES_BATCH_BYTES, DELETE_BATCH_MESSAGES};
use crate::mailbox::{Action, Entry, Event, EventBody, Flags, Message, Numbered, Reply, Write};
use crate::{Actor, MsgId, Peer, Platform, PlatformError, UserId};

/// How a message is pinned or unpinned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pinning {
    /// Unpin it.
    pub unpin: bool,
    /// Only in the actor's own mailbox.
    pub one_side: bool,
    /// The service message makes no sound.
    pub silent: bool,
}

impl Platform {
    /// Pins or unpins a message and returns the actor's log entries.
    ///
    /// # Errors
    /// [`crate::Refusal::MessageIdInvalid`]; [`PlatformError::Store`] when it could not be written.
    pub async fn pin_message(
        &self,
        actor: Actor,
        peer: Peer,
        id: MsgId,
        pinning: Pinning,
    ) -> Result<Vec<Entry>, PlatformError> {
        let mutation = self.mutate(&pair(actor.user, peer)).await?;
        let own = self.message_in(actor.user, peer, id).await?;
        let other = if pinning.one_side { None } else { self.sibling_of(&own.message).await? };
        let on = !pinning.unpin;
        let written = mutation.write(self, actor, |write| {
            if let Some((owner, other)) = &other {
                plan_pin(write, *owner, std::slice::from_ref(other), on);
            }
            let mut entries = plan_pin(write, actor.user, std::slice::from_ref(&own), on);
            if on && !entries.is_empty() && !pinning.one_side && peer != Peer::User(actor.user) {
                let notice = self.pin_notice(actor.user, peer, &own, other.as_ref(), pinning.silent).plan(write);
                entries.push(Entry::Message(notice.id, notice.message));
            }
            Ok(entries)
        })?;
        drop(mutation);
        written.durable(self).await
    }

    fn pin_notice(
        &self,
        user: UserId,
        peer: Peer,
        own: &Numbered,
        other: Option<&(UserId, Numbered)>,
        silent: bool,
    ) -> Delivery {
        let reply = |id: MsgId| Reply { id: Some(id), ..Reply::default() };
        let mut message = Message::text(peer, user, self.now(), "");
        message.action = Some(Action::PinMessage);
        message.flags = Flags::OUT.with(Flags::SILENT, silent);
        let replies = Replies { own: Some(reply(own.id)), others: other.map(|(_, other)| reply(other.id)) };
        Delivery { sender: user, recipient: other.map(|(owner, _)| *owner), message, replies }
    }

    /// Unpins what is pinned in a conversation; `more` asks for another call.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it could not be written.
    pub async fn unpin_all(&self, actor: Actor, peer: Peer) -> Result<Affected, PlatformError> {
        let mutation = self.mutate(&pair(actor.user, peer)).await?;
        let all = mutation.dialog(actor.user, peer).pinned_messages;
        let some = &all[..all.len().min(DELETE_BATCH_MESSAGES)];
        let mut own: Vec<Numbered> = self.messages(actor.user, some).await?.into_iter().flatten().collect();
        let is_cut = cut_to_batch(&mut own);
        let more = is_cut || all.len() > some.len();
        let siblings = own.iter().filter_map(|found| found.message.sibling);
        let Some((owner, ids)) = split(siblings.map(|sibling| (sibling.owner, sibling.id))) else {
            return self.unpin_own(actor, mutation, own, more).await;
        };
        let other: Vec<Numbered> = self.messages(owner, &ids).await?.into_iter().flatten().collect();
        let written = mutation.write(self, actor, |write| {
            plan_pin(write, owner, &other, false);
            Ok(plan_pin(write, actor.user, &own, false))
        })?;
        drop(mutation);
        let entries = written.durable(self).await?;
        self.affected_by(actor.user, &entries, more).await
    }

    async fn unpin_own(
        &self,
        actor: Actor,
        mutation: super::mutate::Mutation,
        own: Vec<Numbered>,
        more: bool,
    ) -> Result<Affected, PlatformError> {
        let written = mutation.write(self, actor, |write| Ok(plan_pin(write, actor.user, &own, false)))?;
        drop(mutation);
        let entries = written.durable(self).await?;
        self.affected_by(actor.user, &entries, more).await
    }

    async fn affected_by(&self, user: UserId, entries: &[Entry], more: bool) -> Result<Affected, PlatformError> {
        match entries.first() {
            Some(Entry::Event(pts, event)) => Ok(Affected { pts: *pts, pts_count: event.pts_count, more }),
            _ => self.unaffected(user).await,
        }
    }
}

/// Leaves no more than one batch of the store takes; says whether some were left out.
fn cut_to_batch(messages: &mut Vec<Numbered>) -> bool {
    let mut bytes = 0;
    let fitting = messages.iter().take_while(|found| {
        bytes += encode(&*found.message).len();
        bytes <= COPIES_BATCH_BYTES
    });
    let count = fitting.count();
    let is_cut = count < messages.len();
    messages.truncate(count);
    is_cut
}

fn split(siblings: impl Iterator<Item = (UserId, MsgId)>) -> Option<(UserId, Vec<MsgId>)> {
    let (owners, ids): (Vec<UserId>, Vec<MsgId>) = siblings.unzip();
    owners.first().map(|owner| (*owner, ids))
}

/// Sets or clears the flag of those that need it, and logs them as one event.
fn plan_pin(write: &mut Write<'_>, user: UserId, messages: &[Numbered], pinned: bool) -> Vec<Entry> {
    let changed = messages.iter().filter(|found| found.message.flags.has(Flags::PINNED) != pinned);
    let changed: Vec<&Numbered> = changed.collect();
    let Some(first) = changed.first() else { return Vec::new() };
    for found in &changed {
        plan_replace(write, user, found.id, &with_flag(&found.message, Flags::PINNED, pinned));
    }
    let ids: Vec<MsgId> = changed.iter().map(|found| found.id).collect();
    let pts_count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
    let body = EventBody::Pinned { peer: first.message.peer, ids, pinned };
    let pts = write.event(user, pts_count, body.clone());
    vec![Entry::Event(pts, Event { pts_count, date: write.now(), body }.into())]
}
