//! What the operator does with people, over whatever road they came (a local socket). Every act leaves an audit record.

use std::sync::Arc;

use store::{Batch, Class, Key};

use super::authorizations::Device;
use super::invites::{Invite, NewInvite};
use super::names::{Phone, scan_all};
use super::person::{AccountState, Person};
use super::stewards::Steward;
use crate::codec::{self, Stored};
use crate::keys::{self, SYSTEM_SHARDS, system_suffix};
use crate::words::Words;
use crate::{Platform, PlatformError, Refusal, UserId};

/// One act of the operator.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AuditRecord {
    /// When, Unix milliseconds.
    #[n(0)]
    pub at_ms: i64,
    /// What was done, for instance `user ban`.
    #[n(1)]
    pub act: String,
    /// To whom or what.
    #[n(2)]
    pub target: String,
    /// The administrator who did it; `None` for whoever may read the data folder.
    #[n(3)]
    pub by: Option<UserId>,
}

impl Stored for AuditRecord {
    const WHAT: &'static str = "audit record";
}

impl Platform {
    /// People in the order of the list, after `after`, at most `limit`.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn list_people(&self, after: Option<UserId>, limit: usize) -> Result<Vec<Arc<Person>>, PlatformError> {
        let shard_of = |id: UserId| id.0.to_be_bytes()[7] % SYSTEM_SHARDS;
        let (first, mut from) = match after {
            Some(id) => (shard_of(id), Some(keys::suffix_id(system_suffix::USER, id.0.saturating_add(1)))),
            None => (0, None),
        };
        let mut ids = Vec::new();
        for shard in first..SYSTEM_SHARDS {
            let mut scan = scan_all(keys::system_shard(shard), vec![system_suffix::USER], limit - ids.len());
            scan.from = from.take();
            let page = self.store().scan(&scan).await?;
            ids.extend(page.items.iter().filter_map(|(suffix, _)| keys::id_of_suffix(suffix).map(UserId)));
            if ids.len() >= limit {
                break;
            }
        }
        Ok(self.people(&ids).await?.into_iter().flatten().collect())
    }

    /// The person that the operator means: by id, phone number or username.
    ///
    /// # Errors
    /// [`Refusal::UserIdInvalid`] for nobody, or trouble of the store.
    pub async fn find_person(&self, text: &str) -> Result<Arc<Person>, PlatformError> {
        let text = text.trim();
        if let Ok(id) = text.parse::<i64>()
            && !text.starts_with('+')
            && let Some(person) = self.person(UserId(id)).await?
        {
            return Ok(person);
        }
        let by_phone = match Phone::parse(text) {
            Ok(phone) => self.user_by_phone(&phone).await?,
            Err(_) => None,
        };
        let found = match by_phone {
            Some(id) => Some(id),
            None => self.user_by_username(text).await?,
        };
        let id = found.ok_or(Refusal::UserIdInvalid)?;
        self.person(id).await?.ok_or_else(|| Refusal::UserIdInvalid.into())
    }

    /// A person's devices, for the operator.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn admin_devices(&self, user_id: UserId) -> Result<Vec<Device>, PlatformError> {
        self.devices(user_id).await
    }

    /// The login code under way for a number, for the operator to pass on; `None` until the person asks for one.
    ///
    /// # Errors
    /// [`Refusal::PhoneNumberInvalid`], or trouble of the store.
    pub async fn admin_code(&self, by: Steward, phone: &str) -> Result<Option<String>, PlatformError> {
        let phone = Phone::parse(phone)?;
        self.audit(by, "user code", phone.as_str()).await?;
        self.show_code(&phone).await
    }

    /// Signs a person out everywhere.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn admin_reset(&self, by: Steward, user_id: UserId) -> Result<(), PlatformError> {
        self.audit(by, "user reset", &user_id.to_string()).await?;
        self.reset_authorizations(user_id, None).await
    }

    /// Takes a person's password away: for whoever forgot it and proved to the operator who they are. True if there was one.
    ///
    /// # Errors
    /// [`Refusal::UserIdInvalid`], or trouble of the store.
    pub async fn admin_remove_password(&self, by: Steward, user_id: UserId) -> Result<bool, PlatformError> {
        self.living_person(user_id).await?;
        self.audit(by, "user password remove", &user_id.to_string()).await?;
        let had_one = self.drop_password(user_id).await?;
        if had_one {
            self.tell(user_id, Words::PasswordRemoved, &[]).await?;
        }
        Ok(had_one)
    }

    /// Bans a person (signs them out everywhere, lets them in no more), or lifts the ban.
    ///
    /// # Errors
    /// [`Refusal::UserIdInvalid`], or trouble of the store.
    pub async fn admin_ban(&self, by: Steward, user_id: UserId, banned: bool) -> Result<(), PlatformError> {
        not_to_oneself(by, user_id)?;
        self.living_person(user_id).await?;
        self.audit(by, if banned { "user ban" } else { "user unban" }, &user_id.to_string()).await?;
        self.change_profile(user_id, |profile, _| {
            profile.state = if banned { AccountState::Banned } else { AccountState::Active };
            Ok(())
        })
        .await?;
        if banned { self.reset_authorizations(user_id, None).await } else { Ok(()) }
    }

    /// Deletes a person's account.
    ///
    /// # Errors
    /// As [`Platform::delete_account`].
    pub async fn admin_delete(&self, by: Steward, user_id: UserId) -> Result<(), PlatformError> {
        not_to_oneself(by, user_id)?;
        self.audit(by, "user delete", &user_id.to_string()).await?;
        self.delete_account(user_id).await
    }

    /// Trusts a person with the server, or no longer.
    ///
    /// # Errors
    /// [`Refusal::UserIdInvalid`], [`Refusal::NotToOneself`], or trouble of the store.
    pub async fn admin_appoint(&self, by: Steward, user_id: UserId, trusted: bool) -> Result<(), PlatformError> {
        not_to_oneself(by, user_id)?;
        self.living_person(user_id).await?;
        self.audit(by, if trusted { "user appoint" } else { "user demote" }, &user_id.to_string()).await?;
        self.change_profile(user_id, |profile, _| {
            profile.is_admin = trusted;
            Ok(())
        })
        .await
        .map(drop)
    }

    /// Makes an invite for the operator.
    ///
    /// # Errors
    /// As [`Platform::create_invite`].
    pub async fn admin_create_invite(&self, by: Steward, new: NewInvite) -> Result<Invite, PlatformError> {
        let makes = if new.is_admin { "administrator" } else { "member" };
        let plural = if new.uses == 1 { "" } else { "s" };
        self.audit(by, "invite create", &format!("{} {makes}{plural}", new.uses)).await?;
        self.create_invite(new).await
    }

    /// Takes an invite back.
    ///
    /// # Errors
    /// As [`Platform::revoke_invite`].
    pub async fn admin_revoke_invite(&self, by: Steward, code: &str) -> Result<(), PlatformError> {
        self.audit(by, "invite revoke", code).await?;
        self.revoke_invite(code).await
    }

    /// Leaves a record of an act of the operator. Written before the act: an act without a trace does not happen.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn audit(&self, by: Steward, act: &str, target: &str) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C1);
        self.plan_audit(&mut batch, by, act, target);
        self.commit(batch).await
    }

    /// Adds to `batch` the record of an act.
    pub(super) fn plan_audit(&self, batch: &mut Batch, by: Steward, act: &str, target: &str) {
        let at_ms = self.runtime().now_ms();
        let record = AuditRecord { at_ms, act: act.to_owned(), target: target.to_owned(), by: by.person() };
        let mut suffix = keys::suffix_id(system_suffix::AUDIT, at_ms);
        suffix.extend_from_slice(&self.random::<4>());
        batch.put(Key::new(&keys::system(), &suffix), codec::encode(&record));
        tracing::info!(act, target, by = ?by, "the operator acts");
    }

    /// The latest acts of the operator, the latest first; only those before that time (Unix milliseconds), if one is given.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn audit_log(&self, before_ms: Option<i64>, limit: usize) -> Result<Vec<AuditRecord>, PlatformError> {
        let mut scan = scan_all(keys::system(), vec![system_suffix::AUDIT], limit);
        scan.reverse = true;
        scan.from = before_ms.map(|before| keys::suffix_id(system_suffix::AUDIT, before));
        let page = self.store().scan(&scan).await?;
        page.items.iter().map(|(_, record)| codec::decode(&record.value)).collect()
    }
}

/// Whoever bans or deletes themselves by mistake could not undo it.
fn not_to_oneself(by: Steward, user_id: UserId) -> Result<(), Refusal> {
    if by.person() == Some(user_id) { Err(Refusal::NotToOneself) } else { Ok(()) }
}
