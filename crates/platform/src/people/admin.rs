//! What the operator does with people, over whatever road they came (a local socket). Every act leaves an audit record.

use std::sync::Arc;

use store::{Batch, Class, Key};

use super::SignUpMode;
use super::authorizations::Device;
use super::names::{Phone, scan_all};
use super::person::{AccountState, Person};
use super::sign_in::{Pending, pending_key, pending_list_key};
use crate::codec::{self, Stored};
use crate::keys::{self, SYSTEM_SHARDS, system_suffix};
use crate::{Platform, PlatformError, Refusal, UserId, limits};

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
}

impl Stored for AuditRecord {
    const WHAT: &'static str = "audit record";
}

/// Switches of the server that the operator sets at run time.
#[derive(Clone, Debug, Default, minicbor::Encode, minicbor::Decode)]
pub(crate) struct ServerSwitches {
    #[n(0)]
    pub(crate) sign_up_mode: Option<SignUpMode>,
}

impl Stored for ServerSwitches {
    const WHAT: &'static str = "server switches";
}

pub(crate) fn server_switches_key() -> Key {
    Key::new(&keys::system(), &[system_suffix::SWITCHES])
}

impl Platform {
    /// People in the order of the list, after `after`, at most `limit`.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn list_people(&self, after: Option<UserId>, limit: usize) -> Result<Vec<Arc<Person>>, PlatformError> {
        let shard_of = |id: UserId| id.0.to_be_bytes()[7] % SYSTEM_SHARDS;
        let (first, mut from) = match after {
            Some(id) => (shard_of(id), Some(keys::suffix_id(system_suffix::USER, id.0 + 1))),
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
    pub async fn admin_code(&self, phone: &str) -> Result<Option<String>, PlatformError> {
        let phone = Phone::parse(phone)?;
        self.audit("user code", phone.as_str()).await?;
        self.code_under_way(&phone).await
    }

    /// Signs a person out everywhere.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn admin_reset(&self, user_id: UserId) -> Result<(), PlatformError> {
        self.audit("user reset", &user_id.to_string()).await?;
        self.reset_authorizations(user_id, None).await
    }

    /// Takes a person's password away: for whoever forgot it and proved to the operator who they are. True if there was one.
    ///
    /// # Errors
    /// [`Refusal::UserIdInvalid`], or trouble of the store.
    pub async fn admin_remove_password(&self, user_id: UserId) -> Result<bool, PlatformError> {
        self.living_person(user_id).await?;
        self.audit("user password remove", &user_id.to_string()).await?;
        let had_one = self.drop_password(user_id).await?;
        if had_one {
            self.tell_password_removed(user_id).await?;
        }
        Ok(had_one)
    }

    /// Bans a person (signs them out everywhere, lets them in no more), or lifts the ban.
    ///
    /// # Errors
    /// [`Refusal::UserIdInvalid`], or trouble of the store.
    pub async fn admin_ban(&self, user_id: UserId, banned: bool) -> Result<(), PlatformError> {
        self.living_person(user_id).await?;
        self.audit(if banned { "user ban" } else { "user unban" }, &user_id.to_string()).await?;
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
    pub async fn admin_delete(&self, user_id: UserId) -> Result<(), PlatformError> {
        self.audit("user delete", &user_id.to_string()).await?;
        self.delete_account(user_id).await
    }

    /// Sign-ups that wait for the operator.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn pending_sign_ups(&self) -> Result<Vec<(String, Pending)>, PlatformError> {
        let scan = scan_all(keys::system(), vec![system_suffix::PENDING], limits::ADMIN_PAGE);
        let page = self.store().scan(&scan).await?;
        let mut found = Vec::new();
        for (suffix, _) in &page.items {
            let phone = String::from_utf8_lossy(suffix.get(1..).unwrap_or_default()).into_owned();
            let record = self.store().get(&pending_key(&Phone::stored(&phone))).await?;
            found.extend(codec::decode_record(record.as_ref())?.map(|pending| (phone, pending)));
        }
        Ok(found)
    }

    /// Lets a number sign up, whether it asked already or not; or refuses one that asked.
    ///
    /// # Errors
    /// [`Refusal::PhoneNumberInvalid`], or trouble of the store.
    pub async fn admin_decide(&self, phone: &str, allowed: bool) -> Result<(), PlatformError> {
        let phone = Phone::parse(phone)?;
        self.audit(if allowed { "user approve" } else { "user refuse" }, phone.as_str()).await?;
        let mut batch = Batch::new(Class::C2);
        batch.deletes.push(pending_list_key(&phone));
        if allowed {
            let record = self.store().get(&pending_key(&phone)).await?;
            let asked: Option<Pending> = codec::decode_record(record.as_ref())?;
            let asked_at = asked.as_ref().map_or(self.now(), |asked| asked.asked_at);
            let (first_name, last_name) = asked.map(|asked| (asked.first_name, asked.last_name)).unwrap_or_default();
            let pending = Pending { first_name, last_name, asked_at, allowed: true };
            batch.put(pending_key(&phone), codec::encode(&pending));
        } else {
            batch.deletes.push(pending_key(&phone));
        }
        self.commit(batch).await
    }

    /// Who may sign up at the moment.
    #[must_use]
    pub fn sign_up_mode(&self) -> SignUpMode {
        self.inner.people.switches.load().sign_up_mode.unwrap_or(self.inner.settings.sign_up_mode)
    }

    /// Sets who may sign up, from now on and after a restart.
    ///
    /// # Errors
    /// Trouble of the store; then the mode is as before.
    pub async fn set_sign_up_mode(&self, mode: SignUpMode) -> Result<(), PlatformError> {
        self.audit("mode set", &format!("{mode:?}")).await?;
        let switches = ServerSwitches { sign_up_mode: Some(mode) };
        let mut batch = Batch::new(Class::C1);
        batch.put(server_switches_key(), codec::encode(&switches));
        self.commit(batch).await?;
        self.inner.people.switches.store(Arc::new(switches));
        Ok(())
    }

    /// Leaves a record of an act of the operator. Written before the act: an act without a trace does not happen.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn audit(&self, act: &str, target: &str) -> Result<(), PlatformError> {
        let at_ms = self.runtime().now_ms();
        let record = AuditRecord { at_ms, act: act.to_owned(), target: target.to_owned() };
        let mut suffix = keys::suffix_id(system_suffix::AUDIT, at_ms);
        suffix.extend_from_slice(&self.random::<4>());
        let mut batch = Batch::new(Class::C1);
        batch.put(Key::new(&keys::system(), &suffix), codec::encode(&record));
        tracing::info!(act, target, "the operator acts");
        self.commit(batch).await
    }

    /// The latest acts of the operator, the latest first.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn audit_log(&self, limit: usize) -> Result<Vec<AuditRecord>, PlatformError> {
        let mut scan = scan_all(keys::system(), vec![system_suffix::AUDIT], limit);
        scan.reverse = true;
        let page = self.store().scan(&scan).await?;
        page.items.iter().map(|(_, record)| codec::decode(&record.value)).collect()
    }
}
