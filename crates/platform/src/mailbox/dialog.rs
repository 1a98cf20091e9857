//! Projections: what the logs add up to. They are kept in memory, written at checkpoints, and rebuilt from the tail.

use minicbor::{Decode, Encode};

use super::event::DialogAfter;
use crate::codec::Stored;
use crate::limits::mailbox::PINNED_MESSAGES_MAX;
use crate::{MsgId, Peer, Pts, Seq};

/// One conversation as its owner's list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Dialog {
    /// With whom.
    #[n(0)]
    pub peer: Peer,
    /// Newest message; 0 when there is none, and then the list does not show the dialog.
    #[n(1)]
    pub top: MsgId,
    /// Its date.
    #[n(2)]
    pub top_date: i32,
    /// Everything up to here was read by the owner.
    #[n(3)]
    pub read_inbox_max: MsgId,
    /// Everything up to here was read by the other side.
    #[n(4)]
    pub read_outbox_max: MsgId,
    /// Incoming messages past `read_inbox_max`.
    #[n(5)]
    pub unread: i32,
    /// Messages.
    #[n(6)]
    pub count: i32,
    /// Marked as unread by hand.
    #[n(7)]
    pub unread_mark: bool,
    /// 0 the main list, 1 the archive.
    #[n(8)]
    pub folder: i32,
    /// Whether a draft is stored.
    #[n(9)]
    pub has_draft: bool,
    /// Pinned messages, ascending.
    #[n(10)]
    pub pinned_messages: Vec<MsgId>,
    /// The bar above the dialog was hidden.
    #[n(11)]
    pub bar_hidden: bool,
    /// New messages disappear after so many seconds.
    #[n(12)]
    pub ttl_seconds: Option<i32>,
    /// The last letter read from the peer, in their count.
    #[n(13)]
    pub letter: Option<i64>,
}

impl Dialog {
    /// A dialog nothing has happened in.
    #[must_use]
    pub fn new(peer: Peer) -> Self {
        Self {
            peer,
            top: MsgId(0),
            top_date: 0,
            read_inbox_max: MsgId(0),
            read_outbox_max: MsgId(0),
            unread: 0,
            count: 0,
            unread_mark: false,
            folder: 0,
            has_draft: false,
            pinned_messages: Vec::new(),
            bar_hidden: false,
            ttl_seconds: None,
            letter: None,
        }
    }

    /// Whether the list of dialogs shows it.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.top.0 > 0
    }

    /// Its place in the list: newest first.
    #[must_use]
    pub fn order(&self) -> (i32, MsgId, Peer) {
        (self.top_date, self.top, self.peer)
    }

    pub(super) fn set_after(&mut self, after: &DialogAfter, gone: &[MsgId]) {
        self.unread = after.unread;
        self.count = after.count;
        self.top = after.top;
        self.top_date = after.top_date;
        self.letter = self.letter.max(after.letter);
        self.pinned_messages.retain(|id| !gone.contains(id));
        if !self.is_listed() {
            self.unread_mark = false;
        }
    }

    pub(super) fn read_letter(&mut self, number: i64) {
        self.letter = self.letter.max(Some(number));
    }

    pub(super) fn set_pinned(&mut self, ids: &[MsgId], pinned: bool) {
        self.pinned_messages.retain(|id| !ids.contains(id));
        if pinned {
            self.pinned_messages.extend_from_slice(ids);
            self.pinned_messages.sort_unstable();
            let excess = self.pinned_messages.len().saturating_sub(PINNED_MESSAGES_MAX);
            self.pinned_messages.drain(..excess);
        }
    }
}

impl Stored for Dialog {
    const WHAT: &'static str = "dialog";
}

/// The numbers and orders of a mailbox as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Head {
    /// Count of changes that carry pts.
    #[n(0)]
    pub pts: Pts,
    /// Newest message id given out.
    #[n(1)]
    pub msg_id: MsgId,
    /// Entries of the second log.
    #[n(2)]
    pub seq: Seq,
    /// Date of its newest entry.
    #[n(3)]
    pub change_date: i32,
    /// Events up to this pts may have been trimmed.
    #[n(4)]
    pub log_floor: Pts,
    /// Pinned dialogs of the main list, from the top.
    #[n(5)]
    pub pinned: Vec<Peer>,
    /// Pinned dialogs of the archive, from the top.
    #[n(6)]
    pub pinned_archived: Vec<Peer>,
    /// Pinned dialogs of Saved Messages, from the top.
    #[n(7)]
    pub pinned_saved: Vec<Peer>,
    /// Folders, from the left; 0 stands for "all chats".
    #[n(8)]
    pub filters: Vec<i32>,
    /// Messages up to this number have their places in the index; none when it was written before there were runs, and each
    /// message had its place beside it.
    #[n(9)]
    pub placed: Option<MsgId>,
}

impl Head {
    /// The head of a mailbox in which nothing has happened. Pts begin at 1: clients read 0 as "not known".
    #[must_use]
    pub fn first() -> Self {
        Self { pts: Pts(1), placed: Some(MsgId(0)), ..Self::default() }
    }

    /// The pinned dialogs of a list.
    #[must_use]
    pub fn pinned_in(&self, folder: i32) -> &[Peer] {
        if folder == 0 { &self.pinned } else { &self.pinned_archived }
    }

    pub(super) fn pinned_in_mut(&mut self, folder: i32) -> &mut Vec<Peer> {
        if folder == 0 { &mut self.pinned } else { &mut self.pinned_archived }
    }

    pub(super) fn unpin(&mut self, peer: Peer) {
        self.pinned.retain(|pinned| *pinned != peer);
        self.pinned_archived.retain(|pinned| *pinned != peer);
    }
}

impl Stored for Head {
    const WHAT: &'static str = "mailbox head";
}
