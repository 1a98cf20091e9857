//! The pts log: what happened to messages after they came. A new message is its own entry ([`super::Message`]).
//!
//! Entries carry the counters of the dialogs they touched as they were afterwards, so that replaying a tail from which
//! deleted messages are missing still ends at the true counts.

use minicbor::{Decode, Encode};

use super::dialog::Dialog;
use crate::codec::Stored;
use crate::{MsgId, Peer, UserId};

/// One entry; its key holds the pts after it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Event {
    /// By how much pts advanced.
    #[n(0)]
    pub pts_count: i32,
    /// When.
    #[n(1)]
    pub date: i32,
    /// What.
    #[n(2)]
    pub body: EventBody,
    /// The letter that brought it, if one did.
    #[n(3)]
    pub letter: Option<LetterMark>,
    /// Under which `random_id`s the messages that it took had been sent lately: a repeated send must not bring them back.
    #[n(4)]
    pub taken: Option<Vec<SentAs>>,
}

/// The client's number of a message that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SentAs {
    /// The client's.
    #[n(0)]
    pub random_id: i64,
    /// The mailbox's.
    #[n(1)]
    pub id: MsgId,
}

/// Which letter: numbers are the sender's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct LetterMark {
    /// Who wrote it.
    #[n(0)]
    pub from: UserId,
    /// The how manieth of theirs.
    #[n(1)]
    pub number: i64,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum EventBody {
    /// The record of this message was rewritten.
    #[n(0)]
    Edited {
        /// The message.
        #[n(0)]
        id: MsgId,
    },
    /// These messages are gone.
    #[n(1)]
    Deleted {
        /// Which.
        #[n(0)]
        ids: Vec<MsgId>,
        /// Their dialogs afterwards.
        #[n(1)]
        dialogs: Vec<DialogAfter>,
    },
    /// The owner read.
    #[n(2)]
    ReadInbox {
        /// Where.
        #[n(0)]
        peer: Peer,
        /// Up to and including.
        #[n(1)]
        max_id: MsgId,
        /// What is left.
        #[n(2)]
        unread: i32,
    },
    /// The other side read.
    #[n(3)]
    ReadOutbox {
        /// Where.
        #[n(0)]
        peer: Peer,
        /// Up to and including, in this mailbox's numbers.
        #[n(1)]
        max_id: MsgId,
    },
    /// Messages were pinned or unpinned.
    #[n(4)]
    Pinned {
        /// Where.
        #[n(0)]
        peer: Peer,
        /// Which.
        #[n(1)]
        ids: Vec<MsgId>,
        /// Pinned or unpinned.
        #[n(2)]
        pinned: bool,
    },
    /// Voices and videos were played.
    #[n(5)]
    ReadContents {
        /// Which.
        #[n(0)]
        ids: Vec<MsgId>,
    },
    /// Dialogs moved between the main list (0) and the archive (1).
    #[n(6)]
    Folder {
        /// Which.
        #[n(0)]
        peers: Vec<Peer>,
        /// Where to.
        #[n(1)]
        folder: i32,
    },
}

/// A dialog's counters after an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct DialogAfter {
    /// Which dialog.
    #[n(0)]
    pub peer: Peer,
    /// Unread messages.
    #[n(1)]
    pub unread: i32,
    /// Messages.
    #[n(2)]
    pub count: i32,
    /// Newest message; 0 when none is left, and then the dialog leaves the list.
    #[n(3)]
    pub top: MsgId,
    /// Its date.
    #[n(4)]
    pub top_date: i32,
    /// The last letter read from the peer: the message that said so may be gone.
    #[n(5)]
    pub letter: Option<i64>,
}

impl DialogAfter {
    /// A dialog as it is.
    #[must_use]
    pub fn of(dialog: &Dialog) -> Self {
        Self {
            peer: dialog.peer,
            unread: dialog.unread,
            count: dialog.count,
            top: dialog.top,
            top_date: dialog.top_date,
            letter: dialog.letter,
        }
    }
}

impl Stored for Event {
    const WHAT: &'static str = "event";
}
