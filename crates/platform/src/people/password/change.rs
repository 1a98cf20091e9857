//! Setting, changing and removing the password.

use crypto::srp::{NUMBER_BYTES, SrpGroup};
use store::{Batch, Check, Class};

use super::check::{Proof, Prover};
use super::{PasswordRecord, RECOVERY_CODE, ReadPassword, SALT1_BYTES, Salts, SecureSecret, kind, place};
use crate::people::privacy::replace;
use crate::words::Words;
use crate::{Platform, PlatformError, Refusal, UserId, limits};

/// What becomes of the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewPassword {
    /// It stays.
    Keep,
    /// It goes, with everything that hangs on it.
    Remove,
    /// It is this one from now on.
    Set {
        /// The salts the client used.
        salts: Salts,
        /// `v = g^x mod p`.
        verifier: Vec<u8>,
        /// What the person wrote down to remember it by.
        hint: String,
    },
}

/// A change of the password settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSettings {
    /// The password.
    pub password: NewPassword,
    /// The recovery address: `None` leaves it, an empty one removes it.
    pub email: Option<String>,
    /// The secret of encrypted documents: `None` leaves it.
    pub secure: Option<SecureSecret>,
}

impl Platform {
    /// Changes the password settings of a person who proves to know the password, if there is one.
    ///
    /// # Errors
    /// The refusals of a check; [`Refusal::NewSettingsEmpty`], [`Refusal::NewSettingsInvalid`],
    /// [`Refusal::NewSaltInvalid`], [`Refusal::EmailInvalid`]; [`Refusal::EmailUnconfirmed`] when a code is on its way to the
    /// new address, with which the change takes effect; or trouble of the store.
    pub async fn update_password(
        &self,
        prover: Prover<'_>,
        proof: &Proof,
        new: NewSettings,
    ) -> Result<(), PlatformError> {
        let read = self.check_proof(prover, proof).await?;
        let Some(mut next) = self.next_password(prover.user_id, read.as_ref(), &new)? else {
            return self.remove_password(prover.user_id, read.as_ref(), &[]).await;
        };
        match new.email.as_deref().map(str::trim) {
            None => {}
            Some("") => next.email = None,
            Some(address) => return self.ask_for_confirmation(prover.user_id, address, next).await,
        }
        self.put_password(prover.user_id, read.as_ref(), &next).await
    }

    /// The password as it is to be; `None` when there is to be none.
    pub(super) fn next_password(
        &self,
        user_id: UserId,
        read: Option<&ReadPassword>,
        new: &NewSettings,
    ) -> Result<Option<PasswordRecord>, Refusal> {
        let old = read.map(|read| &read.password);
        let mut next = match (&new.password, old) {
            (NewPassword::Set { salts, verifier, hint }, old) => {
                self.fresh_password(user_id, old, salts, verifier, hint)?
            }
            (NewPassword::Keep, Some(old)) => old.clone(),
            (NewPassword::Remove, Some(_)) => return Ok(None),
            (NewPassword::Keep | NewPassword::Remove, None) => return Err(Refusal::NewSettingsEmpty),
        };
        if let Some(secure) = &new.secure {
            if secure.secret.len() > limits::SECURE_SECRET_MAX_BYTES {
                return Err(Refusal::NewSettingsInvalid);
            }
            next.secure = Some(secure.clone());
        }
        Ok(Some(next))
    }

    fn fresh_password(
        &self,
        user_id: UserId,
        old: Option<&PasswordRecord>,
        salts: &Salts,
        verifier: &[u8],
        hint: &str,
    ) -> Result<PasswordRecord, Refusal> {
        let offered = self.new_salts(user_id, old.map_or(0, |old| old.epoch));
        if !fits(&offered, salts) {
            return Err(Refusal::NewSaltInvalid);
        }
        let number: &[u8; NUMBER_BYTES] = verifier.try_into().map_err(|_| Refusal::NewSettingsInvalid)?;
        if !SrpGroup::is_verifier(number) || hint.chars().count() > limits::PASSWORD_HINT_MAX_CHARS {
            return Err(Refusal::NewSettingsInvalid);
        }
        Ok(PasswordRecord {
            verifier: verifier.to_vec(),
            salt1: salts.first.clone(),
            salt2: salts.second.clone(),
            hint: hint.trim().to_owned(),
            email: old.and_then(|old| old.email.clone()),
            secure: None,
            set_at: self.now(),
            epoch: self.random_i64() | 1,
        })
    }

    /// Writes the password if it is still the one that was read. A reset or recovery under way has lost its reason.
    pub(super) async fn put_password(
        &self,
        user_id: UserId,
        read: Option<&ReadPassword>,
        next: &PasswordRecord,
    ) -> Result<(), PlatformError> {
        self.write_password(user_id, read, next, &[]).await
    }

    /// The same for whoever forgot the old one: what they proved it with goes, too.
    pub(super) async fn write_password(
        &self,
        user_id: UserId,
        read: Option<&ReadPassword>,
        next: &PasswordRecord,
        spent: &[u8],
    ) -> Result<(), PlatformError> {
        let key = place(user_id, kind::PASSWORD);
        let mut batch = replace(&key, read.map(|read| &read.record), next);
        let pending = [kind::RESET, kind::CONFIRMATION, kind::RECOVERY];
        batch.deletes.extend(pending.iter().chain(spent).map(|kind| place(user_id, *kind)));
        let ends_a_code = read.is_none() && self.recovery_made_at(user_id).await?.is_some();
        if read.is_none() {
            // Whoever made it needed no password for it.
            batch.deletes.extend(RECOVERY_CODE.iter().map(|kind| place(user_id, *kind)));
        }
        self.commit_password(batch).await?;
        if ends_a_code && let Err(error) = self.tell(user_id, Words::RecoveryEnded, &[]).await {
            tracing::warn!(%error, "nobody was told that a recovery code ended");
        }
        Ok(())
    }

    /// Removes the password if it is still the one that was read, with all that hangs on it and whatever was spent for it. The
    /// recovery code stays: it opens the door, too.
    pub(super) async fn remove_password(
        &self,
        user_id: UserId,
        read: Option<&ReadPassword>,
        spent: &[u8],
    ) -> Result<(), PlatformError> {
        let Some(read) = read else { return Ok(()) };
        let mut batch = Batch::new(Class::C1);
        batch.checks.push(Check::Version(place(user_id, kind::PASSWORD), read.record.version));
        let all = [kind::PASSWORD, kind::TRIES, kind::RESET, kind::CONFIRMATION, kind::RECOVERY];
        batch.deletes.extend(all.iter().chain(spent).map(|kind| place(user_id, *kind)));
        self.commit_password(batch).await
    }

    pub(super) async fn commit_password(&self, batch: Batch) -> Result<(), PlatformError> {
        match self.commit(batch).await {
            Err(error) if error.is_conflict() => Err(Refusal::SrpPasswordChanged.into()),
            outcome => outcome,
        }
    }

    /// Takes the password away from whoever has one, without asking for it.
    pub(crate) async fn drop_password(&self, user_id: UserId) -> Result<bool, PlatformError> {
        let read = self.read_password(user_id).await?;
        self.remove_password(user_id, read.as_ref(), &[]).await?;
        Ok(read.is_some())
    }
}

/// Page "api/srp": the client appends random bytes of its own to the first salt and takes the second as it is.
fn fits(offered: &Salts, used: &Salts) -> bool {
    let longer =
        SALT1_BYTES + limits::PASSWORD_SALT_ADDED_BYTES.start()..=SALT1_BYTES + limits::PASSWORD_SALT_ADDED_BYTES.end();
    used.first.starts_with(&offered.first) && longer.contains(&used.first.len()) && used.second == offered.second
}
