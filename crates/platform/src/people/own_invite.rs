//! The invite that a person gives to others: one at a time, good for a bounded number of newcomers in all.
//!
//! It is an invite like the operator's, with the person's name on it, and stands under them instead of in the operator's
//! list. Renewing takes the old one back; who came in with it stays, and counts.

use store::{Batch, Class, Key, StoreError};

use super::SignUpMode;
use super::flood::Act;
use super::invites::{Invite, ReadInvite, plan_invite, replace_invite};
use super::privacy::replace;
use crate::codec::{self, Stored};
use crate::keys::{self, user_suffix};
use crate::{Platform, PlatformError, Refusal, UserId, limits};

/// A person's invite, as they see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnInvite {
    /// Its digits.
    pub code: String,
    /// How many more may come in.
    pub uses_left: u32,
    /// How many came in, with former ones too.
    pub used: u32,
}

/// Under a person: their invite.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
struct OwnRecord {
    #[n(0)]
    code: String,
    /// How many came in with former ones.
    #[n(1)]
    used_before: u32,
}

impl Stored for OwnRecord {
    const WHAT: &'static str = "invite of a person";
}

fn own_key(user_id: UserId) -> Key {
    keys::user_key(user_id, &[user_suffix::INVITE])
}

impl Platform {
    /// Whether people may invite others at the moment.
    #[must_use]
    pub fn people_invite(&self) -> bool {
        self.invites_per_person() > 0 && self.sign_up_mode() != SignUpMode::Closed
    }

    /// The invite this person gives to others; made when there is none yet.
    ///
    /// # Errors
    /// [`Refusal::InvitesForbidden`], or trouble of the store.
    pub async fn own_invite(&self, user_id: UserId) -> Result<OwnInvite, PlatformError> {
        self.change_own_invite(user_id, false).await
    }

    /// Takes this person's invite back and makes another.
    ///
    /// # Errors
    /// [`Refusal::InvitesForbidden`], [`Refusal::FloodWait`], or trouble of the store.
    pub async fn renew_invite(&self, user_id: UserId) -> Result<OwnInvite, PlatformError> {
        self.count_own(Act::RenewInvite, user_id, 1, limits::INVITE_RENEWALS_PER_PERSON)?;
        self.change_own_invite(user_id, true).await
    }

    async fn change_own_invite(&self, user_id: UserId, renew: bool) -> Result<OwnInvite, PlatformError> {
        if !self.people_invite() {
            return Err(Refusal::InvitesForbidden.into());
        }
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            match self.try_own_invite(user_id, renew).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(StoreError::Conflict.into())
    }

    async fn try_own_invite(&self, user_id: UserId, renew: bool) -> Result<OwnInvite, PlatformError> {
        let record = self.store().get(&own_key(user_id)).await?;
        let own: Option<OwnRecord> = codec::decode_record(record.as_ref())?;
        let current = match &own {
            Some(own) => self.read_invite(&own.code).await?,
            None => None,
        };
        let used_before = own.as_ref().map_or(0, |own| own.used_before);
        let most = self.invites_per_person();
        if let (Some(read), false) = (&current, renew) {
            return self.keep_own_invite(read, used_before, most).await;
        }
        let used = used_before.saturating_add(current.as_ref().map_or(0, |read| read.invite.used));
        let invite = self.invite_by(user_id, most.saturating_sub(used));
        let next = OwnRecord { code: invite.code.clone(), used_before: used };
        let mut batch = Batch { class: Class::C2, ..replace(&own_key(user_id), record.as_ref(), &next) };
        if let Some(read) = &current {
            replace_invite(&mut batch, &Invite { revoked: true, ..read.invite.clone() }, read.version);
        }
        plan_invite(&mut batch, &invite);
        self.commit(batch).await?;
        Ok(OwnInvite { code: invite.code, uses_left: invite.uses_left, used })
    }

    /// The invite as it is, with the number of uses that the operator allows today.
    async fn keep_own_invite(
        &self,
        read: &ReadInvite,
        used_before: u32,
        most: u32,
    ) -> Result<OwnInvite, PlatformError> {
        let used = used_before.saturating_add(read.invite.used);
        let uses_left = most.saturating_sub(used);
        if read.invite.uses_left != uses_left {
            let mut batch = Batch::new(Class::C2);
            replace_invite(&mut batch, &Invite { uses_left, ..read.invite.clone() }, read.version);
            self.commit(batch).await?;
        }
        Ok(OwnInvite { code: read.invite.code.clone(), uses_left, used })
    }

    /// How many may come in with an invite now: of a person's, as many as the operator allows today, whenever it was made.
    pub(super) async fn uses_left_today(&self, invite: &Invite) -> Result<u32, PlatformError> {
        let Some(user_id) = invite.by else { return Ok(invite.uses_left) };
        let own: Option<OwnRecord> = codec::decode_record(self.store().get(&own_key(user_id)).await?.as_ref())?;
        // Renewed: the former ones are taken back.
        let Some(own) = own.filter(|own| own.code == invite.code) else { return Ok(0) };
        Ok(self.invites_per_person().saturating_sub(own.used_before.saturating_add(invite.used)))
    }

    fn invite_by(&self, user_id: UserId, uses_left: u32) -> Invite {
        Invite {
            code: self.new_invite_code(),
            created_at: self.now(),
            expires_at: None,
            uses_left,
            used: 0,
            is_admin: false,
            phone: None,
            revoked: false,
            by: Some(user_id),
        }
    }
}
