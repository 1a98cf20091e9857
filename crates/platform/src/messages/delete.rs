//! Deleting: single messages or a whole history, for oneself or for both. The log entry carries what the dialogs show
//! afterwards, because the deleted records cannot be counted any more when a tail is replayed.

use std::collections::BTreeMap;

use super::effect::{counterparts, plan_shares};
use super::mutate::Mutation;
use super::neighbours::mailbox_of;
use super::read::Affected;
use crate::limits::mailbox::{DELETE_BATCH_MESSAGES, DELETE_HISTORY_BATCHES, REPLAY_WINDOW_SECONDS};
use crate::mailbox::{Action, DialogAfter, EventBody, Flags, Message, Numbered, SentAs, Write, keys};
use crate::outbox::Effect;
use crate::{Actor, MsgId, Peer, Platform, PlatformError, UserId};

/// Which part of a history is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Deletion {
    /// Up to and including this message; 0 for all.
    pub max_id: MsgId,
    /// For the other side, too.
    pub revoke: bool,
    /// Keep the (empty) dialog in the list.
    pub just_clear: bool,
    /// Not older than this date; 0 for all.
    pub min_date: i32,
    /// Not newer than this date; 0 for all.
    pub max_date: i32,
}

/// What leaves one dialog of one mailbox.
pub(crate) struct Removal {
    peer: Peer,
    gone: Vec<Numbered>,
    /// The newest message that stays, of those known before the write, with its date.
    next_top: Option<(MsgId, i32)>,
}

impl Platform {
    /// Deletes messages by number; unknown numbers are passed over.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it could not be written.
    pub async fn delete_messages(&self, actor: Actor, ids: &[MsgId], revoke: bool) -> Result<Affected, PlatformError> {
        let mut affected = Affected::default();
        for some in ids.chunks(DELETE_BATCH_MESSAGES) {
            let found = self.messages(actor.user, some).await?;
            let siblings = found.iter().flatten().filter_map(|found| found.message.sibling.filter(|_| revoke));
            let mutation = self.mutate_by(actor.user, siblings.map(|sibling| sibling.owner)).await?;
            let done = self.delete_batch(actor, mutation, some, revoke).await?;
            affected = Affected { pts_count: affected.pts_count + done.pts_count, ..done };
        }
        if affected.pts_count == 0 { self.unaffected(actor.user).await } else { Ok(affected) }
    }

    /// Deletes a conversation's history, newest first, so many messages at a time; `more` asks for another call.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it could not be written.
    pub async fn delete_history(
        &self,
        actor: Actor,
        peer: Peer,
        deletion: Deletion,
    ) -> Result<Affected, PlatformError> {
        let mut affected = self.unaffected(actor.user).await?;
        let mut below = if deletion.max_id.0 > 0 { deletion.max_id } else { MsgId(i32::MAX) };
        for _ in 0..DELETE_HISTORY_BATCHES {
            let ids = self.index_ids(actor.user, peer, (below, MsgId(1)), true, DELETE_BATCH_MESSAGES).await?;
            let Some(lowest) = ids.last() else { return self.cleared(actor, peer, deletion, affected).await };
            below = MsgId(lowest.0.saturating_sub(1));
            let chosen = self.within_dates(actor.user, &ids, deletion).await?;
            if !chosen.is_empty() {
                let other = mailbox_of(actor.user, peer).filter(|_| deletion.revoke);
                let mutation = self.mutate_by(actor.user, other).await?;
                let done = self.delete_batch(actor, mutation, &chosen, deletion.revoke).await?;
                affected = Affected { pts_count: affected.pts_count + done.pts_count, ..done };
            }
            if below.0 < 1 || ids.len() < DELETE_BATCH_MESSAGES {
                return self.cleared(actor, peer, deletion, affected).await;
            }
        }
        Ok(Affected { more: true, ..affected })
    }

    async fn within_dates(&self, user: UserId, ids: &[MsgId], deletion: Deletion) -> Result<Vec<MsgId>, PlatformError> {
        if deletion.min_date == 0 && deletion.max_date == 0 {
            return Ok(ids.to_vec());
        }
        let upto = if deletion.max_date > 0 { deletion.max_date } else { i32::MAX };
        let found = self.messages(user, ids).await?.into_iter().flatten();
        Ok(found
            .filter(|found| (deletion.min_date..=upto).contains(&found.message.date))
            .map(|found| found.id)
            .collect())
    }

    /// An emptied dialog that is to stay is held in the list by a service message, which only its owner sees.
    async fn cleared(
        &self,
        actor: Actor,
        peer: Peer,
        deletion: Deletion,
        affected: Affected,
    ) -> Result<Affected, PlatformError> {
        let is_empty = !self.dialog(actor.user, peer).await?.is_listed();
        if deletion.just_clear && affected.pts_count > 0 && is_empty {
            let mut notice = Message::text(peer, actor.user, self.now(), "");
            notice.action = Some(Action::HistoryClear);
            notice.flags = Flags::OUT.with(Flags::SILENT, true);
            self.write_to_one(actor.user, notice).await?;
        }
        Ok(affected)
    }

    async fn delete_batch(
        &self,
        actor: Actor,
        mut mutation: Mutation,
        ids: &[MsgId],
        revoke: bool,
    ) -> Result<Affected, PlatformError> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let own: Vec<Numbered> = self.messages(actor.user, &ids).await?.into_iter().flatten().collect();
        if own.is_empty() {
            return Ok(Affected::default());
        }
        let mut shares = Vec::new();
        for (owner, which) in if revoke { counterparts(&own) } else { BTreeMap::new() } {
            shares.push(self.share(&mut mutation, actor.user, owner, Effect::Delete { which }).await?);
        }
        let removals = self.removals(&mutation, actor.user, own).await?;
        let written = mutation.write(self, actor, |write| {
            plan_shares(write, actor.user, shares)?;
            Ok(plan_removals(write, actor.user, &removals).unwrap_or_default())
        })?;
        drop(mutation);
        written.durable(self).await
    }

    /// What it takes to remove these messages of one mailbox, by dialog.
    pub(super) async fn removals(
        &self,
        mutation: &Mutation,
        user: UserId,
        gone: Vec<Numbered>,
    ) -> Result<Vec<Removal>, PlatformError> {
        let mut by_dialog: BTreeMap<Peer, Vec<Numbered>> = BTreeMap::new();
        for found in gone {
            by_dialog.entry(found.message.peer).or_default().push(found);
        }
        let mut removals = Vec::with_capacity(by_dialog.len());
        for (peer, gone) in by_dialog {
            removals.push(self.removal(mutation, user, peer, gone).await?);
        }
        Ok(removals)
    }

    async fn removal(
        &self,
        mutation: &Mutation,
        user: UserId,
        peer: Peer,
        gone: Vec<Numbered>,
    ) -> Result<Removal, PlatformError> {
        let top = mutation.dialog(user, peer).top;
        let is_gone = |id: &MsgId| gone.iter().any(|gone| gone.id == *id);
        let mut next_top = None;
        if is_gone(&top) {
            let newest = self.index_ids(user, peer, (top, MsgId(1)), true, gone.len() + 1).await?;
            if let Some(id) = newest.into_iter().find(|id| !is_gone(id)) {
                next_top = self.message(user, id).await?.map(|found| (id, found.message.date));
            }
        }
        Ok(Removal { peer, gone, next_top })
    }
}

/// Removes messages, and logs them as one event; nothing if there are none.
pub(super) fn plan_removals(write: &mut Write<'_>, user: UserId, removals: &[Removal]) -> Option<Affected> {
    let mut ids = Vec::new();
    let mut dialogs = Vec::new();
    let mut taken = Vec::new();
    for removal in removals {
        for gone in &removal.gone {
            write.delete(user, &keys::message(gone.id));
            write.delete(user, &keys::index(removal.peer, gone.id));
            write.release(user, gone.id, &gone.message);
            taken.extend(sent_lately(gone, write.now()));
            ids.push(gone.id);
        }
        dialogs.push(after(write, user, removal));
    }
    if ids.is_empty() {
        return None;
    }
    ids.sort_unstable();
    let pts_count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
    let pts = write.deletion(user, pts_count, EventBody::Deleted { ids, dialogs }, taken);
    Some(Affected { pts, pts_count, more: false })
}

/// What a repeat of this send would be recognised by, if one may still come.
fn sent_lately(gone: &Numbered, now: i32) -> Option<SentAs> {
    let random_id = gone.message.random_id?;
    let is_late = gone.message.date >= now.saturating_sub(REPLAY_WINDOW_SECONDS);
    is_late.then_some(SentAs { random_id, id: gone.id })
}

/// The dialog's counters without what goes; messages that came since the removal was prepared are kept.
fn after(write: &Write<'_>, user: UserId, removal: &Removal) -> DialogAfter {
    let dialog = write.state(user).dialog(removal.peer);
    let is_unread = |gone: &&Numbered| !gone.message.is_out() && gone.id > dialog.read_inbox_max;
    let unread_gone = i32::try_from(removal.gone.iter().filter(is_unread).count()).unwrap_or(i32::MAX);
    let gone = i32::try_from(removal.gone.len()).unwrap_or(i32::MAX);
    let loses_top = removal.gone.iter().any(|gone| gone.id == dialog.top);
    let (top, top_date) = if loses_top { removal.next_top.unwrap_or_default() } else { (dialog.top, dialog.top_date) };
    DialogAfter {
        peer: removal.peer,
        unread: (dialog.unread - unread_gone).max(0),
        count: (dialog.count - gone).max(0),
        top,
        top_date,
        letter: dialog.letter,
    }
}
