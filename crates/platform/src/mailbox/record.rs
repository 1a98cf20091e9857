//! What is stored of a message. One record is the message, its entry in the pts log and its `random_id` at once; a second,
//! empty one files it under its peer. Fields are numbered and optional ones may be added, so that releases read each other.

use minicbor::{Decode, Encode};

use super::event::LetterMark;
use crate::codec::Stored;
use crate::media::{Document, DocumentKind, MediumId, Photo};
use crate::{MsgId, Peer, Pts, UserId};

/// Yes-or-no properties of a message, packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Flags(#[n(0)] pub u32);

impl Flags {
    /// The owner of this mailbox wrote it.
    pub const OUT: Self = Self(1);
    /// No sound for the receiver.
    pub const SILENT: Self = Self(1 << 1);
    /// May not be forwarded or saved.
    pub const NOFORWARDS: Self = Self(1 << 2);
    /// Pinned in its dialog.
    pub const PINNED: Self = Self(1 << 3);
    /// Its voice or video was not played yet.
    pub const MEDIA_UNREAD: Self = Self(1 << 4);
    /// The owner of this mailbox is mentioned.
    pub const MENTIONED: Self = Self(1 << 5);
    /// The edit is not shown as one.
    pub const EDIT_HIDE: Self = Self(1 << 6);
    /// Media stand below the text.
    pub const INVERT_MEDIA: Self = Self(1 << 7);
    /// The sender wanted no preview of links.
    pub const NO_WEBPAGE: Self = Self(1 << 8);

    /// Whether all of `other` are set.
    #[must_use]
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// With these set or cleared.
    #[must_use]
    pub fn with(self, other: Self, on: bool) -> Self {
        Self(if on { self.0 | other.0 } else { self.0 & !other.0 })
    }
}

/// The copy of the same message in another mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Sibling {
    /// Whose mailbox.
    #[n(0)]
    pub owner: UserId,
    /// Its number there; 0 when only that mailbox knows it (see [`crate::outbox`]).
    #[n(1)]
    pub id: MsgId,
}

/// What a message answers, in the numbers of this mailbox.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub struct Reply {
    /// The message answered; `None` when this mailbox has no copy of it.
    #[n(0)]
    pub id: Option<MsgId>,
    /// Where it is, if in another conversation.
    #[n(1)]
    pub peer: Option<Peer>,
    /// The part of it that is quoted.
    #[n(2)]
    pub quote: Option<Quote>,
}

/// A quoted part of a message.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub struct Quote {
    /// The words.
    #[n(0)]
    pub text: String,
    /// Their styles.
    #[n(1)]
    pub entities: Vec<Entity>,
    /// Where they begin in the answered message, in UTF-16 units.
    #[n(2)]
    pub offset: Option<i32>,
}

/// Where a forwarded message comes from.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode)]
pub struct Forward {
    /// The first author, if they let themselves be named.
    #[n(0)]
    pub from: Option<Peer>,
    /// Only the first author's name, if they do not.
    #[n(1)]
    pub from_name: Option<String>,
    /// When the first one was written.
    #[n(2)]
    pub date: i32,
    /// In Saved Messages: the conversation it was forwarded from.
    #[n(3)]
    pub saved_from: Option<Peer>,
    /// In Saved Messages: its number there.
    #[n(4)]
    pub saved_from_id: Option<MsgId>,
}

/// A style or a link in a text; offset and length in UTF-16 code units.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Entity {
    /// First unit.
    #[n(0)]
    pub offset: i32,
    /// Number of units.
    #[n(1)]
    pub length: i32,
    /// What it is.
    #[n(2)]
    pub kind: EntityKind,
}

/// Kinds of [`Entity`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[allow(missing_docs)]
pub enum EntityKind {
    #[n(0)]
    Mention,
    #[n(1)]
    Hashtag,
    #[n(2)]
    BotCommand,
    #[n(3)]
    Url,
    #[n(4)]
    Email,
    #[n(5)]
    Bold,
    #[n(6)]
    Italic,
    #[n(7)]
    Code,
    #[n(8)]
    Pre(#[n(0)] String),
    #[n(9)]
    TextUrl(#[n(0)] String),
    #[n(10)]
    MentionName(#[n(0)] UserId),
    #[n(11)]
    Phone,
    #[n(12)]
    Cashtag,
    #[n(13)]
    Underline,
    #[n(14)]
    Strike,
    #[n(15)]
    BankCard,
    #[n(16)]
    Spoiler,
    #[n(17)]
    CustomEmoji(#[n(0)] i64),
    #[n(18)]
    Blockquote(#[n(0)] bool),
}

/// What is attached. Rendering a message reads nothing else: photos and documents are described whole.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum Media {
    /// A contact's card.
    #[n(0)]
    Contact {
        /// Digits, as the sender gave them.
        #[n(0)]
        phone: String,
        /// Given name.
        #[n(1)]
        first_name: String,
        /// Family name.
        #[n(2)]
        last_name: String,
        /// The card's full text.
        #[n(3)]
        vcard: String,
        /// The person, if they are here.
        #[n(4)]
        user: Option<UserId>,
    },
    /// A die (or another emoji of chance) and how it fell.
    #[n(1)]
    Dice {
        /// Which emoji.
        #[n(0)]
        emoticon: String,
        /// How it fell, from 1.
        #[n(1)]
        value: i32,
    },
    /// A place, in millionths of a degree.
    #[n(2)]
    Geo {
        /// North.
        #[n(0)]
        latitude: i32,
        /// East.
        #[n(1)]
        longitude: i32,
    },
    /// A photo.
    #[n(10)]
    Photo {
        /// It.
        #[n(0)]
        photo: Photo,
        /// Covered until it is touched.
        #[n(1)]
        spoiler: bool,
    },
    /// A file, video, voice, sticker …
    #[n(11)]
    Document {
        /// It.
        #[n(0)]
        document: Document,
        /// Covered until it is touched.
        #[n(1)]
        spoiler: bool,
    },
    /// A place with a name.
    #[n(12)]
    Venue {
        /// North, in millionths of a degree.
        #[n(0)]
        latitude: i32,
        /// East, in millionths of a degree.
        #[n(1)]
        longitude: i32,
        /// Its name.
        #[n(2)]
        title: String,
        /// Where it is, in words.
        #[n(3)]
        address: String,
        /// Who knows it: a directory, its number and its kind there.
        #[n(4)]
        directory: [String; 3],
    },
}

impl Media {
    /// The medium whose bytes the message holds.
    #[must_use]
    pub fn medium(&self) -> Option<MediumId> {
        match self {
            Self::Photo { photo, .. } => Some(photo.id),
            Self::Document { document, .. } => Some(document.id),
            _ => None,
        }
    }

    /// What a document is shown as.
    #[must_use]
    pub fn document_kind(&self) -> Option<DocumentKind> {
        match self {
            Self::Document { document, .. } => Some(document.kind()),
            _ => None,
        }
    }

    /// Whether the receiver's hearing or seeing it is told to the sender.
    #[must_use]
    pub fn is_played(&self) -> bool {
        matches!(self.document_kind(), Some(DocumentKind::Voice | DocumentKind::RoundVideo))
    }
}

/// What a service message says happened.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum Action {
    /// The answered message was pinned.
    #[n(0)]
    PinMessage,
    /// The history was emptied here.
    #[n(1)]
    HistoryClear,
    /// A contact signed up.
    #[n(2)]
    ContactSignUp,
    /// Messages disappear after so many seconds (0: no longer).
    #[n(3)]
    HistoryTtl(#[n(0)] i32),
    /// Words of the server.
    #[n(4)]
    Custom(#[n(0)] String),
    /// A group was made, with this title and these people.
    #[n(10)]
    ChatCreate(#[n(0)] String, #[n(1)] Vec<UserId>),
    /// These people were added to the group; the author alone: came back.
    #[n(11)]
    ChatAdd(#[n(0)] Vec<UserId>),
    /// This person was taken out of the group, or left it.
    #[n(12)]
    ChatDelete(#[n(0)] UserId),
    /// The author came by a link that this person made.
    #[n(13)]
    ChatJoinedByLink(#[n(0)] UserId),
    /// The group has a new title.
    #[n(14)]
    ChatTitle(#[n(0)] String),
    /// The group has a new photo.
    #[n(15)]
    ChatPhoto(#[n(0)] Photo),
    /// The group has no photo any more.
    #[n(16)]
    ChatPhotoGone,
}

/// A message in one mailbox; its number there is in the key.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Message {
    /// The pts of the mailbox when it came: new messages' ids and pts rise together, so this record is the log entry too.
    #[n(0)]
    pub pts: Pts,
    /// When it was sent, in seconds since the epoch.
    #[n(1)]
    pub date: i32,
    /// The conversation.
    #[n(2)]
    pub peer: Peer,
    /// Who wrote it.
    #[n(3)]
    pub from: Peer,
    /// Packed properties.
    #[n(4)]
    pub flags: Flags,
    /// The words.
    #[n(5)]
    pub text: String,
    /// Styles and links, sorted.
    #[n(6)]
    pub entities: Vec<Entity>,
    /// The sender's own number for it: a repeated send is recognised by it. Only in the sender's copy.
    #[n(7)]
    pub random_id: Option<i64>,
    /// The copy in the other person's mailbox.
    #[n(8)]
    pub sibling: Option<Sibling>,
    /// What it answers.
    #[n(9)]
    pub reply: Option<Reply>,
    /// Where it comes from.
    #[n(10)]
    pub forward: Option<Forward>,
    /// When it was last edited.
    #[n(11)]
    pub edit_date: Option<i32>,
    /// A service message's action.
    #[n(12)]
    pub action: Option<Action>,
    /// What is attached.
    #[n(13)]
    pub media: Option<Media>,
    /// Album.
    #[n(14)]
    pub grouped_id: Option<i64>,
    /// The inline bot it was made with.
    #[n(15)]
    pub via_bot: Option<UserId>,
    /// Disappears after so many seconds.
    #[n(16)]
    pub ttl_seconds: Option<i32>,
    /// In Saved Messages: under whom it is filed.
    #[n(17)]
    pub saved_peer: Option<Peer>,
    /// The number of the author's letter that brought it, if one did.
    #[n(18)]
    pub letter: Option<i64>,
}

impl Message {
    /// A plain message; the writer sets pts.
    #[must_use]
    pub fn text(peer: Peer, from: UserId, date: i32, text: impl Into<String>) -> Self {
        Self {
            pts: Pts(0),
            date,
            peer,
            from: Peer::User(from),
            flags: Flags::default(),
            text: text.into(),
            entities: Vec::new(),
            random_id: None,
            sibling: None,
            reply: None,
            forward: None,
            edit_date: None,
            action: None,
            media: None,
            grouped_id: None,
            via_bot: None,
            ttl_seconds: None,
            saved_peer: None,
            letter: None,
        }
    }

    /// The medium whose bytes it holds.
    #[must_use]
    pub fn medium(&self) -> Option<MediumId> {
        match &self.action {
            Some(Action::ChatPhoto(photo)) => Some(photo.id),
            _ => self.media.as_ref().and_then(Media::medium),
        }
    }

    /// By whose letter it came, if by any: whoever wrote it.
    #[must_use]
    pub fn letter_mark(&self) -> Option<LetterMark> {
        Some(LetterMark { from: self.from.user()?, number: self.letter? })
    }

    /// Whether the owner of the mailbox wrote it.
    #[must_use]
    pub fn is_out(&self) -> bool {
        self.flags.has(Flags::OUT)
    }
}

impl Stored for Message {
    const WHAT: &'static str = "message";
}

/// A message and its number.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbered {
    /// Its number in this mailbox.
    pub id: MsgId,
    /// The message.
    pub message: std::sync::Arc<Message>,
}
