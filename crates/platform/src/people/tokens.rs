//! Tokens that carry their own meaning: an id and an end, signed by the server. Nothing is stored.
//!
//! A contact token finds a person without their number. A login token is what a device shows as a QR code: whoever is
//! signed in and accepts it signs that device's key in (core.telegram.org/api/qr-login). It works once, because a key
//! that is signed in takes no other sign-in this way.

use std::sync::Arc;

use store::{Batch, Class};
use subtle::ConstantTimeEq;

use super::auth_key::{AuthKeyState, Authorization};
use crate::mailbox::Change;
use crate::{AuthKeyId, AuthKeyKind, Platform, PlatformError, Refusal, UserId, limits};

/// Id and end.
const SAID_BYTES: usize = 12;
/// Id 8 bytes, end 4 bytes, signature 16 bytes.
const TOKEN_BYTES: usize = SAID_BYTES + 16;

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

    /// Signs the key that shows this token in as `user_id`, on the word of one of their devices.
    ///
    /// # Errors
    /// [`Refusal::AuthTokenInvalid`], [`Refusal::AuthTokenExpired`], [`Refusal::AuthTokenAlreadyAccepted`], trouble.
    pub async fn accept_login_token(
        &self,
        user_id: UserId,
        token: &[u8],
        origin: Option<AuthKeyId>,
    ) -> Result<(Arc<AuthKeyState>, Authorization), PlatformError> {
        let key_id = self.check_login_token(token)?;
        let key = self.auth_key(key_id).await?.ok_or(Refusal::AuthTokenInvalid)?;
        if key.kind != AuthKeyKind::Permanent {
            return Err(Refusal::AuthTokenInvalid.into());
        }
        if key.user_id().is_some() {
            return Err(Refusal::AuthTokenAlreadyAccepted.into());
        }
        self.check_room_for_device(user_id).await?;
        let mut batch = Batch::new(Class::C2);
        // Of two who accept at once one is late, and a device that was signed out lets nobody in.
        Self::while_signed_out(&mut batch, key.id);
        if let Some(origin) = origin {
            Self::while_signed_in(&mut batch, origin);
        }
        let authorization = self.plan_sign_in(&mut batch, &key, user_id, "", None);
        match self.commit_sign_in(batch, &key, &authorization).await {
            Err(error) if error.is_conflict() => return Err(Refusal::AuthTokenAlreadyAccepted.into()),
            outcome => outcome?,
        }
        self.log_change(user_id, Change::NewAuthorization { hash: authorization.hash }, origin).await?;
        Ok((key, authorization))
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
