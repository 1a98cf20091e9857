//! What is stored of a letter.

use minicbor::{Decode, Encode};

use crate::codec::Stored;
use crate::mailbox::{Change, Message, Numbered};
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
    /// A group's message, by its author's number.
    #[n(2)]
    InChat {
        /// In which group.
        #[n(0)]
        chat: i64,
        /// Who wrote it.
        #[n(1)]
        author: UserId,
        /// The author's number.
        #[n(2)]
        id: MsgId,
    },
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
    /// Something is told that carries no pts.
    #[n(6)]
    Changed(#[n(0)] Change),
    /// The actor read what the owner of the mailbox wrote in a group.
    #[n(7)]
    ReadInChat {
        /// Up to and including, in the owner's numbers.
        #[n(0)]
        upto: MsgId,
        /// In which group.
        #[n(1)]
        chat: i64,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Peer;
    use crate::codec::{decode, encode};

    #[test]
    fn a_letter_is_read_as_it_was_written_and_never_in_part() {
        let message = Box::new(Message::text(Peer::User(UserId(1)), UserId(1), 7, "beat"));
        let edited = Box::new(Edited { text: "beat".into(), entities: Vec::new(), media: None });
        let which = vec![
            Name::Theirs(MsgId(3)),
            Name::Authors(MsgId(4)),
            Name::InChat { chat: 3, author: UserId(2), id: MsgId(5) },
        ];
        let effects = [
            Effect::Message { message, answers: Some(Name::Authors(MsgId(2))) },
            Effect::Edit { which: which[0], edited, is_new_medium: true },
            Effect::Delete { which: which.clone() },
            Effect::Read { upto: MsgId(9) },
            Effect::ReadInChat { upto: MsgId(9), chat: 3 },
            Effect::Played { which: which.clone() },
            Effect::Pin { which, pinned: true },
            Effect::Changed(Change::Chat { chat: 3, note: crate::mailbox::ChatNote::About }),
        ];
        for effect in effects {
            let letter = Letter { date: 1_800_000_000, effect };
            let written = encode(&letter);
            assert_eq!(decode::<Letter>(&written).unwrap(), letter);
            for length in 0..written.len() {
                assert!(decode::<Letter>(&written[..length]).is_err(), "{length} of {letter:?}");
            }
        }
    }
}
