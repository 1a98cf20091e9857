//! The second log: durable changes whose updates carry no pts. They come back in a difference's `other_updates`.
//!
//! An entry says what changed, not its new value: whoever renders it reads the current value, so an old entry never shows
//! an old draft.

use minicbor::{Decode, Encode};

use crate::codec::Stored;
use crate::{MsgId, Peer, Pts, UserId};

/// What changed. Numbers are on-disk format.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Change {
    /// A draft was written or cleared.
    #[n(0)]
    Draft {
        /// Where.
        #[n(0)]
        peer: Peer,
        /// Whether there is one now.
        #[n(1)]
        present: bool,
    },
    /// A dialog was pinned or unpinned.
    #[n(1)]
    DialogPinned {
        /// Which.
        #[n(0)]
        peer: Peer,
        /// Its list.
        #[n(1)]
        folder: i32,
        /// Pinned or not.
        #[n(2)]
        pinned: bool,
    },
    /// The pinned dialogs of a list are now these, in this order.
    #[n(2)]
    PinnedOrder {
        /// Which list.
        #[n(0)]
        folder: i32,
        /// From the top.
        #[n(1)]
        order: Vec<Peer>,
    },
    /// A dialog was marked as unread by hand, or no longer is.
    #[n(3)]
    UnreadMark {
        /// Which.
        #[n(0)]
        peer: Peer,
        /// Marked or not.
        #[n(1)]
        unread: bool,
    },
    /// A folder was made, changed or removed.
    #[n(4)]
    Filter {
        /// Which.
        #[n(0)]
        id: i32,
        /// Whether it exists now.
        #[n(1)]
        present: bool,
    },
    /// The order of folders.
    #[n(5)]
    FilterOrder {
        /// From the left.
        #[n(0)]
        order: Vec<i32>,
    },
    /// The bar above a dialog ("add contact, block …") was hidden.
    #[n(6)]
    BarHidden {
        /// Where.
        #[n(0)]
        peer: Peer,
    },
    /// The pinned dialogs of Saved Messages are now these.
    #[n(7)]
    SavedPinnedOrder {
        /// From the top.
        #[n(0)]
        order: Vec<Peer>,
    },
    /// Messages to and from this peer disappear after so many seconds (0: no longer).
    #[n(8)]
    HistoryTtl {
        /// Where.
        #[n(0)]
        peer: Peer,
        /// Seconds.
        #[n(1)]
        seconds: i32,
    },
    /// The time of reading was learnt (kept for the log only).
    #[n(9)]
    ReadDate {
        /// Where.
        #[n(0)]
        peer: Peer,
        /// Up to which message.
        #[n(1)]
        max_id: MsgId,
    },
    /// A peer was blocked or unblocked.
    #[n(20)]
    Blocked {
        /// Whom.
        #[n(0)]
        peer: Peer,
        /// Blocked or not.
        #[n(1)]
        blocked: bool,
    },
    /// The contact list changed as a whole.
    #[n(21)]
    ContactsReset,
    /// What this mailbox's owner sees of a contact changed (added, removed, renamed).
    #[n(22)]
    Contact {
        /// Who.
        #[n(0)]
        user: UserId,
    },
    /// A person's name or usernames changed.
    #[n(23)]
    UserName {
        /// Whose.
        #[n(0)]
        user: UserId,
    },
    /// A person's phone changed.
    #[n(24)]
    UserPhone {
        /// Whose.
        #[n(0)]
        user: UserId,
    },
    /// Something else about a person changed (photo, about, emoji status …).
    #[n(25)]
    User {
        /// Who.
        #[n(0)]
        user: UserId,
    },
    /// Privacy rules changed.
    #[n(26)]
    Privacy {
        /// Which key, as `people` numbers them.
        #[n(0)]
        key: u8,
    },
    /// Notification settings changed; `None` stands for the defaults of a kind.
    #[n(27)]
    Notify {
        /// For one peer.
        #[n(0)]
        peer: Option<Peer>,
        /// For a kind of peers, as `people` numbers them.
        #[n(1)]
        kind: u8,
    },
    /// Somebody signed in with this account elsewhere.
    #[n(28)]
    NewAuthorization {
        /// The authorisation's public hash.
        #[n(0)]
        hash: i64,
    },
    /// The bar above a dialog changed for a reason outside the mailbox.
    #[n(29)]
    PeerSettings {
        /// Where.
        #[n(0)]
        peer: Peer,
    },
    /// Something about a group changed of which no message tells.
    #[n(30)]
    Chat {
        /// Which.
        #[n(0)]
        chat: i64,
        /// What.
        #[n(1)]
        note: ChatNote,
    },
}

/// What changed about a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ChatNote {
    /// What members may do.
    #[n(0)]
    Rights,
    /// Whether this member administers it.
    #[n(1)]
    Admin(#[n(0)] UserId),
    /// Its description.
    #[n(2)]
    About,
}

/// One entry of the second log; its key holds date and seq.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ChangeRecord {
    /// The pts of the mailbox when it was written: orders the two logs against each other on replay.
    #[n(0)]
    pub pts_at: Pts,
    /// What changed.
    #[n(1)]
    pub change: Change,
}

impl Stored for ChangeRecord {
    const WHAT: &'static str = "change";
}
