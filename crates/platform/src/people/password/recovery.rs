//! Forgotten passwords: confirming a recovery address, and coming in by it or by the recovery code.

use super::change::{NewPassword, NewSettings};
use super::check::Prover;
use super::mail::{is_address, pattern};
use super::recovery_code::is_recovery_code;
use super::{PasswordRecord, RECOVERY_CODE, kind};
use crate::words::Words;
use crate::{Platform, PlatformError, Refusal, UserId, limits};

impl Platform {
    /// Whether mail can recover this password.
    pub(super) fn can_recover(&self, password: &PasswordRecord) -> bool {
        password.email.is_some() && self.inner.settings.mail_delivery.is_road()
    }

    /// Mails a code to a new recovery address; `next` is in force once it comes back.
    pub(super) async fn ask_for_confirmation(
        &self,
        user_id: UserId,
        address: &str,
        next: PasswordRecord,
    ) -> Result<(), PlatformError> {
        if !is_address(address) || !self.inner.settings.mail_delivery.is_road() {
            return Err(Refusal::EmailInvalid.into());
        }
        let epoch = self.read_password(user_id).await?.map_or(0, |read| read.password.epoch);
        let next = PasswordRecord { email: Some(address.to_owned()), ..next };
        self.mail_code(user_id, kind::CONFIRMATION, address, Some(next), epoch).await?;
        Err(Refusal::EmailUnconfirmed(limits::CODE_DIGITS).into())
    }

    /// The address that waits for confirmation, made unrecognisable.
    pub(super) async fn unconfirmed_email(&self, user_id: UserId) -> Result<Option<String>, PlatformError> {
        let under_way = self.mail_under_way(user_id, kind::CONFIRMATION).await?;
        Ok(under_way.map(|(code, _)| pattern(&code.email)))
    }

    /// Confirms the new address with the code from the mail; the change that came with it takes effect.
    ///
    /// # Errors
    /// [`Refusal::CodeInvalid`], [`Refusal::EmailHashExpired`], [`Refusal::SrpPasswordChanged`], or trouble of the store.
    pub async fn confirm_email(&self, user_id: UserId, code: &str) -> Result<(), PlatformError> {
        let code = self.try_mail(user_id, kind::CONFIRMATION, code, Refusal::EmailHashExpired).await?;
        let read = self.read_password(user_id).await?;
        let next = code.next.as_ref().ok_or(Refusal::EmailHashExpired)?;
        if read.as_ref().map_or(0, |read| read.password.epoch) != code.epoch {
            return Err(Refusal::SrpPasswordChanged.into());
        }
        self.put_password(user_id, read.as_ref(), next).await
    }

    /// Mails the code for a new address again.
    ///
    /// # Errors
    /// [`Refusal::EmailHashExpired`] when no address waits, [`Refusal::FloodWait`], or trouble of the store.
    pub async fn resend_email(&self, user_id: UserId) -> Result<(), PlatformError> {
        let under_way = self.mail_under_way(user_id, kind::CONFIRMATION).await?;
        let (code, _) = under_way.ok_or(Refusal::EmailHashExpired)?;
        self.convey_mail(user_id, &code).await
    }

    /// Gives up confirming a new address, and the change that came with it.
    ///
    /// # Errors
    /// [`Refusal::EmailHashExpired`] when no address waits, or trouble of the store.
    pub async fn cancel_email(&self, user_id: UserId) -> Result<(), PlatformError> {
        self.mail_under_way(user_id, kind::CONFIRMATION).await?.ok_or(Refusal::EmailHashExpired)?;
        self.forget_mail(user_id, kind::CONFIRMATION).await
    }

    /// Mails a code with which the password can be recovered; answers with the address, made unrecognisable. Whoever has no
    /// address but a recovery code is asked for that, in the same field.
    ///
    /// # Errors
    /// [`Refusal::PasswordEmpty`], [`Refusal::PasswordRecoveryNa`], [`Refusal::FloodWait`], or trouble of the store.
    pub async fn request_recovery(&self, user_id: UserId) -> Result<String, PlatformError> {
        let read = self.read_password(user_id).await?.ok_or(Refusal::PasswordEmpty)?;
        let Some(email) = read.password.email.as_deref().filter(|_| self.can_recover(&read.password)) else {
            self.recovery_made_at(user_id).await?.ok_or(Refusal::PasswordRecoveryNa)?;
            let language = self.language_of(user_id).await?.unwrap_or_default();
            return Ok(language.say(Words::RecoveryKept, &[]));
        };
        self.mail_code(user_id, kind::RECOVERY, email, None, read.password.epoch).await?;
        Ok(pattern(email))
    }

    /// Whether this is the code from the mail, or the recovery code; it can still be used.
    ///
    /// # Errors
    /// [`Refusal::PasswordEmpty`], [`Refusal::CodeInvalid`], [`Refusal::PasswordRecoveryExpired`], or trouble of the store.
    pub async fn check_recovery(&self, prover: Prover<'_>, code: &str) -> Result<(), PlatformError> {
        let user_id = prover.user_id;
        if !self.has_password(user_id).await? {
            return Err(Refusal::PasswordEmpty.into());
        }
        match self.try_recovery_code(prover, code).await? {
            Some(true) => Ok(()),
            Some(false) => Err(Refusal::CodeInvalid.into()),
            None => self.try_mail(user_id, kind::RECOVERY, code, Refusal::PasswordRecoveryExpired).await.map(drop),
        }
    }

    /// Replaces the forgotten password, or removes it, with the code from the mail or the recovery code, which is spent; a
    /// device that waited for the password is signed in.
    ///
    /// # Errors
    /// [`Refusal::CodeEmpty`], those of [`Platform::check_recovery`] and of a new password, or trouble of the store.
    pub async fn recover(&self, prover: Prover<'_>, code: &str, new: Option<NewSettings>) -> Result<(), PlatformError> {
        if code.is_empty() {
            return Err(Refusal::CodeEmpty.into());
        }
        let Prover { user_id, key, .. } = prover;
        self.check_recovery(prover, code).await?;
        let spent: &[u8] = if is_recovery_code(code) { &RECOVERY_CODE } else { &[] };
        let read = self.read_password(user_id).await?;
        let new = new.filter(|new| new.password != NewPassword::Keep);
        let next = match new {
            Some(new) => self.next_password(user_id, read.as_ref(), &new)?,
            None => None,
        };
        if !spent.is_empty() {
            self.tell(user_id, Words::RecoverySpent, &[]).await?;
        }
        match next {
            Some(next) => self.write_password(user_id, read.as_ref(), &next, spent).await?,
            None => self.remove_password(user_id, read.as_ref(), spent).await?,
        }
        match key.waiting(self.now()) {
            Some(waiting) => self.end_waiting(key, &waiting).await,
            None => Ok(()),
        }
    }
}
