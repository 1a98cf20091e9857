//! Tokens that carry their own meaning: an id and an end, signed by the server. Nothing is stored.
//!
//! A contact token finds a person without their number. A login token is what a device shows as a QR code: whoever is
//! signed in and accepts it signs that device's key in (core.telegram.org/api/qr-login). It works once, because a key
//! that is signed in takes no other sign-in this way.

use std::sync::Arc;

use bus::Signal;
use store::{Batch, Check, Class, Key};
use subtle::ConstantTimeEq;

use super::auth_key::{AuthKeyState, Authorization};
use super::authorizations::{Device, DeviceRecord};
use super::password::check::{Proof, Prover};
use crate::codec::{self, Stored};
use crate::keys::{self, authorisation_suffix};
use crate::mailbox::Change;
use crate::{AuthKeyId, AuthKeyKind, Platform, PlatformError, Refusal, UserId, limits, product};

/// Id and end.
const SAID_BYTES: usize = 12;
/// Id 8 bytes, end 4 bytes, signature 16 bytes.
const TOKEN_BYTES: usize = SAID_BYTES + 16;

/// A device at another DC that somebody let in.
#[derive(minicbor::Encode, minicbor::Decode)]
struct LetIn {
    #[n(0)]
    user_id: UserId,
    #[n(1)]
    expires_at: i32,
}

impl Stored for LetIn {
    const WHAT: &'static str = "login token accepted elsewhere";
}

fn let_in_key(key: AuthKeyId) -> Key {
    keys::authorisation_key(key, &[authorisation_suffix::LET_IN])
}

impl Platform {
    /// A token that finds this person, and until when (Unix seconds).
    #[must_use]
    pub fn contact_token(&self, owner: UserId) -> (String, i32) {
        let expires_at = self.now().saturating_add(limits::CONTACT_TOKEN_SECONDS);
        (hex::encode(self.signed_token(b"contact token", owner.0, expires_at)), expires_at)
    }

    /// Whom a token finds; nobody once it ended or when this server did not make it.
    #[must_use]
    pub fn owner_of_contact_token(&self, token: &str) -> Option<UserId> {
        let (owner, expires_at) = self.open_token(b"contact token", &hex::decode(token).ok()?)?;
        (expires_at > self.now()).then_some(UserId(owner))
    }

    /// A token by which another device can sign this key in, and until when (Unix seconds).
    #[must_use]
    pub fn login_token(&self, key: AuthKeyId) -> (Vec<u8>, i32) {
        let expires_at = self.now().saturating_add(limits::LOGIN_TOKEN_SECONDS);
        (self.signed_token(b"login token", key.0, expires_at).to_vec(), expires_at)
    }

    /// Whether this server made the login token and it has not ended.
    ///
    /// # Errors
    /// [`Refusal::AuthTokenInvalid`], [`Refusal::AuthTokenExpired`].
    pub fn check_login_token(&self, token: &[u8]) -> Result<AuthKeyId, Refusal> {
        let (key, expires_at) = self.open_token(b"login token", token).ok_or(Refusal::AuthTokenInvalid)?;
        if expires_at <= self.now() {
            return Err(Refusal::AuthTokenExpired);
        }
        Ok(AuthKeyId(key))
    }

    /// A password that stands for the real one for a while, and until when (Unix seconds).
    ///
    /// # Errors
    /// [`Refusal::PasswordEmpty`] without a real one, [`Refusal::TmpPasswordDisabled`] for a time out of bounds, those of a
    /// check, or trouble of the store.
    pub async fn tmp_password(
        &self,
        prover: Prover<'_>,
        proof: &Proof,
        seconds: i32,
    ) -> Result<(Vec<u8>, i32), PlatformError> {
        if !limits::TMP_PASSWORD_SECONDS.contains(&seconds) {
            return Err(Refusal::TmpPasswordDisabled.into());
        }
        self.check_proof(prover, proof).await?.ok_or(Refusal::PasswordEmpty)?;
        let expires_at = self.now().saturating_add(seconds);
        Ok((self.signed_token(b"temporary password", prover.user_id.0, expires_at).to_vec(), expires_at))
    }

    /// Signs the key that shows this token in as `user_id`, on the word of one of their devices; where there is a password,
    /// the device waits for it instead.
    ///
    /// # Errors
    /// [`Refusal::AuthTokenInvalid`], [`Refusal::AuthTokenExpired`], [`Refusal::AuthTokenAlreadyAccepted`], trouble.
    pub async fn accept_login_token(
        &self,
        user_id: UserId,
        token: &[u8],
        origin: Option<AuthKeyId>,
    ) -> Result<Device, PlatformError> {
        let key_id = self.check_login_token(token)?;
        let key = self.auth_key(key_id).await?.ok_or(Refusal::AuthTokenInvalid)?;
        if key.kind != AuthKeyKind::Permanent {
            return Err(Refusal::AuthTokenInvalid.into());
        }
        if key.user_id().is_some() || key.waiting(self.now()).is_some() {
            return Err(Refusal::AuthTokenAlreadyAccepted.into());
        }
        self.check_room_for_device(user_id).await?;
        let record = match self.is_at_home(&key) {
            true => self.let_in(&key, user_id, origin).await?,
            false => self.let_in_elsewhere(&key, user_id, origin).await?,
        };
        self.tell_let_in(key_id).await?;
        Ok(Device { key_id, record, client: key.client() })
    }

    /// Whether a key was made for the home DC, where accounts live; one that named none was.
    fn is_at_home(&self, key: &AuthKeyState) -> bool {
        let dialled = key.dialled_dc.map(|dc| dc.saturating_abs() % product::TEST_DC_OFFSET);
        dialled.is_none_or(|dc| dc == self.inner.settings.home_dc)
    }

    /// Wakes the device that shows the token, under whichever of its keys it speaks.
    async fn tell_let_in(&self, key: AuthKeyId) -> Result<(), PlatformError> {
        let temporary = self.temporary_keys(key).await?;
        for id in std::iter::once(key).chain(temporary.into_iter().map(|(id, _)| id)) {
            self.publish(Signal::LoginToken { auth_key_id: id.0 });
        }
        Ok(())
    }

    /// A device at another DC was let in: nobody is signed in there, but its key at home will be.
    async fn let_in_elsewhere(
        &self,
        key: &AuthKeyState,
        user_id: UserId,
        origin: Option<AuthKeyId>,
    ) -> Result<DeviceRecord, PlatformError> {
        let now = self.now();
        let let_in = LetIn { user_id, expires_at: now.saturating_add(limits::LET_IN_SECONDS) };
        let mut batch = Batch::new(Class::C2);
        if let Some(origin) = origin {
            Self::while_signed_in(&mut batch, origin);
        }
        batch.put(let_in_key(key.id), codec::encode(&let_in));
        self.commit(batch).await.map_err(already_accepted)?;
        let authorization = Authorization { user_id, hash: self.random_i64() | 1, created_at: now, parent: None };
        Ok(authorization.device(""))
    }

    /// Whether somebody let in the device at another DC whose key this is.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn is_let_in(&self, key: AuthKeyId) -> Result<bool, PlatformError> {
        Ok(self.let_in_record(key).await?.is_some())
    }

    async fn let_in_record(&self, key: AuthKeyId) -> Result<Option<LetIn>, PlatformError> {
        let record = self.store().get(&let_in_key(key)).await?;
        let let_in: Option<LetIn> = codec::decode_record(record.as_ref())?;
        Ok(let_in.filter(|let_in| let_in.expires_at > self.now()))
    }

    /// Signs a key at home in with the token of the same device's key at another DC, if somebody let that one in. False
    /// when nobody did yet.
    ///
    /// # Errors
    /// [`Refusal::AuthTokenInvalid`], [`Refusal::AuthTokenExpired`], [`Refusal::AuthTokenAlreadyAccepted`],
    /// [`Refusal::SessionPasswordNeeded`], trouble.
    pub async fn import_login_token(&self, key: &Arc<AuthKeyState>, token: &[u8]) -> Result<bool, PlatformError> {
        let elsewhere = self.check_login_token(token)?;
        let Some(let_in) = self.let_in_record(elsewhere).await? else { return Ok(false) };
        if key.user_id().is_some() || !self.is_at_home(key) {
            return Err(Refusal::AuthTokenInvalid.into());
        }
        // Once: of two that come with the token at once, the second finds nothing to take.
        let mut batch = Batch::new(Class::C2);
        batch.checks.push(Check::Version(let_in_key(elsewhere), 0));
        batch.deletes.push(let_in_key(elsewhere));
        self.commit(batch).await.map_err(already_accepted)?;
        let record = self.let_in(key, let_in.user_id, None).await?;
        if record.is_waiting() {
            return Err(Refusal::SessionPasswordNeeded.into());
        }
        Ok(true)
    }

    /// Signs a key in on the word of another device, or makes it wait for the password.
    async fn let_in(
        &self,
        key: &Arc<AuthKeyState>,
        user_id: UserId,
        origin: Option<AuthKeyId>,
    ) -> Result<DeviceRecord, PlatformError> {
        if self.has_password(user_id).await? {
            let waits = self.begin_waiting(key, user_id, "", None, origin).await;
            return waits.map_err(already_accepted);
        }
        let mut batch = Batch::new(Class::C2);
        // Of two who accept at once one is late, and a device that was signed out lets nobody in.
        Self::while_signed_out(&mut batch, key.id);
        if let Some(origin) = origin {
            Self::while_signed_in(&mut batch, origin);
        }
        let authorization = self.plan_sign_in(&mut batch, key, user_id, "", None);
        self.commit_sign_in(&batch, key, &authorization).await.map_err(already_accepted)?;
        self.log_change(user_id, Change::NewAuthorization { hash: authorization.hash }, origin).await?;
        Ok(authorization.device(""))
    }

    fn signed_token(&self, label: &[u8], id: i64, expires_at: i32) -> [u8; TOKEN_BYTES] {
        let mut token = [0; TOKEN_BYTES];
        token[..8].copy_from_slice(&id.to_be_bytes());
        token[8..SAID_BYTES].copy_from_slice(&expires_at.to_be_bytes());
        let signature = self.keyed_hash(label, &[&token[..SAID_BYTES]]);
        token[SAID_BYTES..].copy_from_slice(&signature[..TOKEN_BYTES - SAID_BYTES]);
        token
    }

    fn open_token(&self, label: &[u8], token: &[u8]) -> Option<(i64, i32)> {
        let said = token.get(..SAID_BYTES)?;
        let id = i64::from_be_bytes(said[..8].try_into().ok()?);
        let expires_at = i32::from_be_bytes(said[8..].try_into().ok()?);
        let genuine: bool = self.signed_token(label, id, expires_at).ct_eq(token).into();
        genuine.then_some((id, expires_at))
    }
}

fn already_accepted(error: PlatformError) -> PlatformError {
    if error.is_conflict() { Refusal::AuthTokenAlreadyAccepted.into() } else { error }
}
