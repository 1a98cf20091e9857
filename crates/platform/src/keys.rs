//! Where every record lives: owner kinds and suffixes. On-disk format, version 1: a number once used is never reused.

use store::{Key, Owner};

use crate::media::MediumId;
use crate::{AuthKeyId, UserId};

/// Owner kind bytes.
pub mod kind {
    /// A person's mailbox and everything else that is theirs.
    pub const USER: u8 = 1;
    /// A channel's mailbox.
    pub const CHANNEL: u8 = 2;
    /// An auth key and the device signed in with it.
    pub const AUTHORISATION: u8 = 3;
    /// A unique name: phone, username, invite …
    pub const NAME: u8 = 4;
    /// A medium.
    pub const MEDIUM: u8 = 5;
    /// The server itself.
    pub const SYSTEM: u8 = 6;
    /// A basic group.
    pub const CHAT: u8 = 7;
}

/// First suffix byte under a user (and, where it makes sense, under a channel).
pub mod user_suffix {
    /// Checkpoint of the mailbox head.
    pub const HEAD: u8 = 0x01;
    /// Checkpointed dialog projection; then the peer.
    pub const DIALOG: u8 = 0x02;
    /// A message; then msg_id u32 BE.
    pub const MESSAGE: u8 = 0x10;
    /// A run of places in a conversation (`mailbox/places.rs`); then peer kind u8, peer id i64 BE, the first msg_id u32 BE.
    pub const MESSAGE_INDEX: u8 = 0x11;
    /// A change that carries pts; then pts u32 BE.
    pub const EVENT: u8 = 0x12;
    /// The second log; then date u32 BE, seq u32 BE.
    pub const CHANGE: u8 = 0x13;
    /// A letter to another mailbox that was not taken there yet; then its number i64 BE, the recipient's id i64 BE.
    pub const LETTER: u8 = 0x16;
    /// The last letter read from a sender, where no entry of the log says so; then the sender's id i64 BE.
    pub const LETTER_READ: u8 = 0x17;
    /// The last number given to a letter when letters were last removed.
    pub const LETTERS_GIVEN: u8 = 0x18;
    /// Random ids beyond the message record.
    pub const RANDOM_ID: u8 = 0x14;
    /// The profile.
    pub const PROFILE: u8 = 0x20;
    /// A contact; then user id i64 BE.
    pub const CONTACT: u8 = 0x21;
    /// A blocked peer; then user id i64 BE.
    pub const BLOCKED: u8 = 0x22;
    /// Settings; then a kind byte and what that kind needs.
    pub const SETTINGS: u8 = 0x23;
    /// A draft; then the peer.
    pub const DRAFT: u8 = 0x24;
    /// A signed-in device; then auth_key_id i64 BE.
    pub const AUTHORISATION: u8 = 0x25;
    /// Who blocks this person; then user id i64 BE.
    pub const BLOCKED_BY: u8 = 0x27;
    /// Who has this person in their contacts; then user id i64 BE.
    pub const REVERSE_CONTACT: u8 = 0x26;
    /// Two-step verification; then a kind byte.
    pub const PASSWORD: u8 = 0x28;
    /// The invite that this person gives to others.
    pub const INVITE: u8 = 0x29;
    /// An upload; then the client's number for it i64 BE.
    pub const UPLOAD: u8 = 0x30;
    /// How much this person keeps here.
    pub const STORAGE: u8 = 0x31;
}

/// First suffix byte under a basic group.
pub mod chat_suffix {
    /// The group itself.
    pub const RECORD: u8 = 0x01;
    /// The numbers of a message's copies; then its author's id i64 BE, its number there u32 BE.
    pub const COPIES: u8 = 0x10;
    /// An invite link; then its code.
    pub const INVITE: u8 = 0x20;
    /// Who came by a link; then its code, a zero byte, user id i64 BE.
    pub const IMPORTER: u8 = 0x21;
}

/// First suffix byte under a medium.
pub mod medium_suffix {
    /// The medium itself.
    pub const RECORD: u8 = 0x01;
    /// Who holds it; then the holder.
    pub const REFERENCE: u8 = 0x02;
}

/// First suffix byte under an authorisation.
pub mod authorisation_suffix {
    /// The key itself.
    pub const KEY: u8 = 0x01;
    /// Under a temporary key: the permanent key it is bound to.
    pub const BINDING: u8 = 0x02;
    /// Who is signed in with this key.
    pub const SIGNED_IN: u8 = 0x03;
    /// Layer and device, as the client announced them.
    pub const CLIENT: u8 = 0x04;
    /// Under a permanent key: a temporary key bound to it; then its id i64 BE.
    pub const TEMPORARY: u8 = 0x05;
    /// A push token; then its type and token.
    pub const PUSH: u8 = 0x06;
    /// Who may sign in with this key once it gives their password.
    pub const WAITING: u8 = 0x07;
    /// Under a key of another DC: who let the device in by its login token; it goes on with its key at home.
    pub const LET_IN: u8 = 0x08;
    /// The number this key was given at the door, and the challenges it used.
    pub const AT_DOOR: u8 = 0x09;
}

/// First suffix byte under a name.
pub mod name_suffix {
    /// Who holds the name.
    pub const HOLDER: u8 = 0x01;
    /// Under a phone: the login code under way.
    pub const CODE: u8 = 0x02;
    /// Under a phone: a sign-up waiting for the operator, or allowed by them.
    pub const PENDING: u8 = 0x03;
    /// Under an invite: the invite.
    pub const INVITE: u8 = 0x05;
    /// Under an exported authorisation: whom it signs in.
    pub const EXPORT: u8 = 0x06;
    /// Under a phone: for whom this server's own number is kept.
    pub const RESERVATION: u8 = 0x0a;
    /// Under a phone: what was tried for it at the door.
    pub const PROOFS: u8 = 0x0b;
    /// Under a phone: until when nobody gets this server's own number again.
    pub const RESTING: u8 = 0x0c;
    /// Under a prefix of usernames: a username in it; then the username.
    pub const USERNAME: u8 = 0x09;
}

/// First suffix byte under the system owners.
pub mod system_suffix {
    /// Server secrets.
    pub const SECRET: u8 = 0x01;
    /// Switches the operator set at run time.
    pub const SWITCHES: u8 = 0x02;
    /// Audit log; then time in milliseconds i64 BE and a random u32.
    pub const AUDIT: u8 = 0x10;
    /// It is there while a backup is being restored into this store.
    pub const RESTORING: u8 = 0x7f;
    /// List of invites; then the code.
    pub const INVITE: u8 = 0x11;
    /// List of people; then user id i64 BE.
    pub const USER: u8 = 0x12;
    /// Sign-ups waiting for the operator; then the phone.
    pub const PENDING: u8 = 0x13;
    /// Sign-ups waiting for the operator, by who asked; then the keyed hash of their network u64 BE, the phone.
    pub const PENDING_OF: u8 = 0x16;
    /// What was reported of a person; then user id i64 BE.
    pub const REPORTED: u8 = 0x30;
    /// People who may have letters waiting; then user id i64 BE.
    pub const OUTBOX: u8 = 0x33;
    /// Who came, by time; then Unix seconds u32 BE, user id i64 BE.
    pub const ARRIVED: u8 = 0x32;
    /// Newcomers who are not yet made known to whoever invited them; then user id i64 BE.
    pub const INTRODUCTION: u8 = 0x15;
    /// The first bucket of timers that is not done. A bucket is an owner of its own: `t`, then its number u32 BE.
    pub const TIMER_CURSOR: u8 = 0x14;
}

/// What kind of unique name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// A phone number: digits, no plus.
    Phone,
    /// A username in lower case.
    Username,
    /// An invite code.
    Invite,
    /// An exported authorisation on its way to another DC.
    Export,
    /// The first letters of usernames, for search.
    UsernamePrefix,
    /// The code of a link that leads into a group.
    ChatInvite,
}

impl NameKind {
    fn byte(self) -> u8 {
        match self {
            Self::Phone => b'p',
            Self::Username => b'u',
            Self::Invite => b'i',
            Self::Export => b'e',
            Self::UsernamePrefix => b'x',
            Self::ChatInvite => b'c',
        }
    }
}

/// Lists of the server are spread over this many owners, so that a flood of sign-ups has no single hot shard.
pub const SYSTEM_SHARDS: u8 = 16;

/// The owner of a person's records.
#[must_use]
pub fn user(user_id: UserId) -> Owner {
    Owner::new(kind::USER, &user_id.0.to_be_bytes())
}

/// The owner of an auth key's records.
#[must_use]
pub fn authorisation(id: AuthKeyId) -> Owner {
    Owner::new(kind::AUTHORISATION, &id.0.to_be_bytes())
}

/// The owner of a unique name.
#[must_use]
pub fn name(kind_of_name: NameKind, name: &[u8]) -> Owner {
    let mut identity = Vec::with_capacity(1 + name.len());
    identity.push(kind_of_name.byte());
    identity.extend_from_slice(name);
    Owner::new(kind::NAME, &identity)
}

/// The owner of a medium's records.
#[must_use]
pub fn medium(id: MediumId) -> Owner {
    Owner::new(kind::MEDIUM, &id.0.to_be_bytes())
}

/// The owner of a basic group's records.
#[must_use]
pub fn chat(chat_id: i64) -> Owner {
    Owner::new(kind::CHAT, &chat_id.to_be_bytes())
}

/// The owner of what exists once a server: secrets, switches, invites, audit log.
#[must_use]
pub fn system() -> Owner {
    Owner::new(kind::SYSTEM, b"")
}

/// The owner of one part of the list of people.
#[must_use]
pub fn system_shard(shard: u8) -> Owner {
    Owner::new(kind::SYSTEM, &[shard % SYSTEM_SHARDS])
}

/// A suffix of a first byte and an id.
#[must_use]
pub fn suffix_id(first: u8, id: i64) -> Vec<u8> {
    let mut suffix = Vec::with_capacity(9);
    suffix.push(first);
    suffix.extend_from_slice(&id.to_be_bytes());
    suffix
}

/// The id of a suffix made by [`suffix_id`].
#[must_use]
pub fn id_of_suffix(suffix: &[u8]) -> Option<i64> {
    suffix.get(1..9)?.try_into().ok().map(i64::from_be_bytes)
}

/// A key under a person.
#[must_use]
pub fn user_key(user_id: UserId, suffix: &[u8]) -> Key {
    Key::new(&user(user_id), suffix)
}

/// A key under an auth key.
#[must_use]
pub fn authorisation_key(id: AuthKeyId, suffix: &[u8]) -> Key {
    Key::new(&authorisation(id), suffix)
}

/// A key under a name.
#[must_use]
pub fn name_key(kind_of_name: NameKind, text: &str, suffix: u8) -> Key {
    Key::new(&name(kind_of_name, text.as_bytes()), &[suffix])
}

/// The part of the list of people where a person stands.
#[must_use]
pub fn shard_of(user_id: UserId) -> Owner {
    system_shard(user_id.0.to_be_bytes()[7])
}

/// Where a person stands in the list of people.
#[must_use]
pub fn listed_user_key(user_id: UserId) -> Key {
    Key::new(&shard_of(user_id), &suffix_id(system_suffix::USER, user_id.0))
}

/// Where a person stands who may have letters waiting.
#[must_use]
pub fn outbox_key(user_id: UserId) -> Key {
    Key::new(&shard_of(user_id), &suffix_id(system_suffix::OUTBOX, user_id.0))
}

/// Where a newcomer stands who is not yet made known to whoever invited them.
#[must_use]
pub fn introduction_key(newcomer: UserId) -> Key {
    Key::new(&shard_of(newcomer), &suffix_id(system_suffix::INTRODUCTION, newcomer.0))
}
