//! Signed-in devices: who is signed in where, signing in and out, carrying a sign-in to another DC's key.
//!
//! A sign-in is two records in one batch: who is signed in, under the auth key; and the device, in the person's list. A
//! key that took part by import belongs to the device that exported: it is in no list of its own and leaves with it.

use std::sync::Arc;

use bus::Signal;
use store::{Batch, Check, Class, Key, StoreError};

use super::auth_key::{AuthKeyState, Authorization, ClientInfo};
use super::names::scan_all;
use super::password::waiting::waiting_key;
use super::person::{AccountState, Profile, profile_key};
use crate::codec::{self, Stored};
use crate::keys::{self, NameKind, authorisation_suffix, name_suffix, user_suffix};
use crate::{AuthKeyId, Platform, PlatformError, Refusal, UserId, limits};

/// A device in a person's list.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct DeviceRecord {
    /// Its public name; 0 never occurs.
    #[n(0)]
    pub hash: i64,
    /// When it signed in, Unix seconds.
    #[n(1)]
    pub created_at: i32,
    /// The address it signed in from.
    #[n(2)]
    pub ip: String,
    /// The auth key it belongs to, if it came by import.
    #[n(3)]
    pub parent: Option<AuthKeyId>,
    /// The last sign of life, Unix seconds, written lazily.
    #[n(4)]
    pub active_at: Option<i32>,
    /// Set while it still owes the password: it is not signed in.
    #[n(5)]
    pub password_pending: Option<bool>,
}

impl DeviceRecord {
    /// Whether it still owes the password.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.password_pending == Some(true)
    }

    /// Whether it owes the password for so long that it has to begin anew.
    pub(crate) fn is_given_up(&self, now: i32) -> bool {
        self.is_waiting() && now.saturating_sub(self.created_at) >= limits::PASSWORD_WAITING_SECONDS
    }
}

impl Stored for DeviceRecord {
    const WHAT: &'static str = "signed-in device";
}

/// A device, as its owner sees it.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its auth key.
    pub key_id: AuthKeyId,
    /// What the list has.
    pub record: DeviceRecord,
    /// What it said of itself.
    pub client: ClientInfo,
}

/// An authorisation on its way to another DC's key.
#[derive(minicbor::Encode, minicbor::Decode)]
struct Export {
    #[n(0)]
    user_id: UserId,
    #[n(1)]
    key_id: AuthKeyId,
    #[n(2)]
    expires_at: i32,
}

impl Stored for Export {
    const WHAT: &'static str = "exported authorization";
}

fn device_key(user_id: UserId, key_id: AuthKeyId) -> Key {
    keys::user_key(user_id, &keys::suffix_id(user_suffix::AUTHORISATION, key_id.0))
}

fn signed_in_key(key_id: AuthKeyId) -> Key {
    keys::authorisation_key(key_id, &[authorisation_suffix::SIGNED_IN])
}

impl Platform {
    /// Adds to `batch` what signs `user_id` in with this key. Nothing is true before the batch is committed and
    /// [`Platform::conclude_sign_in`] is told.
    pub(crate) fn plan_sign_in(
        &self,
        batch: &mut Batch,
        key: &AuthKeyState,
        user_id: UserId,
        ip: &str,
        from: Option<(AuthKeyId, &Authorization)>,
    ) -> Authorization {
        let hash = self.random_i64();
        // What is taken over from another device, or signed in again without the password, is as old as that: only a sign-in
        // that proves everything anew is fresh.
        let known = key.authorization().filter(|it| it.user_id == user_id).map(|it| it.created_at);
        let created_at = from.map(|(_, exporter)| exporter.created_at).or(known).unwrap_or_else(|| self.now());
        let parent = from.map(|(parent, _)| parent).filter(|parent| *parent != key.id);
        let authorization = Authorization { user_id, hash: if hash == 0 { 1 } else { hash }, created_at, parent };
        let device = authorization.device(ip);
        batch.put(signed_in_key(key.id), codec::encode(&authorization));
        batch.deletes.push(waiting_key(key.id));
        self.plan_device(batch, key, user_id, &device);
        authorization
    }

    /// Adds to `batch` what puts a device into its person's list, and takes it out of that of whoever it was before.
    pub(crate) fn plan_device(&self, batch: &mut Batch, key: &AuthKeyState, user_id: UserId, device: &DeviceRecord) {
        let before = key.user_id().or_else(|| key.waiting(self.now()).map(|waiting| waiting.user_id));
        if let Some(before) = before.filter(|before| *before != user_id) {
            batch.deletes.push(device_key(before, key.id));
        }
        batch.put(device_key(user_id, key.id), codec::encode(device));
    }

    /// Commits the planned sign-in of somebody who has an account; the key knows its person when this returns.
    ///
    /// # Errors
    /// As [`Platform::commit_into_account`].
    pub(crate) async fn commit_sign_in(
        &self,
        batch: &Batch,
        key: &AuthKeyState,
        authorization: &Authorization,
    ) -> Result<(), PlatformError> {
        let outcome = self.commit_into_account(authorization.user_id, batch).await;
        self.conclude_sign_in(outcome, key, authorization).await
    }

    /// Commits what puts a device into somebody's account: only while the account stands, so that whoever deletes or bans it
    /// finds every device that came in before. Again when the profile was changed meanwhile.
    ///
    /// # Errors
    /// A conflict when the account does not stand or a check of the batch does not hold; trouble of the store.
    pub(crate) async fn commit_into_account(&self, user_id: UserId, batch: &Batch) -> Result<(), PlatformError> {
        let mut version = self.standing_version(user_id).await?;
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let mut batch = batch.clone();
            batch.checks.push(Check::Version(profile_key(user_id), version));
            match self.commit(batch).await {
                Err(error) if error.is_conflict() => {
                    let before = std::mem::replace(&mut version, self.standing_version(user_id).await?);
                    if version == before {
                        return Err(error);
                    }
                }
                outcome => return outcome,
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// The version of somebody's profile, read past the cache; a conflict when their account is gone or banned.
    async fn standing_version(&self, user_id: UserId) -> Result<u64, PlatformError> {
        let record = self.store().get(&profile_key(user_id)).await?.ok_or(StoreError::Conflict)?;
        match codec::decode::<Profile>(&record.value)?.state {
            AccountState::Active => Ok(record.version),
            AccountState::Deleted | AccountState::Banned => Err(StoreError::Conflict.into()),
        }
    }

    /// What the outcome of its commit makes of a planned sign-in: the key knows its person when this returns. An outcome that
    /// is unknown is read back.
    pub(crate) async fn conclude_sign_in(
        &self,
        outcome: Result<(), PlatformError>,
        key: &AuthKeyState,
        authorization: &Authorization,
    ) -> Result<(), PlatformError> {
        match outcome {
            Err(PlatformError::Store(StoreError::Unknown(reason))) => {
                if self.signed_in(key.id).await?.as_ref() != Some(authorization) {
                    return Err(StoreError::Unknown(reason).into());
                }
            }
            outcome => outcome?,
        }
        metrics::SIGN_INS.inc();
        key.note_activity_at(authorization.created_at);
        key.set_authorization(Some(Arc::new(authorization.clone())));
        self.publish(Signal::KeyChanged { auth_key_id: key.id.0 });
        Ok(())
    }

    /// Who is signed in with a key, according to the store.
    async fn signed_in(&self, key_id: AuthKeyId) -> Result<Option<Authorization>, PlatformError> {
        codec::decode_record(self.store().get(&signed_in_key(key_id)).await?.as_ref())
    }

    /// All auth keys a person is signed in with, imported ones included. All of them, however many: whoever signs devices
    /// out must not miss one.
    pub(super) async fn device_records(
        &self,
        user_id: UserId,
    ) -> Result<Vec<(AuthKeyId, DeviceRecord)>, PlatformError> {
        let mut scan = scan_all(keys::user(user_id), vec![user_suffix::AUTHORISATION], limits::DEVICES_MAX);
        let mut records = Vec::new();
        loop {
            let page = self.store().scan(&scan).await?;
            for (suffix, record) in &page.items {
                let id = keys::id_of_suffix(suffix).map(AuthKeyId);
                records.extend(id.map(|id| codec::decode(&record.value).map(|record| (id, record))).transpose()?);
            }
            match page.next {
                Some(next) => scan.from = Some(next),
                None => return Ok(records),
            }
        }
    }

    /// Refuses another device that needs no login code past the bound: they are made as fast as calls are.
    pub(crate) async fn check_room_for_device(&self, user_id: UserId) -> Result<(), PlatformError> {
        if self.device_records(user_id).await?.len() >= limits::DEVICES_MAX {
            return Err(Refusal::FloodWait(limits::DEVICES_FULL_WAIT_SECONDS).into());
        }
        Ok(())
    }

    /// Makes a batch fail if this key is signed out before it is written.
    pub(crate) fn while_signed_in(batch: &mut Batch, key_id: AuthKeyId) {
        batch.checks.push(Check::Version(signed_in_key(key_id), 0));
    }

    /// Makes a batch fail if somebody is signed in with this key before it is written.
    pub(crate) fn while_signed_out(batch: &mut Batch, key_id: AuthKeyId) {
        batch.checks.push(Check::Absent(signed_in_key(key_id)));
    }

    /// The person's devices, the latest first.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn devices(&self, user_id: UserId) -> Result<Vec<Device>, PlatformError> {
        let mut devices = Vec::new();
        for (key_id, record) in self.device_records(user_id).await? {
            if record.parent.is_none()
                && !record.is_given_up(self.now())
                && let Some(key) = self.auth_key(key_id).await?
            {
                devices.push(Device { key_id, record, client: key.client() });
            }
        }
        devices.sort_by_key(|device| std::cmp::Reverse(device.record.active_at.unwrap_or(device.record.created_at)));
        Ok(devices)
    }

    /// Whether the person is signed in with another key than this one: then a login code can reach them there.
    pub(crate) async fn is_signed_in_elsewhere(&self, user_id: UserId, key: AuthKeyId) -> Result<bool, PlatformError> {
        let records = self.device_records(user_id).await?;
        Ok(records.iter().any(|(id, record)| *id != key && record.parent.is_none() && !record.is_waiting()))
    }

    /// Notes that a device is in use, or signs it out when it was silent for too long. Written at most once in `limits::ACTIVE_INTERVAL_SECONDS`, and nobody waits for it.
    ///
    /// # Errors
    /// Trouble of the store; it can be ignored.
    pub async fn note_active(&self, key: &AuthKeyState) -> Result<(), PlatformError> {
        let Some(user_id) = key.user_id() else { return Ok(()) };
        if !key.is_due_to_note_activity(self.now()) {
            return Ok(());
        }
        let place = device_key(user_id, key.id);
        let Some(record) = self.store().get(&place).await? else { return Ok(()) };
        let device: DeviceRecord = codec::decode(&record.value)?;
        if self.was_silent_too_long(user_id, &device).await? {
            return self.sign_out(key).await;
        }
        let device = DeviceRecord { active_at: Some(self.now()), ..device };
        let mut batch = Batch::new(Class::C3);
        // A sign-out that was faster must not be undone.
        batch.checks.push(Check::Version(place.clone(), record.version));
        batch.puts.push((place, store::Record { version: record.version + 1, value: codec::encode(&device) }));
        self.store().enqueue(batch).map(drop)?;
        Ok(())
    }

    /// Whether the device was silent for longer than its person lets devices be (`account.setAuthorizationTTL`).
    async fn was_silent_too_long(&self, user_id: UserId, device: &DeviceRecord) -> Result<bool, PlatformError> {
        let days = self.switches(user_id).await?.authorization_ttl_days;
        let seconds = i64::from(days.unwrap_or(limits::AUTHORIZATION_TTL_DEFAULT_DAYS)) * 24 * 3600;
        let active_at = device.active_at.unwrap_or(device.created_at);
        Ok(i64::from(self.now()) - i64::from(active_at) > seconds)
    }

    /// Signs this device out; the auth key stays and knows nobody.
    ///
    /// # Errors
    /// Trouble of the store; then the device is still signed in.
    pub async fn sign_out(&self, key: &AuthKeyState) -> Result<(), PlatformError> {
        let waiting = || key.waiting(self.now()).map(|waiting| waiting.user_id);
        match key.user_id().or_else(waiting) {
            Some(user_id) => {
                self.sign_out_keys(user_id, |id, record| id == key.id || record.parent == Some(key.id)).await
            }
            None => Ok(()),
        }
    }

    /// Signs out the device with this public name.
    ///
    /// # Errors
    /// [`Refusal::HashInvalid`], or trouble of the store.
    pub async fn reset_authorization(&self, user_id: UserId, hash: i64) -> Result<(), PlatformError> {
        let records = self.device_records(user_id).await?;
        let found = records.iter().find(|(_, record)| record.hash == hash && record.parent.is_none());
        let (target, _) = found.ok_or(Refusal::HashInvalid)?;
        self.sign_out_keys(user_id, |id, record| id == *target || record.parent == Some(*target)).await
    }

    /// Signs out all devices except `keep` and what was imported from it; all of them without one.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn reset_authorizations(&self, user_id: UserId, keep: Option<AuthKeyId>) -> Result<(), PlatformError> {
        let kept = |id: AuthKeyId, record: &DeviceRecord| Some(id) == keep || (keep.is_some() && record.parent == keep);
        self.sign_out_keys(user_id, |id, record| !kept(id, record)).await
    }

    pub(crate) async fn sign_out_keys(
        &self,
        user_id: UserId,
        leaves: impl Fn(AuthKeyId, &DeviceRecord) -> bool,
    ) -> Result<(), PlatformError> {
        let mut leaving = self.device_records(user_id).await?;
        leaving.retain(|(id, record)| leaves(*id, record));
        for some in leaving.chunks(limits::DEVICES_PER_BATCH) {
            self.sign_out_some(user_id, some).await?;
        }
        Ok(())
    }

    async fn sign_out_some(&self, user_id: UserId, leaving: &[(AuthKeyId, DeviceRecord)]) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C1);
        let mut left = Vec::with_capacity(leaving.len());
        for (id, _) in leaving {
            batch.deletes.push(device_key(user_id, *id));
            // Held until after the commit, so that no reader caches what the commit removes.
            let key = self.auth_key(*id).await?;
            // Somebody else may have signed in with the key since: theirs to end.
            if key.as_ref().is_none_or(|key| key.user_id().is_none_or(|present| present == user_id)) {
                batch.deletes.push(signed_in_key(*id));
                batch.deletes.push(waiting_key(*id));
                left.push((*id, key));
            }
        }
        let outcome = self.commit(batch).await;
        let is_unknown = matches!(outcome, Err(PlatformError::Store(StoreError::Unknown(_))));
        if outcome.is_err() && !is_unknown {
            return outcome;
        }
        for (id, key) in left {
            if is_unknown && self.signed_in(id).await?.is_some() {
                return outcome;
            }
            if let Some(key) = key {
                key.set_authorization(None);
            }
            self.publish(Signal::KeyChanged { auth_key_id: id.0 });
        }
        Ok(())
    }

    /// Makes a token with which another DC's key can be signed in as the same person, once and soon.
    ///
    /// # Errors
    /// [`Refusal::AuthKeyUnregistered`], or trouble of the store.
    pub async fn export_authorization(&self, key: &AuthKeyState) -> Result<(UserId, Vec<u8>), PlatformError> {
        let authorization = key.authorization().ok_or(Refusal::AuthKeyUnregistered)?;
        let token: [u8; limits::EXPORT_TOKEN_BYTES] = self.random();
        let export = Export {
            user_id: authorization.user_id,
            key_id: authorization.parent.unwrap_or(key.id),
            expires_at: self.now() + limits::EXPORT_SECONDS,
        };
        let mut batch = Batch::new(Class::C2);
        batch.put(export_key(&token), codec::encode(&export));
        self.commit(batch).await?;
        Ok((authorization.user_id, token.to_vec()))
    }

    /// Signs this key in with a token of [`Platform::export_authorization`]; the token is spent.
    ///
    /// # Errors
    /// [`Refusal::AuthBytesInvalid`], or trouble of the store.
    pub async fn import_authorization(
        &self,
        key: &AuthKeyState,
        user_id: UserId,
        token: &[u8],
        ip: &str,
    ) -> Result<(), PlatformError> {
        if token.len() != limits::EXPORT_TOKEN_BYTES {
            return Err(Refusal::AuthBytesInvalid.into());
        }
        let place = export_key(token);
        let record = self.store().get(&place).await?.ok_or(Refusal::AuthBytesInvalid)?;
        let export: Export = codec::decode(&record.value)?;
        let exporter = self.auth_key(export.key_id).await?.and_then(|exporter| exporter.authorization());
        let exporter = exporter.filter(|exporter| exporter.user_id == user_id).ok_or(Refusal::AuthBytesInvalid)?;
        if export.user_id != user_id || export.expires_at < self.now() {
            return Err(Refusal::AuthBytesInvalid.into());
        }
        self.check_room_for_device(user_id).await?;
        let mut batch = Batch::new(Class::C2);
        // Who leaves takes along what came from there, also what comes at the same moment.
        Self::while_signed_in(&mut batch, export.key_id);
        batch.checks.push(Check::Version(place.clone(), record.version));
        batch.deletes.push(place);
        let from = Some((export.key_id, exporter.as_ref()));
        let authorization = self.plan_sign_in(&mut batch, key, user_id, ip, from);
        match self.commit_sign_in(&batch, key, &authorization).await {
            Err(error) if error.is_conflict() => Err(Refusal::AuthBytesInvalid.into()),
            outcome => outcome,
        }
    }
}

/// Tokens are found by their hash: whoever reads the store cannot use them.
fn export_key(token: &[u8]) -> Key {
    use sha2::Digest;
    let digest = sha2::Sha256::digest(token);
    Key::new(&keys::name(NameKind::Export, &digest), &[name_suffix::EXPORT])
}
