//! Pinning messages. A pin for both also writes the service message that says so (page "Pinned messages").

use std::collections::BTreeMap;

use super::edit::{plan_replace, with_flag};
use super::effect::{Share, plan_shares};
use super::read::Affected;
use super::send::{Delivery, Replies};
use crate::chats::{Audience, Rights};
use crate::codec::encode;
use crate::limits::chats::BATCH_RECORDS;
use crate::limits::mailbox::{BATCH_VALUES_MAX_BYTES, COPIES_BATCH_BYTES, DELETE_BATCH_MESSAGES};
use crate::mailbox::{Action, Entry, EventBody, Flags, Message, Numbered, Reply, Write};
use crate::outbox::{Effect, Name};
use crate::{Actor, MsgId, Peer, Platform, PlatformError, Refusal, UserId};

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
        if let Peer::Chat(chat) = peer {
            let chat = self.chat(chat).await?.ok_or(Refusal::PeerIdInvalid)?;
            chat.require(actor.user, Rights::PIN_MESSAGES)?;
        }
        let audience = self.pin_audience(actor.user, peer, pinning.one_side).await?;
        let others = if pinning.one_side { Vec::new() } else { self.others_in(actor.user, peer).await? };
        let mut mutation = self.mutate_by(actor.user, others).await?;
        let own = self.message_in(actor.user, peer, id).await?;
        let on = !pinning.unpin;
        let elsewhere = match pinning.one_side {
            true => BTreeMap::new(),
            false => self.copies_elsewhere(actor.user, std::slice::from_ref(&own)).await?,
        };
        let mut shares = Vec::new();
        for (owner, which) in elsewhere {
            let effect = Effect::Pin { which, pinned: on };
            shares.push(self.share(&mut mutation, actor.user, owner, effect).await?);
        }
        let (audience, notice) = self.pin_notice(actor.user, peer, &own, (audience, &shares), pinning.silent).await?;
        let written = mutation.write(self, actor, |write| {
            plan_shares(write, actor.user, shares)?;
            let mut entries = plan_pin(write, actor.user, std::slice::from_ref(&own), on);
            if on && !entries.is_empty() && !pinning.one_side && peer != Peer::User(actor.user) {
                let (message, replies) = notice;
                let notice = Delivery { sender: actor.user, audience: &audience, message, replies }.plan(write)?;
                entries.push(Entry::Message(notice.id, notice.message));
            }
            Ok(entries)
        })?;
        drop(mutation);
        written.durable(self).await
    }

    /// Who hears of a pin besides those whose copy is pinned: in a group everybody does.
    async fn pin_audience(&self, user: UserId, peer: Peer, one_side: bool) -> Result<Audience, PlatformError> {
        match peer {
            Peer::Chat(chat) if !one_side => Ok(Audience::Chat(self.crowd(user, chat).await?)),
            _ => Ok(Audience::Nobody),
        }
    }

    async fn pin_notice(
        &self,
        user: UserId,
        peer: Peer,
        own: &Numbered,
        (audience, shares): (Audience, &[Share]),
        silent: bool,
    ) -> Result<(Audience, (Message, Replies)), PlatformError> {
        let mut message = Message::text(peer, user, self.now(), "");
        message.action = Some(Action::PinMessage);
        message.flags = Flags::OUT.with(Flags::SILENT, silent);
        let reply = Reply { id: Some(own.id), ..Reply::default() };
        if let Audience::Chat(crowd) = &audience {
            let in_chat = self.answered_in(user, crowd, own).await?;
            let replies = Replies { own: Some(reply), others: Some(Reply::default()), answers: None, in_chat };
            return Ok((audience, (message, replies)));
        }
        let pinned = match shares.first() {
            Some(Share::Here(owner, prepared)) => prepared.pinned().first().map(|copy| (*owner, Name::Theirs(copy.id))),
            Some(Share::Letter(owner, _)) => Name::of_counterpart(own).filter(|(other, _)| other == owner),
            None => None,
        };
        let replies = Replies {
            own: Some(reply),
            others: pinned.map(|_| Reply::default()),
            answers: pinned.map(|(_, name)| name),
            ..Replies::default()
        };
        let audience = pinned.map_or(Audience::Nobody, |(owner, _)| Audience::One(owner));
        Ok((audience, (message, replies)))
    }

    /// Unpins what is pinned in a conversation; `more` asks for another call.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it could not be written.
    pub async fn unpin_all(&self, actor: Actor, peer: Peer) -> Result<Affected, PlatformError> {
        if let Peer::Chat(chat) = peer {
            let chat = self.chat(chat).await?.ok_or(Refusal::PeerIdInvalid)?;
            chat.require(actor.user, Rights::PIN_MESSAGES)?;
        }
        let others = self.others_in(actor.user, peer).await?;
        let copies = others.len() + 1;
        let mut mutation = self.mutate_by(actor.user, others).await?;
        let all = mutation.dialog(actor.user, peer).pinned_messages;
        let some = &all[..all.len().min(DELETE_BATCH_MESSAGES).min(BATCH_RECORDS / (2 * copies))];
        let mut own: Vec<Numbered> = self.messages(actor.user, some).await?.into_iter().flatten().collect();
        let is_cut = cut_to_batch(&mut own, copies);
        let more = is_cut || all.len() > some.len();
        let mut shares = Vec::new();
        for (owner, which) in self.copies_elsewhere(actor.user, &own).await? {
            let effect = Effect::Pin { which, pinned: false };
            shares.push(self.share(&mut mutation, actor.user, owner, effect).await?);
        }
        let written = mutation.write(self, actor, |write| {
            plan_shares(write, actor.user, shares)?;
            Ok(plan_pin(write, actor.user, &own, false))
        })?;
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
fn cut_to_batch(messages: &mut Vec<Numbered>, copies: usize) -> bool {
    let most_bytes = COPIES_BATCH_BYTES.min(BATCH_VALUES_MAX_BYTES / copies);
    let mut bytes = 0;
    let fitting = messages.iter().take_while(|found| {
        bytes += encode(&*found.message).len();
        bytes <= most_bytes
    });
    let count = fitting.count();
    let is_cut = count < messages.len();
    messages.truncate(count);
    is_cut
}

/// Sets or clears the flag of those that need it, and logs them as one event.
pub(super) fn plan_pin(write: &mut Write<'_>, user: UserId, messages: &[Numbered], pinned: bool) -> Vec<Entry> {
    let changed = messages.iter().filter(|found| found.message.flags.has(Flags::PINNED) != pinned);
    let changed: Vec<&Numbered> = changed.collect();
    let Some(first) = changed.first() else { return Vec::new() };
    for found in &changed {
        plan_replace(write, user, found.id, &with_flag(&found.message, Flags::PINNED, pinned));
    }
    let ids: Vec<MsgId> = changed.iter().map(|found| found.id).collect();
    let pts_count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
    vec![write.entry(user, pts_count, EventBody::Pinned { peer: first.message.peer, ids, pinned })]
}
