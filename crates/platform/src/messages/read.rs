//! Reading: the reader's unread count falls, the author learns how far their words were read.

use super::edit::{plan_replace, with_flag};
use super::effect::{counterparts, plan_shares};
use super::mutate::Mutation;
use super::neighbours::mailbox_of;
use crate::limits::chats::READ_TOLD_MESSAGES;
use crate::limits::mailbox::{
    READ_ATTEMPTS, READ_CONTENTS_BATCH, READ_CONTENTS_MAX, READ_DATE_SCAN_EVENTS, READ_DATE_SECONDS,
};
use crate::mailbox::{Dialog, EventBody, Flags, Numbered, Sibling, Write};
use crate::outbox::Effect;
use crate::{Actor, MsgId, Peer, Platform, PlatformError, Pts, Refusal, UserId};

const PAGE: usize = 200;

/// What an operation did to the pts of its actor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Affected {
    /// Afterwards.
    pub pts: Pts,
    /// By how much it advanced; 0 if nothing changed.
    pub pts_count: i32,
    /// More is left to do: repeat the call.
    pub more: bool,
}

/// A reading that is about to be written.
struct Reading {
    mutation: Mutation,
    /// The last message that is read now.
    upto: MsgId,
    /// Incoming messages that it makes read.
    newly_read: i32,
    /// Who learns of it, each with their own number of their last message.
    authors: Vec<Sibling>,
}

impl Platform {
    /// Marks everything up to `max_id` (0: everything) of a conversation as read.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it could not be written.
    pub async fn read_history(&self, actor: Actor, peer: Peer, max_id: MsgId) -> Result<Affected, PlatformError> {
        if let Some(reading) = self.reading_at_hand(actor.user, peer, max_id).await? {
            return self.finish_reading(actor, peer, reading).await;
        }
        let mutation = self.mutate_with_authors(actor.user, peer).await?;
        // The newest message may be on its way to the disk, where its author is looked for.
        let before = mutation.durable_dialog(actor.user, peer).await?;
        let upto = if max_id.0 > 0 { max_id.min(before.top) } else { before.top };
        if upto <= before.read_inbox_max && !before.unread_mark {
            drop(mutation);
            return self.unaffected(actor.user).await;
        }
        // Taking a mark away may name an older message: what was read stays read.
        let upto = upto.max(before.read_inbox_max);
        let newly_read = self.count_incoming(actor.user, &before, upto).await?;
        let authors = self.authors_to_tell(actor.user, &before, upto).await?;
        self.finish_reading(actor, peer, Reading { mutation, upto, newly_read, authors }).await
    }

    /// The most frequent way of reading, all that another person wrote, needs nothing from the disk as long as memory has
    /// the last of it: whoever reads while messages come in does not wait for their commits, and nobody waits for them.
    async fn reading_at_hand(&self, user: UserId, peer: Peer, max_id: MsgId) -> Result<Option<Reading>, PlatformError> {
        let (Peer::User(_), Some(author)) = (peer, mailbox_of(user, peer)) else { return Ok(None) };
        let mutation = self.hold(&self.writers_of(user, [author])).await?;
        let before = mutation.dialog(user, peer);
        let is_all = max_id.0 <= 0 || max_id >= before.top;
        let last = mutation.last_incoming(user, peer, before.top).filter(|last| last.id > before.read_inbox_max);
        let authors: Vec<Sibling> = last.and_then(|last| last.message.sibling).into_iter().collect();
        let is_at_hand = is_all && !authors.is_empty();
        Ok(is_at_hand.then(|| Reading { mutation, upto: before.top, newly_read: before.unread, authors }))
    }

    async fn finish_reading(&self, actor: Actor, peer: Peer, reading: Reading) -> Result<Affected, PlatformError> {
        let Reading { mut mutation, upto, newly_read, authors } = reading;
        let mut told = Vec::new();
        for Sibling { owner, id } in authors {
            let effect = match peer {
                Peer::Chat(chat) => Effect::ReadInChat { upto: id, chat },
                _ => Effect::Read { upto: id },
            };
            told.push(self.share(&mut mutation, actor.user, owner, effect).await?);
        }
        let written = mutation.write(self, actor, |write| {
            let unread = (write.state(actor.user).dialog(peer).unread - newly_read).max(0);
            plan_shares(write, actor.user, told)?;
            Ok(write.event(actor.user, 1, EventBody::ReadInbox { peer, max_id: upto, unread }))
        })?;
        drop(mutation);
        Ok(Affected { pts: written.durable(self).await?, pts_count: 1, more: false })
    }

    pub(super) async fn unaffected(&self, user: UserId) -> Result<Affected, PlatformError> {
        Ok(Affected { pts: self.cut(user).await?.pts, ..Affected::default() })
    }

    /// Incoming messages that reading up to there makes read.
    async fn count_incoming(&self, user: UserId, before: &Dialog, upto: MsgId) -> Result<i32, PlatformError> {
        if upto >= before.top || before.unread == 0 {
            return Ok(before.unread);
        }
        let mut count = 0;
        let mut from = MsgId(before.read_inbox_max.0.saturating_add(1));
        loop {
            let ids = self.index_ids(user, before.peer, (from, upto), false, PAGE).await?;
            let found = self.messages(user, &ids).await?;
            count += found.iter().flatten().filter(|found| !found.message.is_out()).count();
            match ids.last() {
                Some(last) if ids.len() == PAGE => from = MsgId(last.0.saturating_add(1)),
                _ => return Ok(i32::try_from(count).unwrap_or(i32::MAX)),
            }
        }
    }

    /// Locks what reading writes; again, if somebody wrote to a group meanwhile whose mailbox is not among it.
    async fn mutate_with_authors(&self, user: UserId, peer: Peer) -> Result<Mutation, PlatformError> {
        let mut authors = self.authors_to_lock(user, peer).await?;
        for _ in 1..READ_ATTEMPTS {
            let mutation = self.mutate_by(user, authors.iter().copied()).await?;
            if !matches!(peer, Peer::Chat(_)) || self.is_by_letter() {
                return Ok(mutation);
            }
            mutation.durable_dialog(user, peer).await?;
            let now = self.authors_to_lock(user, peer).await?;
            if now.iter().all(|author| mutation.holds(*author)) {
                return Ok(mutation);
            }
            authors = now;
        }
        self.mutate_by(user, authors).await
    }

    /// Whose mailboxes reading may write, besides one's own: in a group, those of whoever wrote last.
    async fn authors_to_lock(&self, user: UserId, peer: Peer) -> Result<Vec<UserId>, PlatformError> {
        if !matches!(peer, Peer::Chat(_)) {
            return Ok(mailbox_of(user, peer).into_iter().collect());
        }
        if self.is_by_letter() {
            return Ok(Vec::new());
        }
        let dialog = self.dialog(user, peer).await?;
        let told = self.authors_to_tell(user, &dialog, dialog.top).await?;
        Ok(told.into_iter().map(|sibling| sibling.owner).collect())
    }

    /// The authors who learn that their messages were read, each with their own number of the last.
    async fn authors_to_tell(&self, user: UserId, before: &Dialog, upto: MsgId) -> Result<Vec<Sibling>, PlatformError> {
        let Peer::Chat(chat) = before.peer else {
            return Ok(self.author_to_tell(user, before, upto).await?.into_iter().collect());
        };
        let members = self.others_in(user, before.peer).await?;
        let lowest = MsgId(before.read_inbox_max.0.saturating_add(1));
        let ids = self.index_ids(user, before.peer, (upto, lowest), true, READ_TOLD_MESSAGES).await?;
        let mut told: Vec<Sibling> = Vec::new();
        for found in self.messages(user, &ids).await?.into_iter().flatten() {
            let Some(sibling) = found.message.sibling else { continue };
            let is_new = told.iter().all(|told| told.owner != sibling.owner) && members.contains(&sibling.owner);
            if is_new && !self.is_known_as_read(sibling, chat).await? {
                told.push(sibling);
            }
        }
        Ok(told)
    }

    /// Whether the author of a group's message knows already that somebody has read it. What is read stays read.
    async fn is_known_as_read(&self, message: Sibling, chat: i64) -> Result<bool, PlatformError> {
        if self.is_by_letter() {
            return Ok(false);
        }
        let mailbox = self.mailbox(message.owner).await?;
        Ok(mailbox.state.lock().dialog(Peer::Chat(chat)).read_outbox_max >= message.id)
    }

    /// The author's number of the last incoming message that is read now.
    async fn author_to_tell(
        &self,
        user: UserId,
        before: &Dialog,
        upto: MsgId,
    ) -> Result<Option<Sibling>, PlatformError> {
        if mailbox_of(user, before.peer).is_none() {
            return Ok(None);
        }
        let lowest = MsgId(before.read_inbox_max.0.saturating_add(1));
        let mut from = upto;
        loop {
            let ids = self.index_ids(user, before.peer, (from, lowest), true, PAGE).await?;
            let found = self.messages(user, &ids).await?;
            let last = found.iter().flatten().find(|found| !found.message.is_out() && found.message.sibling.is_some());
            if let Some(last) = last {
                return Ok(last.message.sibling);
            }
            match ids.last() {
                Some(last) if ids.len() == PAGE => from = MsgId(last.0.saturating_sub(1)),
                _ => return Ok(None),
            }
        }
    }

    /// Marks voices and round videos as played, here and where they were sent from.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it could not be written.
    pub async fn read_contents(&self, actor: Actor, ids: &[MsgId]) -> Result<Affected, PlatformError> {
        let ids = &ids[..ids.len().min(READ_CONTENTS_MAX)];
        let mut affected = Affected::default();
        for some in ids.chunks(READ_CONTENTS_BATCH) {
            let done = self.read_some_contents(actor, some).await?;
            affected = Affected { pts_count: affected.pts_count + done.pts_count, ..done };
        }
        if affected.pts_count == 0 { self.unaffected(actor.user).await } else { Ok(affected) }
    }

    async fn read_some_contents(&self, actor: Actor, ids: &[MsgId]) -> Result<Affected, PlatformError> {
        let senders = self.unplayed(actor.user, ids).await?;
        let senders = senders.iter().filter_map(|found| Some(found.message.sibling?.owner));
        let mut mutation = self.mutate_by(actor.user, senders).await?;
        let unplayed = self.unplayed(actor.user, ids).await?;
        let mut shares = Vec::new();
        for (owner, which) in counterparts(&unplayed) {
            shares.push(self.share(&mut mutation, actor.user, owner, Effect::Played { which }).await?);
        }
        let written = mutation.write(self, actor, |write| {
            plan_shares(write, actor.user, shares)?;
            Ok(plan_played(write, actor.user, &unplayed))
        })?;
        drop(mutation);
        match written.durable(self).await? {
            Some(affected) => Ok(affected),
            None => self.unaffected(actor.user).await,
        }
    }

    async fn unplayed(&self, user: UserId, ids: &[MsgId]) -> Result<Vec<Numbered>, PlatformError> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let found = self.messages(user, &ids).await?.into_iter().flatten();
        Ok(found.filter(|found| !found.message.is_out() && found.message.flags.has(Flags::MEDIA_UNREAD)).collect())
    }

    /// When the other side read a message of the actor, in seconds since the epoch.
    ///
    /// # Errors
    /// [`Refusal::MessageIdInvalid`], [`Refusal::MessageTooOld`], [`Refusal::MessageNotReadYet`].
    pub async fn outbox_read_date(&self, user: UserId, peer: Peer, id: MsgId) -> Result<i32, PlatformError> {
        let found = self.message_in(user, peer, id).await?;
        if !found.message.is_out() {
            return Err(Refusal::MessageIdInvalid.into());
        }
        if self.now().saturating_sub(found.message.date) > READ_DATE_SECONDS {
            return Err(Refusal::MessageTooOld.into());
        }
        if self.dialog(user, peer).await?.read_outbox_max < id {
            return Err(Refusal::MessageNotReadYet.into());
        }
        let events = self.events_after(user, found.message.pts, READ_DATE_SCAN_EVENTS).await?;
        let read = events.into_iter().find(
            |event| matches!(&event.body, EventBody::ReadOutbox { peer: by, max_id } if *by == peer && *max_id >= id),
        );
        read.map(|event| event.date).ok_or_else(|| Refusal::MessageTooOld.into())
    }
}

/// Clears the mark of those that have it, and logs them as one event.
pub(super) fn plan_played(write: &mut Write<'_>, user: UserId, messages: &[Numbered]) -> Option<Affected> {
    let unplayed = messages.iter().filter(|found| found.message.flags.has(Flags::MEDIA_UNREAD));
    let mut ids = Vec::new();
    for found in unplayed {
        plan_replace(write, user, found.id, &with_flag(&found.message, Flags::MEDIA_UNREAD, false));
        ids.push(found.id);
    }
    let pts_count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
    let pts = (pts_count > 0).then(|| write.event(user, pts_count, EventBody::ReadContents { ids }))?;
    Some(Affected { pts, pts_count, more: false })
}
