//! What is stored of a basic group: one record, small enough to be read and written whole.

use minicbor::{Decode, Encode};

use crate::codec::Stored;
use crate::mailbox::{Media, Message};
use crate::media::{DocumentKind, Photo};
use crate::{Refusal, UserId};

/// What members may do, packed; as a ban: what they may not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Rights(#[n(0)] pub u32);

#[allow(missing_docs)]
impl Rights {
    pub const NONE: Self = Self(0);
    pub const SEND_MESSAGES: Self = Self(1);
    pub const SEND_MEDIA: Self = Self(1 << 1);
    pub const SEND_STICKERS: Self = Self(1 << 2);
    pub const SEND_GIFS: Self = Self(1 << 3);
    pub const SEND_GAMES: Self = Self(1 << 4);
    pub const SEND_INLINE: Self = Self(1 << 5);
    pub const EMBED_LINKS: Self = Self(1 << 6);
    pub const SEND_POLLS: Self = Self(1 << 7);
    pub const CHANGE_INFO: Self = Self(1 << 8);
    pub const INVITE_USERS: Self = Self(1 << 9);
    pub const PIN_MESSAGES: Self = Self(1 << 10);
    pub const SEND_PHOTOS: Self = Self(1 << 11);
    pub const SEND_VIDEOS: Self = Self(1 << 12);
    pub const SEND_ROUND_VIDEOS: Self = Self(1 << 13);
    pub const SEND_MUSIC: Self = Self(1 << 14);
    pub const SEND_VOICES: Self = Self(1 << 15);
    pub const SEND_FILES: Self = Self(1 << 16);
    pub const SEND_PLAIN: Self = Self(1 << 17);
    pub const SEND_REACTIONS: Self = Self(1 << 18);

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

/// A member of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Member {
    /// Who.
    #[n(0)]
    pub user: UserId,
    /// Who brought them; themselves, if they made the group.
    #[n(1)]
    pub inviter: UserId,
    /// Since when.
    #[n(2)]
    pub date: i32,
    /// Whether the group's maker lets them administer it.
    #[n(3)]
    pub is_admin: bool,
}

/// A basic group.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Chat {
    /// Its number, the same for everybody.
    #[n(0)]
    pub id: i64,
    /// What it is called.
    #[n(1)]
    pub title: String,
    /// When it was made.
    #[n(2)]
    pub date: i32,
    /// Rises with each change of what clients keep of it.
    #[n(3)]
    pub version: i32,
    /// Who made it.
    #[n(4)]
    pub creator: UserId,
    /// Its members, in the order in which they came.
    #[n(5)]
    pub members: Vec<Member>,
    /// What members who do not administer it may not do.
    #[n(6)]
    pub banned: Rights,
    /// Its photo.
    #[n(7)]
    pub photo: Option<Photo>,
    /// Its description.
    #[n(8)]
    pub about: String,
    /// It was deleted: nobody is in it and nobody comes back.
    #[n(9)]
    pub deleted: bool,
    /// Who was taken out and not brought back: no link leads them in again.
    #[n(10)]
    pub removed: Vec<UserId>,
}

impl Stored for Chat {
    const WHAT: &'static str = "group";
}

impl Chat {
    /// A member, if this person is one.
    #[must_use]
    pub fn member(&self, user: UserId) -> Option<&Member> {
        self.members.iter().find(|member| member.user == user)
    }

    /// Whether this person is in it.
    #[must_use]
    pub fn has(&self, user: UserId) -> bool {
        self.member(user).is_some()
    }

    /// Whether this person made it, and is in it.
    #[must_use]
    pub fn is_creator(&self, user: UserId) -> bool {
        self.creator == user && self.has(user)
    }

    /// Whether this person administers it.
    #[must_use]
    pub fn is_admin(&self, user: UserId) -> bool {
        self.member(user).is_some_and(|member| member.is_admin || self.creator == user)
    }

    /// Whether this person may do that.
    #[must_use]
    pub fn may(&self, user: UserId, right: Rights) -> bool {
        self.is_admin(user) || (self.has(user) && !self.banned.has(right))
    }

    /// Everybody in it but this person.
    pub fn others(&self, user: UserId) -> impl Iterator<Item = UserId> {
        self.members.iter().map(|member| member.user).filter(move |other| *other != user)
    }

    /// Refuses what is not for this person to do.
    pub(crate) fn require(&self, user: UserId, right: Rights) -> Result<(), Refusal> {
        if self.may(user, right) { Ok(()) } else { Err(Refusal::ChatAdminRequired) }
    }

    /// Refuses a message that this person may not write here (page "Channels, supergroups, gigagroups and basic groups").
    pub(crate) fn check_message(&self, sender: UserId, message: &Message) -> Result<(), Refusal> {
        if !self.has(sender) {
            return Err(Refusal::ChatWriteForbidden);
        }
        if self.is_admin(sender) || message.action.is_some() {
            return Ok(());
        }
        let (right, refusal) = kind_of(message);
        let is_media = message.media.is_some();
        if self.banned.has(Rights::SEND_MESSAGES) {
            return Err(Refusal::ChatWriteForbidden);
        }
        if is_media && self.banned.has(Rights::SEND_MEDIA) {
            return Err(Refusal::ChatSendMediaForbidden);
        }
        if self.banned.has(right) { Err(refusal) } else { Ok(()) }
    }
}

/// What a message takes, and what is said when that is forbidden.
fn kind_of(message: &Message) -> (Rights, Refusal) {
    let kind = message.media.as_ref().and_then(Media::document_kind);
    match (&message.media, kind) {
        (Some(Media::Photo { .. }), _) => (Rights::SEND_PHOTOS, Refusal::ChatSendPhotosForbidden),
        (_, Some(DocumentKind::Video)) => (Rights::SEND_VIDEOS, Refusal::ChatSendVideosForbidden),
        (_, Some(DocumentKind::Gif)) => (Rights::SEND_GIFS, Refusal::ChatSendGifsForbidden),
        (_, Some(DocumentKind::Sticker)) => (Rights::SEND_STICKERS, Refusal::ChatSendStickersForbidden),
        (_, Some(DocumentKind::Voice)) => (Rights::SEND_VOICES, Refusal::ChatSendVoicesForbidden),
        (_, Some(DocumentKind::RoundVideo)) => (Rights::SEND_ROUND_VIDEOS, Refusal::ChatSendRoundvideosForbidden),
        (_, Some(DocumentKind::Music)) => (Rights::SEND_MUSIC, Refusal::ChatSendAudiosForbidden),
        (_, Some(DocumentKind::File)) => (Rights::SEND_FILES, Refusal::ChatSendDocsForbidden),
        _ => (Rights::SEND_PLAIN, Refusal::ChatSendPlainForbidden),
    }
}

/// The numbers that a message's copies have, by mailbox. It lies under the group, beside no mailbox's records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Copies {
    #[n(0)]
    pub(crate) numbers: Vec<(UserId, crate::MsgId)>,
}

impl Stored for Copies {
    const WHAT: &'static str = "numbers of a message's copies";
}
