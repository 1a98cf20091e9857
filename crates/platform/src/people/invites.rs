//! Invites: digits that let a bounded number of newcomers in, for a while, perhaps for one phone number only.

use store::{Batch, Check, Class, Key, Record};

use super::names::{Phone, scan_all};
use super::person::AccountState;
use crate::codec::{self, Stored};
use crate::keys::{self, NameKind, name_suffix, system_suffix};
use crate::{Platform, PlatformError, Refusal, UserId, limits};

/// An invite.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Invite {
    /// Digits only, so that any client's field for login codes takes them.
    #[n(0)]
    pub code: String,
    /// Unix seconds.
    #[n(1)]
    pub created_at: i32,
    /// Unix seconds; `None` for one that does not expire.
    #[n(2)]
    pub expires_at: Option<i32>,
    /// How many more may come in with it.
    #[n(3)]
    pub uses_left: u32,
    /// How many came in.
    #[n(4)]
    pub used: u32,
    /// Whether whoever comes in with it becomes an administrator.
    #[n(5)]
    pub is_admin: bool,
    /// The only number it is for.
    #[n(6)]
    pub phone: Option<String>,
    /// Taken back by the operator.
    #[n(7)]
    pub revoked: bool,
    /// The person who gives it to others; `None` for the operator's.
    #[n(8)]
    pub by: Option<UserId>,
}

impl Stored for Invite {
    const WHAT: &'static str = "invite";
}

impl Invite {
    /// Whether somebody may still come in with it.
    #[must_use]
    pub fn is_usable(&self, now: i32) -> bool {
        !self.revoked && self.uses_left > 0 && self.expires_at.is_none_or(|expires_at| expires_at > now)
    }
}

/// What an invite is to be.
#[derive(Clone, Debug)]
pub struct NewInvite {
    /// How many may come in with it.
    pub uses: u32,
    /// Seconds until it expires; `None` for never.
    pub seconds: Option<i32>,
    /// Whether it makes administrators.
    pub is_admin: bool,
    /// The only number it is for, if for one.
    pub phone: Option<String>,
}

/// An invite as it was read, to be used under the condition that it is still the same.
pub(crate) struct ReadInvite {
    pub(super) invite: Invite,
    pub(super) version: u64,
}

impl ReadInvite {
    pub(crate) fn code(&self) -> &str {
        &self.invite.code
    }

    pub(crate) fn by(&self) -> Option<UserId> {
        self.invite.by
    }

    pub(crate) fn makes_admin(&self) -> bool {
        self.invite.is_admin
    }

    pub(crate) fn spend_one_use(&self, batch: &mut Batch) {
        let invite = Invite {
            uses_left: self.invite.uses_left.saturating_sub(1),
            used: self.invite.used.saturating_add(1),
            ..self.invite.clone()
        };
        replace_invite(batch, &invite, self.version);
    }
}

fn invite_key(code: &str) -> Key {
    keys::name_key(NameKind::Invite, code, name_suffix::INVITE)
}

fn invite_list_key(code: &str) -> Key {
    let mut suffix = vec![system_suffix::INVITE];
    suffix.extend_from_slice(code.as_bytes());
    Key::new(&keys::system(), &suffix)
}

pub(super) fn replace_invite(batch: &mut Batch, invite: &Invite, version: u64) {
    let key = invite_key(&invite.code);
    batch.checks.push(Check::Version(key.clone(), version));
    batch.puts.push((key, Record { version: version + 1, value: codec::encode(invite) }));
}

/// Writes a new invite; the batch conflicts if there is one with this code.
pub(super) fn plan_invite(batch: &mut Batch, invite: &Invite) {
    let key = invite_key(&invite.code);
    batch.checks.push(Check::Absent(key.clone()));
    batch.puts.push((key, Record { version: 1, value: codec::encode(invite) }));
}

/// The digits of what was typed, if it can be an invite at all.
pub(super) fn invite_digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
    let possible = digits.len() == limits::INVITE_DIGITS as usize && digits.bytes().all(|byte| byte.is_ascii_digit());
    possible.then_some(digits)
}

impl Platform {
    /// The invite that this text is, if a newcomer with this number may use it now; `None` for one whose number is not
    /// known yet.
    pub(crate) async fn usable_invite(
        &self,
        text: &str,
        phone: Option<&Phone>,
    ) -> Result<Option<ReadInvite>, PlatformError> {
        let Some(code) = invite_digits(text) else { return Ok(None) };
        let Some(mut read) = self.read_invite(&code).await? else { return Ok(None) };
        read.invite.uses_left = self.uses_left_today(&read.invite).await?;
        let for_them =
            read.invite.phone.as_deref().is_none_or(|only| phone.is_some_and(|phone| phone.as_str() == only));
        let usable = for_them && read.invite.is_usable(self.now()) && self.may_invite(read.by()).await?;
        Ok(usable.then_some(read))
    }

    /// Whether whoever made an invite may let people in with it: the operator always, a person while they may.
    async fn may_invite(&self, by: Option<UserId>) -> Result<bool, PlatformError> {
        let Some(user_id) = by else { return Ok(true) };
        let person = self.person(user_id).await?;
        Ok(self.people_invite() && person.is_some_and(|person| person.profile.state == AccountState::Active))
    }

    pub(super) async fn read_invite(&self, code: &str) -> Result<Option<ReadInvite>, PlatformError> {
        let Some(record) = self.store().get(&invite_key(code)).await? else { return Ok(None) };
        Ok(Some(ReadInvite { invite: codec::decode(&record.value)?, version: record.version }))
    }

    /// Makes an invite.
    ///
    /// # Errors
    /// [`Refusal::PhoneNumberInvalid`], or trouble of the store.
    pub async fn create_invite(&self, new: NewInvite) -> Result<Invite, PlatformError> {
        let phone = new.phone.as_deref().map(Phone::parse).transpose()?.map(|phone| phone.as_str().to_owned());
        let now = self.now();
        for _ in 0..limits::ID_ATTEMPTS_MAX {
            let invite = Invite {
                code: self.new_invite_code(),
                created_at: now,
                expires_at: new.seconds.map(|seconds| now.saturating_add(seconds)),
                uses_left: new.uses,
                used: 0,
                is_admin: new.is_admin,
                phone: phone.clone(),
                revoked: false,
                by: None,
            };
            let mut batch = Batch::new(Class::C2);
            plan_invite(&mut batch, &invite);
            batch.put(invite_list_key(&invite.code), bytes::Bytes::new());
            match self.commit(batch).await {
                Ok(()) => return Ok(invite),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error),
            }
        }
        Err(PlatformError::Store(store::StoreError::Conflict))
    }

    pub(super) fn new_invite_code(&self) -> String {
        let number = u64::from_be_bytes(self.random()) % 10_u64.pow(limits::INVITE_DIGITS);
        format!("{number:0width$}", width = limits::INVITE_DIGITS as usize)
    }

    /// All invites of the operator, spent and revoked ones included. Those of people are theirs.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn invites(&self) -> Result<Vec<Invite>, PlatformError> {
        let mut invites = Vec::new();
        let mut scan = scan_all(keys::system(), vec![system_suffix::INVITE], limits::ADMIN_PAGE);
        loop {
            let page = self.store().scan(&scan).await?;
            for (suffix, _) in &page.items {
                let code = String::from_utf8_lossy(suffix.get(1..).unwrap_or_default()).into_owned();
                invites.extend(self.read_invite(&code).await?.map(|read| read.invite));
            }
            match page.next {
                Some(next) => scan.from = Some(next),
                None => return Ok(invites),
            }
        }
    }

    /// Takes an invite back; who came in with it stays.
    ///
    /// # Errors
    /// [`Refusal::HashInvalid`] when there is none, or trouble of the store.
    pub async fn revoke_invite(&self, code: &str) -> Result<(), PlatformError> {
        let code = invite_digits(code).ok_or(Refusal::HashInvalid)?;
        let read = self.read_invite(&code).await?.ok_or(Refusal::HashInvalid)?;
        let mut batch = Batch::new(Class::C2);
        replace_invite(&mut batch, &Invite { revoked: true, ..read.invite }, read.version);
        self.commit(batch).await
    }

    /// The invite that makes the first person an administrator: `None` once somebody is here. The same one at every
    /// start until then.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn first_invite(&self) -> Result<Option<Invite>, PlatformError> {
        if !self.list_people(None, 1).await?.is_empty() {
            return Ok(None);
        }
        let waiting = self.invites().await?.into_iter().find(|invite| invite.is_admin && invite.is_usable(self.now()));
        match waiting {
            Some(invite) => Ok(Some(invite)),
            None => {
                let new = NewInvite { uses: 1, seconds: None, is_admin: true, phone: None };
                self.create_invite(new).await.map(Some)
            }
        }
    }
}
