//! Deleting: single messages or a whole history, for oneself or for both. The log entry carries what the dialogs show
//! afterwards, because the deleted records cannot be counted any more when a tail is replayed.

use std::collections::{BTreeMap, BTreeSet};

use super::effect::plan_shares;
use super::mutate::Mutation;
use super::read::Affected;
use crate::limits::chats::{BATCH_RECORDS, RECORDS_PER_COPY};
use crate::limits::mailbox::{DELETE_BATCH_MESSAGES, DELETE_HISTORY_BATCHES, REPLAY_WINDOW_SECONDS};
use crate::mailbox::{
    Action, DialogAfter, EventBody, Flags, Hold, Message, Numbered, Place, Run, SentAs, Write, encode_run, keys,
};
use crate::outbox::Effect;
use crate::{Actor, MsgId, Peer, Platform, PlatformError, Refusal, UserId};

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
    /// The runs of the conversation's index that have them. The others' places are in memory, and held there.
    runs: Vec<Run>,
    _held: Option<Hold>,
}

impl Platform {
    /// Deletes messages by number; unknown numbers are passed over.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it could not be written.
    pub async fn delete_messages(&self, actor: Actor, ids: &[MsgId], revoke: bool) -> Result<Affected, PlatformError> {
        let mut affected = Affected::default();
        let mut rest = ids;
        while !rest.is_empty() {
            let (some, left) = rest.split_at(rest.len().min(DELETE_BATCH_MESSAGES));
            let found: Vec<Numbered> = self.messages(actor.user, some).await?.into_iter().flatten().collect();
            let others = if revoke { self.holders_of(actor.user, &found).await? } else { BTreeSet::new() };
            let (some, _) = some.split_at(some.len().min(deletions_per_batch(others.len())));
            rest = if some.len() < rest.len() - left.len() { &rest[some.len()..] } else { left };
            let mutation = self.mutate_by(actor.user, others).await?;
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
        let revoke = deletion.revoke && self.may_empty(actor.user, peer).await?;
        let deletion = Deletion { revoke, ..deletion };
        let mut affected = self.unaffected(actor.user).await?;
        let mut below = if deletion.max_id.0 > 0 { deletion.max_id } else { MsgId(i32::MAX) };
        for _ in 0..DELETE_HISTORY_BATCHES {
            let others = if deletion.revoke { self.others_in(actor.user, peer).await? } else { Vec::new() };
            let page = deletions_per_batch(others.len());
            let ids = self.index_ids(actor.user, peer, (below, MsgId(1)), true, page).await?;
            let Some(lowest) = ids.last() else { return self.cleared(actor, peer, deletion, affected).await };
            below = MsgId(lowest.0.saturating_sub(1));
            let chosen = self.within_dates(actor.user, &ids, deletion).await?;
            if !chosen.is_empty() {
                let mutation = self.mutate_by(actor.user, others).await?;
                let done = self.delete_batch(actor, mutation, &chosen, deletion.revoke).await?;
                affected = Affected { pts_count: affected.pts_count + done.pts_count, ..done };
            }
            if below.0 < 1 || ids.len() < page {
                return self.cleared(actor, peer, deletion, affected).await;
            }
        }
        Ok(Affected { more: true, ..affected })
    }

    /// Whether a whole history is this person's to take from others: in a group, only its maker's.
    async fn may_empty(&self, user: UserId, peer: Peer) -> Result<bool, PlatformError> {
        match peer {
            Peer::Chat(chat) => Ok(self.chat(chat).await?.is_some_and(|chat| chat.is_creator(user))),
            _ => Ok(true),
        }
    }

    /// In whose mailboxes the other copies of these messages are. In a group only its administrators take away what others
    /// wrote.
    async fn holders_of(&self, user: UserId, found: &[Numbered]) -> Result<BTreeSet<UserId>, PlatformError> {
        let mut holders: BTreeSet<UserId> = BTreeSet::new();
        let mut seen = BTreeSet::new();
        for found in found {
            let peer = found.message.peer;
            match peer {
                Peer::Chat(chat) => {
                    let chat = self.chat(chat).await?.filter(|chat| chat.has(user));
                    let may_all = chat.as_ref().is_some_and(|chat| chat.is_admin(user));
                    if chat.is_some() && !may_all && !found.message.is_out() {
                        return Err(Refusal::MessageDeleteForbidden.into());
                    }
                    if seen.insert(peer) {
                        holders.extend(self.others_in(user, peer).await?);
                    }
                }
                _ => holders.extend(found.message.sibling.map(|sibling| sibling.owner)),
            }
        }
        Ok(holders)
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
        for (owner, which) in if revoke { self.copies_elsewhere(actor.user, &own).await? } else { BTreeMap::new() } {
            shares.push(self.share(&mut mutation, actor.user, owner, Effect::Delete { which }).await?);
        }
        let removals = self.removals(&mutation, actor.user, own).await?;
        let written = mutation.write(self, actor, |write| {
            plan_shares(write, actor.user, shares)?;
            Ok(plan_removals(write, actor.user, removals).unwrap_or_default())
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
        let ids: Vec<MsgId> = gone.iter().map(|gone| gone.id).collect();
        let (held, placed) = mutation.hold_unplaced(user, &ids).await?;
        let runs = self.runs_with(user, peer, placed).await?;
        Ok(Removal { peer, gone, next_top, runs, _held: held })
    }
}

/// How many messages one batch takes away from so many other mailboxes, too.
fn deletions_per_batch(others: usize) -> usize {
    (BATCH_RECORDS / (RECORDS_PER_COPY * (others + 1))).clamp(1, DELETE_BATCH_MESSAGES)
}

/// Removes messages, and logs them as one event; nothing if there are none.
pub(super) fn plan_removals(write: &mut Write<'_>, user: UserId, removals: Vec<Removal>) -> Option<Affected> {
    let mut ids = Vec::new();
    let mut dialogs = Vec::new();
    let mut taken = Vec::new();
    for removal in &removals {
        for gone in &removal.gone {
            write.delete(user, &keys::message(gone.id));
            write.release(user, gone.id, &gone.message);
            taken.extend(sent_lately(gone, write.now()));
            ids.push(gone.id);
        }
        take_places(write, user, removal);
        dialogs.push(after(write, user, removal));
        dialogs.extend(letters_kept(write, user, removal, &removals));
    }
    if ids.is_empty() {
        return None;
    }
    ids.sort_unstable();
    let pts_count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
    let pts = write.deletion(user, pts_count, EventBody::Deleted { ids, dialogs }, taken);
    Some(Affected { pts, pts_count, more: false })
}

/// Takes what goes out of the runs that have it.
fn take_places(write: &mut Write<'_>, user: UserId, removal: &Removal) {
    let is_gone = |place: &&Place| removal.gone.iter().any(|gone| gone.id == place.id);
    for run in &removal.runs {
        let left: Vec<Place> = run.places.iter().filter(|place| !is_gone(place)).copied().collect();
        let suffix = keys::index(removal.peer, run.first);
        match left.is_empty() {
            true => write.delete(user, &suffix),
            false => write.put(user, &suffix, encode_run(removal.peer, &left)),
        }
    }
}

/// What a repeat of this send would be recognised by, if one may still come.
fn sent_lately(gone: &Numbered, now: i32) -> Option<SentAs> {
    let random_id = gone.message.random_id?;
    let is_late = gone.message.date >= now.saturating_sub(REPLAY_WINDOW_SECONDS);
    is_late.then_some(SentAs { random_id, id: gone.id })
}

/// What a group's message said of its author's letters, once it is gone: it stands with the author's own dialog.
fn letters_kept(write: &Write<'_>, user: UserId, removal: &Removal, all: &[Removal]) -> Vec<DialogAfter> {
    if !matches!(removal.peer, Peer::Chat(_)) {
        return Vec::new();
    }
    let writers: BTreeSet<UserId> =
        removal.gone.iter().filter_map(|gone| Some(gone.message.letter_mark()?.from)).collect();
    let dialogs = writers.into_iter().map(|from| write.state(user).dialog(Peer::User(from)));
    let untouched = dialogs.filter(|dialog| all.iter().all(|removal| removal.peer != dialog.peer));
    untouched.map(|dialog| DialogAfter::of(&dialog)).collect()
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
