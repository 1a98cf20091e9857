//! The state of one active mailbox, and the one function per log by which it changes: the writer and a replay of the tail
//! use the same, so what is rebuilt equals what was lost.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use futures::future::Shared;
use store::Commit;

use super::allowance::Allowance;
use super::change::{Change, ChangeRecord};
use super::dialog::{Dialog, Head};
use super::event::{Event, EventBody, LetterMark};
use super::places::{Place, Unplaced};
use super::record::Message;
use super::replay::Replays;
use super::ring::Ring;
use crate::limits::mailbox::FILTERS_MAX;
use crate::outbox::Letters;
use crate::{MsgId, Peer, Pts, Seq, UserId};

/// One entry of either log.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A new message.
    Message(MsgId, Arc<Message>),
    /// Something happened to messages; the pts after it.
    Event(Pts, Arc<Event>),
    /// A change without pts.
    Change(Seq, i32, Arc<ChangeRecord>),
}

impl Entry {
    /// The pts of the mailbox after this entry (for a change: at it).
    #[must_use]
    pub fn pts(&self) -> Pts {
        match self {
            Self::Message(_, message) => message.pts,
            Self::Event(pts, _) => *pts,
            Self::Change(_, _, record) => record.pts_at,
        }
    }
}

/// Resolves once everything enqueued so far is durable.
pub(crate) type Barrier = Shared<Commit>;

/// What an active mailbox keeps in memory: the pending state, ahead of the disk by what is in the commit queue.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) head: Head,
    pub(crate) dialogs: HashMap<Peer, Dialog>,
    /// Recent entries, for pushes.
    pub(crate) ring: Ring,
    /// Recent `random_id`s; `None` until the first send after a load asks for them.
    pub(crate) replays: Option<Replays>,
    /// The last commit enqueued.
    pub(crate) barrier: Option<Barrier>,
    /// Dialogs that differ from their checkpoint.
    pub(crate) dirty: HashSet<Peer>,
    /// Messages that the index does not have yet.
    pub(crate) unplaced: Unplaced,
    /// Entries since the last checkpoint.
    pub(crate) since_checkpoint: usize,
    /// What the owner may still send before being asked to wait.
    pub(crate) allowance: Allowance,
    /// The letters that this mailbox writes to others.
    pub(crate) letters: Letters,
    /// Changes get at least this date: a difference up to here was promised to be complete.
    pub(crate) change_date_floor: i32,
}

impl State {
    /// A dialog, empty if nothing happened there.
    pub(crate) fn dialog(&self, peer: Peer) -> Dialog {
        self.dialogs.get(&peer).cloned().unwrap_or_else(|| Dialog::new(peer))
    }

    /// The last letter read from this person; 0 if there was none.
    pub(crate) fn letter_read(&self, from: UserId) -> i64 {
        self.dialogs.get(&Peer::User(from)).and_then(|dialog| dialog.letter).unwrap_or(0)
    }

    /// Notes that a letter was read.
    pub(crate) fn read_letter(&mut self, mark: LetterMark) {
        self.touch(Peer::User(mark.from)).read_letter(mark.number);
    }

    /// A date for which "everything changed before it" is final: later changes get this date or a later one.
    pub(crate) fn cut_date(&mut self, now: i32) -> i32 {
        let date = now.max(self.head.change_date.saturating_add(1)).max(self.change_date_floor);
        self.change_date_floor = date;
        date
    }

    /// The sum over the listed dialogs.
    pub(crate) fn unread_total(&self) -> i32 {
        self.dialogs.values().map(|dialog| dialog.unread).fold(0, i32::saturating_add)
    }

    /// Folds one entry of a log into the projections.
    pub(crate) fn apply(&mut self, entry: &Entry) {
        self.since_checkpoint += 1;
        match entry {
            Entry::Message(id, message) => self.apply_message(*id, message),
            Entry::Event(pts, event) => self.apply_event(*pts, event),
            Entry::Change(seq, date, record) => self.apply_change(*seq, *date, &record.change),
        }
    }

    fn touch(&mut self, peer: Peer) -> &mut Dialog {
        self.dirty.insert(peer);
        self.dialogs.entry(peer).or_insert_with(|| Dialog::new(peer))
    }

    fn apply_message(&mut self, id: MsgId, message: &Message) {
        self.head.pts = message.pts;
        self.head.msg_id = id;
        self.unplaced.push(message.peer, Place::of(id, message));
        let dialog = self.touch(message.peer);
        dialog.top = id;
        dialog.top_date = message.date;
        dialog.count += 1;
        if !message.is_out() {
            dialog.unread += 1;
        }
        message.letter_mark().into_iter().for_each(|mark| self.read_letter(mark));
    }

    fn apply_event(&mut self, pts: Pts, event: &Event) {
        self.head.pts = pts;
        event.letter.into_iter().for_each(|mark| self.read_letter(mark));
        match &event.body {
            EventBody::Edited { .. } | EventBody::ReadContents { .. } => {}
            EventBody::Deleted { ids, dialogs } => {
                // A number once given out is never given out again, even if its message is gone from the tail.
                self.head.msg_id = ids.iter().copied().fold(self.head.msg_id, MsgId::max);
                self.unplaced.remove(ids);
                for after in dialogs {
                    self.touch(after.peer).set_after(after, ids);
                    if after.top.0 == 0 {
                        self.head.unpin(after.peer);
                    }
                }
            }
            EventBody::ReadInbox { peer, max_id, unread } => {
                let dialog = self.touch(*peer);
                dialog.read_inbox_max = dialog.read_inbox_max.max(*max_id);
                dialog.unread = *unread;
                dialog.unread_mark = false;
            }
            EventBody::ReadOutbox { peer, max_id } => {
                let dialog = self.touch(*peer);
                dialog.read_outbox_max = dialog.read_outbox_max.max(*max_id);
            }
            EventBody::Pinned { peer, ids, pinned } => self.touch(*peer).set_pinned(ids, *pinned),
            EventBody::Folder { peers, folder } => {
                for peer in peers {
                    self.touch(*peer).folder = *folder;
                    self.head.unpin(*peer);
                }
            }
        }
    }

    fn apply_change(&mut self, seq: Seq, date: i32, change: &Change) {
        self.head.seq = seq;
        self.head.change_date = date;
        match change {
            Change::Draft { peer, present } => self.touch(*peer).has_draft = *present,
            Change::DialogPinned { peer, folder, pinned } => self.pin_dialog(*peer, *folder, *pinned),
            Change::PinnedOrder { folder, order } => self.head.pinned_in_mut(*folder).clone_from(order),
            Change::UnreadMark { peer, unread } => self.touch(*peer).unread_mark = *unread,
            Change::Filter { id, present } => self.set_filter(*id, *present),
            Change::FilterOrder { order } => self.head.filters.clone_from(order),
            Change::BarHidden { peer } => self.touch(*peer).bar_hidden = true,
            Change::SavedPinnedOrder { order } => self.head.pinned_saved.clone_from(order),
            Change::HistoryTtl { peer, seconds } => {
                self.touch(*peer).ttl_seconds = (*seconds > 0).then_some(*seconds);
            }
            _ => {}
        }
    }

    fn pin_dialog(&mut self, peer: Peer, folder: i32, pinned: bool) {
        let list = self.head.pinned_in_mut(folder);
        list.retain(|other| *other != peer);
        if pinned {
            list.insert(0, peer);
        }
    }

    fn set_filter(&mut self, id: i32, present: bool) {
        if !present {
            self.head.filters.retain(|other| *other != id);
        } else if !self.head.filters.contains(&id) && self.head.filters.len() <= FILTERS_MAX {
            self.head.filters.push(id);
        }
    }
}
