//! Making a group, and bringing people into it.

use store::{Batch, Check};

use super::change::{News, Title, everybody, risen};
use super::kept::record_key;
use super::record::{Chat, Member, Rights};
use crate::codec::encode;
use crate::limits::chats::{CHATS_PER_PERSON, MEMBERS_MAX};
use crate::limits::{self};
use crate::mailbox::{Action, Entry};
use crate::people::flood::Act;
use crate::people::privacy::PrivacyKey;
use crate::{Actor, Platform, PlatformError, Refusal, UserId};

/// Smallest and largest number of a group: every client of the last ten years reads these.
const IDS: std::ops::RangeInclusive<i64> = 1_000_000..=2_147_483_646;

/// A group that was made.
pub struct Created {
    /// It.
    pub chat: Chat,
    /// What the maker's mailbox says of it.
    pub entries: Vec<Entry>,
    /// Whom the maker could not bring.
    pub missing: Vec<UserId>,
}

/// What came of bringing somebody.
pub struct Newcomers {
    /// What the actor's mailbox says of it.
    pub entries: Vec<Entry>,
    /// Whom the actor could not bring.
    pub missing: Vec<UserId>,
}

/// The first record of a group.
pub(super) fn put_new(batch: &mut Batch, chat: &Chat) {
    let key = record_key(chat.id);
    batch.checks.push(Check::Absent(key.clone()));
    batch.put(key, encode(chat));
}

impl Platform {
    /// Makes a group with these people in it. Those whose privacy does not let the maker bring them are left out.
    ///
    /// # Errors
    /// [`Refusal::UsersTooMuch`], [`Refusal::FloodWait`], or trouble of the store.
    pub async fn create_chat(&self, actor: Actor, title: Title, users: &[UserId]) -> Result<Created, PlatformError> {
        if users.len() >= MEMBERS_MAX {
            return Err(Refusal::UsersTooMuch.into());
        }
        self.count_own(Act::CreateChat, actor.user, 1, CHATS_PER_PERSON)?;
        let (mut brought, mut missing) = (Vec::new(), Vec::new());
        for user in users.iter().copied().filter(|user| *user != actor.user) {
            if brought.contains(&user) || missing.contains(&user) {
                continue;
            }
            if self.may_bring(actor.user, user).await? { brought.push(user) } else { missing.push(user) }
        }
        let now = self.now();
        let member = |user| Member { user, inviter: actor.user, date: now, is_admin: false };
        let mut chat = Chat {
            id: 0,
            title: title.0,
            date: now,
            version: 1,
            creator: actor.user,
            members: std::iter::once(actor.user).chain(brought.iter().copied()).map(member).collect(),
            banned: Rights::NONE,
            photo: None,
            about: String::new(),
            deleted: false,
            removed: Vec::new(),
        };
        for _ in 0..limits::ID_ATTEMPTS_MAX {
            chat.id = self.random_chat_id();
            let news = News::Message(Action::ChatCreate(chat.title.clone(), brought.clone()));
            let turned = everybody(chat, actor, news);
            match self.write_chat(actor, None, &turned, |_| ()).await {
                Ok(entries) => return Ok(Created { chat: turned.after, entries, missing }),
                Err(error) if error.is_conflict() => chat = turned.after,
                Err(error) => return Err(error),
            }
        }
        Err(store::StoreError::Conflict.into())
    }

    fn random_chat_id(&self) -> i64 {
        let span = IDS.end() - IDS.start() + 1;
        IDS.start() + self.random_i64().rem_euclid(span)
    }

    /// Whether this person's account, blocks and privacy let the actor bring them into a group.
    async fn may_bring(&self, actor: UserId, user: UserId) -> Result<bool, PlatformError> {
        let Some(person) = self.person(user).await?.filter(|person| !person.is_deleted()) else { return Ok(false) };
        if user == crate::SERVICE_USER_ID {
            return Ok(false);
        }
        let relation = self.relation(actor, user).await?;
        Ok(!relation.blocked_by && person.privacy.allows(PrivacyKey::ChatInvite, actor, &relation))
    }

    /// Brings somebody into a group, or comes back to one that one left.
    ///
    /// # Errors
    /// [`Refusal::UserAlreadyParticipant`], [`Refusal::UsersTooMuch`], [`Refusal::ChatAdminRequired`],
    /// [`Refusal::UserDeactivated`], [`Refusal::ChatIdInvalid`], trouble of the store.
    pub async fn add_chat_user(&self, actor: Actor, id: i64, user: UserId) -> Result<Newcomers, PlatformError> {
        let is_back = user == actor.user;
        if !is_back && self.person(user).await?.is_some_and(|person| person.is_deleted()) {
            return Err(Refusal::UserDeactivated.into());
        }
        if is_back {
            self.known_chat(user, id).await?;
        }
        let alone = if is_back { self.alone_with_chat(id).await? } else { self.own_chat(actor.user, id).await? };
        let before = alone.chat().clone();
        check_coming(&before, user)?;
        if is_back && before.removed.contains(&user) {
            return Err(Refusal::ChatWriteForbidden.into());
        }
        if !is_back {
            before.require(actor.user, Rights::INVITE_USERS)?;
            if !self.may_bring(actor.user, user).await? {
                return Ok(Newcomers { entries: Vec::new(), missing: vec![user] });
            }
        }
        let after = with_member(&before, user, actor.user, self.now());
        let turned = everybody(after, actor, News::Message(Action::ChatAdd(vec![user])));
        let entries = self.turn_chat(actor, alone, turned).await?;
        Ok(Newcomers { entries, missing: Vec::new() })
    }
}

/// Refuses who cannot come in.
pub(super) fn check_coming(chat: &Chat, user: UserId) -> Result<(), Refusal> {
    if chat.deleted {
        return Err(Refusal::ChatIdInvalid);
    }
    if chat.has(user) {
        return Err(Refusal::UserAlreadyParticipant);
    }
    if chat.members.len() >= MEMBERS_MAX { Err(Refusal::UsersTooMuch) } else { Ok(()) }
}

/// The group with one more member.
pub(super) fn with_member(before: &Chat, user: UserId, inviter: UserId, now: i32) -> Chat {
    let mut after = risen(before);
    after.members.push(Member { user, inviter, date: now, is_admin: false });
    after.removed.retain(|removed| *removed != user);
    after
}
