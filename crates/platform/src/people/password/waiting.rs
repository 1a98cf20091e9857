//! Devices that gave the right code, or were let in by their QR code, and still owe the password.
//!
//! The record lies under the device's key, as the sign-in itself will, so that a restart does not send anybody back to
//! the login code; and in the person's list of devices, marked, so that they see who stands at the door and can send them away.

use std::sync::Arc;

use store::{Batch, Check, Class, Key};

use super::check::{Proof, Prover};
use crate::codec::{self, Stored};
use crate::keys::{self, authorisation_suffix};
use crate::mailbox::Change;
use crate::people::auth_key::AuthKeyState;
use crate::people::authorizations::DeviceRecord;
use crate::people::codes::ReadCode;
use crate::{AuthKeyId, Platform, PlatformError, Refusal, UserId, limits};

/// Whom a key may sign in as once it gives the password.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Waiting {
    /// The person.
    #[n(0)]
    pub user_id: UserId,
    /// Since when, Unix seconds.
    #[n(1)]
    pub since: i32,
    /// The address it came from.
    #[n(2)]
    pub ip: String,
}

impl Stored for Waiting {
    const WHAT: &'static str = "device that owes a password";
}

impl Waiting {
    /// Whether the device has to begin anew.
    #[must_use]
    pub fn is_over(&self, now: i32) -> bool {
        now.saturating_sub(self.since) >= limits::PASSWORD_WAITING_SECONDS
    }
}

pub(crate) fn waiting_key(key: AuthKeyId) -> Key {
    keys::authorisation_key(key, &[authorisation_suffix::WAITING])
}

impl Platform {
    /// Makes the device wait for the password, spending the code that brought it here; a conflict when the code is spent,
    /// the device that let it in is signed out or the account is gone meanwhile.
    pub(crate) async fn begin_waiting(
        &self,
        key: &AuthKeyState,
        user_id: UserId,
        ip: &str,
        code: Option<&ReadCode>,
        origin: Option<AuthKeyId>,
    ) -> Result<DeviceRecord, PlatformError> {
        self.forget_those_gone(user_id).await?;
        let waiting = Waiting { user_id, since: self.now(), ip: ip.to_owned() };
        let device = self.device_waiting(&waiting);
        let mut batch = Batch::new(Class::C2);
        if let Some(code) = code {
            code.spend(&mut batch);
        }
        Self::while_signed_out(&mut batch, key.id);
        if let Some(origin) = origin {
            Self::while_signed_in(&mut batch, origin);
        }
        batch.put(waiting_key(key.id), codec::encode(&waiting));
        self.plan_device(&mut batch, key, user_id, &device);
        self.commit_into_account(user_id, &batch).await?;
        key.set_waiting(Some(Arc::new(waiting)));
        Ok(device)
    }

    fn device_waiting(&self, waiting: &Waiting) -> DeviceRecord {
        DeviceRecord {
            hash: self.random_i64() | 1,
            created_at: waiting.since,
            ip: waiting.ip.clone(),
            parent: None,
            active_at: Some(waiting.since),
            password_pending: Some(true),
        }
    }

    /// Clears away devices that waited too long: each login code may leave one.
    async fn forget_those_gone(&self, user_id: UserId) -> Result<(), PlatformError> {
        let now = self.now();
        let is_gone = |_: AuthKeyId, device: &DeviceRecord| device.is_given_up(now);
        self.sign_out_keys(user_id, is_gone).await
    }

    /// Signs the device in that gave its code before and gives the password now.
    ///
    /// # Errors
    /// [`Refusal::AuthKeyUnregistered`] when it gave no code or waited too long, the refusals of a check, trouble.
    pub async fn sign_in_with_password(
        &self,
        key: &Arc<AuthKeyState>,
        ip: std::net::IpAddr,
        proof: &Proof,
    ) -> Result<UserId, PlatformError> {
        let waiting = key.waiting(self.now()).ok_or(Refusal::AuthKeyUnregistered)?;
        let prover = Prover { user_id: waiting.user_id, key, ip };
        self.check_password(prover, proof).await?;
        self.end_waiting(key, &waiting).await?;
        Ok(waiting.user_id)
    }

    /// Nothing is owed any more: the device is signed in.
    pub(crate) async fn end_waiting(&self, key: &Arc<AuthKeyState>, waiting: &Waiting) -> Result<(), PlatformError> {
        let person = self.living_person(waiting.user_id).await?;
        if person.profile.state == crate::people::person::AccountState::Banned {
            return Err(Refusal::UserDeactivatedBan.into());
        }
        let mut batch = Batch::new(Class::C2);
        // Whoever was sent away meanwhile does not come in.
        batch.checks.push(Check::Version(waiting_key(key.id), 0));
        batch.deletes.push(waiting_key(key.id));
        let authorization = self.plan_sign_in(&mut batch, key, waiting.user_id, &waiting.ip, None);
        match self.commit_sign_in(&batch, key, &authorization).await {
            Err(error) if error.is_conflict() => return Err(Refusal::AuthKeyUnregistered.into()),
            outcome => outcome?,
        }
        let change = Change::NewAuthorization { hash: authorization.hash };
        self.log_change(waiting.user_id, change, Some(key.id)).await
    }
}
