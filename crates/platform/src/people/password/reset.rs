//! Losing the password by waiting: a device that is still signed in asks, every device hears of it, and after a week
//! without a word against it the password can go. Page "api/srp", "Password reset".

use store::{Batch, Class};

use super::{kind, place};
use crate::codec::{self, Stored};
use crate::words::Words;
use crate::{Platform, PlatformError, Refusal, UserId, limits};

/// What became of asking for a reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// The password is gone.
    Done,
    /// It can go at this time, Unix seconds.
    WaitUntil(i32),
    /// One was declined lately: ask again at this time, Unix seconds.
    DeclinedUntil(i32),
}

#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
struct ResetRecord {
    #[n(0)]
    asked_at: i32,
    #[n(1)]
    declined_at: Option<i32>,
}

impl Stored for ResetRecord {
    const WHAT: &'static str = "password reset";
}

impl ResetRecord {
    fn takes_effect_at(&self) -> Option<i32> {
        self.declined_at.is_none().then(|| self.asked_at.saturating_add(limits::PASSWORD_RESET_SECONDS))
    }
}

impl Platform {
    /// Asks for the password to be reset, or finishes a reset whose time has come.
    ///
    /// # Errors
    /// [`Refusal::PasswordEmpty`], or trouble of the store.
    pub async fn reset_password(&self, user_id: UserId) -> Result<Reset, PlatformError> {
        if !self.has_password(user_id).await? {
            return Err(Refusal::PasswordEmpty.into());
        }
        let now = self.now();
        let earlier = self.reset_record(user_id).await?;
        if let Some(at) = earlier.as_ref().and_then(ResetRecord::takes_effect_at) {
            if at > now {
                return Ok(Reset::WaitUntil(at));
            }
            self.drop_password(user_id).await?;
            return Ok(Reset::Done);
        }
        let retry_at = earlier.and_then(|earlier| earlier.declined_at);
        let retry_at = retry_at.map(|declined| declined.saturating_add(limits::PASSWORD_RESET_RETRY_SECONDS));
        if let Some(at) = retry_at.filter(|at| *at > now) {
            return Ok(Reset::DeclinedUntil(at));
        }
        self.put_reset(user_id, &ResetRecord { asked_at: now, declined_at: None }).await?;
        let days = limits::PASSWORD_RESET_SECONDS / (24 * 3600);
        self.tell(user_id, Words::PasswordReset, &[("days", &days.to_string())]).await?;
        Ok(Reset::WaitUntil(now.saturating_add(limits::PASSWORD_RESET_SECONDS)))
    }

    /// Calls a reset off.
    ///
    /// # Errors
    /// [`Refusal::ResetRequestMissing`], or trouble of the store.
    pub async fn decline_password_reset(&self, user_id: UserId) -> Result<(), PlatformError> {
        let reset = self.reset_record(user_id).await?.filter(|reset| reset.declined_at.is_none());
        let reset = reset.ok_or(Refusal::ResetRequestMissing)?;
        self.put_reset(user_id, &ResetRecord { declined_at: Some(self.now()), ..reset }).await
    }

    /// When a reset under way takes effect.
    pub(super) async fn reset_under_way(&self, user_id: UserId) -> Result<Option<i32>, PlatformError> {
        Ok(self.reset_record(user_id).await?.and_then(|reset| reset.takes_effect_at()))
    }

    async fn reset_record(&self, user_id: UserId) -> Result<Option<ResetRecord>, PlatformError> {
        codec::decode_record(self.store().get(&place(user_id, kind::RESET)).await?.as_ref())
    }

    async fn put_reset(&self, user_id: UserId, reset: &ResetRecord) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C1);
        batch.put(place(user_id, kind::RESET), codec::encode(reset));
        self.commit(batch).await
    }
}
