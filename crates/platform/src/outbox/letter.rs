//! What is stored of a letter.

use minicbor::{Decode, Encode};

use crate::codec::Stored;
use crate::mailbox::{Message, Numbered};
use crate::media::MediumId;
use crate::messages::Edited;
use crate::{MsgId, UserId};

/// A message, named by a number that whoever names it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Name {
    /// By the number in the mailbox that the effect is on.
    #[n(0)]
    Theirs(#[n(0)] MsgId),
    /// By the number in the mailbox of whoever wrote it, and now names it.
    #[n(1)]
    Authors(#[n(0)] MsgId),
}

impl Name {
    /// The other mailbox with a copy of this message, and the name of that copy there.
    #[must_use]
    pub fn of_counterpart(own: &Numbered) -> Option<(UserId, Self)> {
        let sibling = own.message.sibling?;
        let name = if sibling.id.0 > 0 { Self::Theirs(sibling.id) } else { Self::Authors(own.id) };
        Some((sibling.owner, name))
    }
}

/// What a deed of one person does to the mailbox of another.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum Effect {
    /// A message comes.
    #[n(0)]
    Message {
        /// The recipient's copy, without its numbers.
        #[n(0)]
        message: Box<Message>,
        /// What it answers.
        #[n(1)]
        answers: Option<Name>,
    },
    /// A message is edited.
    #[n(1)]
    Edit {
        /// Which.
        #[n(0)]
        which: Name,
        /// What it is now.
        #[n(1)]
        edited: Box<Edited>,
        /// Another medium than before.
        #[n(2)]
        is_new_medium: bool,
    },
    /// Messages go.
    #[n(2)]
    Delete {
        /// Which.
        #[n(0)]
        which: Vec<Name>,
    },
    /// The actor read what the owner of the mailbox wrote.
    #[n(3)]
    Read {
        /// Up to and including, in the owner's numbers.
        #[n(0)]
        upto: MsgId,
    },
    /// The actor played voices and videos.
    #[n(4)]
    Played {
        /// Which.
        #[n(0)]
        which: Vec<Name>,
    },
    /// Messages are pinned or unpinned.
    #[n(5)]
    Pin {
        /// Which.
        #[n(0)]
        which: Vec<Name>,
        /// Pinned or unpinned.
        #[n(1)]
        pinned: bool,
    },
}

impl Effect {
    /// The medium that must be there when it happens.
    #[must_use]
    pub fn medium(&self) -> Option<MediumId> {
        match self {
            Self::Message { message, .. } => message.medium(),
            Self::Edit { edited, is_new_medium: true, .. } => edited.medium(),
            _ => None,
        }
    }
}

/// A letter; its key says whose, the how manieth, and to whom.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub(crate) struct Letter {
    /// When the deed was done.
    #[n(0)]
    pub date: i32,
    /// What it does.
    #[n(1)]
    pub effect: Effect,
}

impl Stored for Letter {
    const WHAT: &'static str = "letter";
}

/// The number of a letter, as a record of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Number {
    #[n(0)]
    pub number: i64,
}

impl Stored for Number {
    const WHAT: &'static str = "number of a letter";
}
