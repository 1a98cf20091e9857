//! Deleting: single messages or a whole history, for oneself or for both. The log entry carries what the dialogs show
//! afterwards, because the deleted records cannot be counted any more when a tail is replayed.

use std::collections::BTreeMap;

use super::mutate::{Mutation, pair};
use super::read::Affected;
use crate::limits::mailbox::{DELETE_BATCH_MESSAGES, DELETE_HISTORY_BATCHES};
use crate::mailbox::{Action, DialogAfter, EventBody, Flags, Message, Numbered, Write, keys};
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
struct Removal {
    user: UserId,
    peer: Peer,
    gone: Vec<Numbered>,
    /// The newest message that stays, of those known before the write, with its date.
    next_top: Option<(MsgId, i32)>,
}

type ByDialog = BTreeMap<(UserId, Peer), Vec<Numbered>>;

impl Platform {
    /// Deletes messages by number; unknown numbers are passed over.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it could not be written.
    pub async fn delete_messages(&self, actor: Actor, ids: &[MsgId], revoke: bool) -> Result<Affected, PlatformError> {
        let mut affected = Affected::default();
        for some in ids.chunks(DELETE_BATCH_MESSAGES) {
            let found = self.messages(actor.user, some).await?;
            let users = owners(actor.user, found.iter().flatten(), revoke);
            let mutation = self.mutate(&users).await?;
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
                let users = if deletion.revoke { pair(actor.user, peer) } else { vec![actor.user] };
                let mutation = self.mutate(&users).await?;
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
        mutation: Mutation,
        ids: &[MsgId],
        revoke: bool,
    ) -> Result<Affected, PlatformError> {
        let by_dialog = self.copies(actor.user, &mutation, ids, revoke).await?;
        let mut removals = Vec::with_capacity(by_dialog.len());
        for ((user, peer), gone) in by_dialog {
            removals.push(self.removal(&mutation, user, peer, gone).await?);
        }
        let own = removals.iter().filter(|removal| removal.user == actor.user);
        let count: usize = own.map(|removal| removal.gone.len()).sum();
        if count == 0 {
            return Ok(Affected::default());
        }
        let written = mutation.write(self, actor, |write| {
            let mut users: Vec<UserId> = removals.iter().map(|removal| removal.user).collect();
            users.dedup();
            let mut own = Affected::default();
            for user in users {
                let pts = plan_removals(write, user, removals.iter().filter(|removal| removal.user == user));
                if user == actor.user {
                    own = pts;
                }
            }
            Ok(own)
        })?;
        drop(mutation);
        written.durable(self).await
    }

    /// All copies that go, by mailbox and dialog.
    async fn copies(
        &self,
        user: UserId,
        mutation: &Mutation,
        ids: &[MsgId],
        revoke: bool,
    ) -> Result<ByDialog, PlatformError> {
        let mut ids = ids.to_vec();
        ids.sort_unstable();
        ids.dedup();
        let mut copies = ByDialog::new();
        let mut siblings: BTreeMap<UserId, Vec<MsgId>> = BTreeMap::new();
        for found in self.messages(user, &ids).await?.into_iter().flatten() {
            if let Some(sibling) = found.message.sibling.filter(|sibling| revoke && mutation.holds(sibling.owner)) {
                siblings.entry(sibling.owner).or_default().push(sibling.id);
            }
            copies.entry((user, found.message.peer)).or_default().push(found);
        }
        for (owner, ids) in siblings {
            for found in self.messages(owner, &ids).await?.into_iter().flatten() {
                copies.entry((owner, found.message.peer)).or_default().push(found);
            }
        }
        Ok(copies)
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
        Ok(Removal { user, peer, gone, next_top })
    }
}

fn owners<'m>(user: UserId, messages: impl Iterator<Item = &'m Numbered>, revoke: bool) -> Vec<UserId> {
    let siblings = messages.filter_map(|found| found.message.sibling.filter(|_| revoke));
    std::iter::once(user).chain(siblings.map(|sibling| sibling.owner)).collect()
}

fn plan_removals<'r>(write: &mut Write<'_>, user: UserId, removals: impl Iterator<Item = &'r Removal>) -> Affected {
    let mut ids = Vec::new();
    let mut dialogs = Vec::new();
    for removal in removals {
        for gone in &removal.gone {
            write.delete(user, &keys::message(gone.id));
            write.delete(user, &keys::index(removal.peer, gone.id));
            write.release(user, gone.id, &gone.message);
            ids.push(gone.id);
        }
        dialogs.push(after(write, removal));
    }
    ids.sort_unstable();
    let pts_count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
    let pts = write.event(user, pts_count, EventBody::Deleted { ids, dialogs });
    Affected { pts, pts_count, more: false }
}

/// The dialog's counters without what goes; messages that came since the removal was prepared are kept.
fn after(write: &Write<'_>, removal: &Removal) -> DialogAfter {
    let dialog = write.state(removal.user).dialog(removal.peer);
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
    }
}
