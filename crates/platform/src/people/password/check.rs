//! Checking a password, with tries counted per person in the store and per address in memory.

use std::net::IpAddr;
use std::sync::Arc;

use crypto::CryptoError;
use crypto::srp::SrpAnswer;
use store::StoreError;

use super::challenges::{Pending, trouble};
use super::{PasswordRecord, ReadPassword, SecureSecret, kind, place};
use crate::codec::{self, Stored};
use crate::people::auth_key::AuthKeyState;
use crate::people::flood::Act;
use crate::people::privacy::replace;
use crate::{Platform, PlatformError, Refusal, UserId, limits};

/// A client's proof that its person knows the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// None: there is no password.
    Empty,
    /// The answer to a challenge.
    Srp {
        /// Which one.
        id: i64,
        /// `A`.
        public: Vec<u8>,
        /// `M1`.
        proof: Vec<u8>,
    },
}

/// Who proves something, and from where.
#[derive(Clone, Copy)]
pub struct Prover<'a> {
    /// The person.
    pub user_id: UserId,
    /// Their key.
    pub key: &'a Arc<AuthKeyState>,
    /// Their address.
    pub ip: IpAddr,
}

/// Tries of one kind in a while.
#[derive(Clone, Debug, Default, minicbor::Encode, minicbor::Decode)]
struct Tries {
    #[n(0)]
    began_at: i32,
    /// By devices that are not signed in yet.
    #[n(1)]
    by_strangers: u32,
    /// By devices that are: whoever guesses at the door locks nobody out of their own settings.
    #[n(2)]
    by_own_devices: u32,
}

impl Stored for Tries {
    const WHAT: &'static str = "password tries";
}

impl Platform {
    /// What hangs on the password, for whoever knows it: the recovery address and the secret of encrypted documents.
    ///
    /// # Errors
    /// The refusals of a check, or trouble of the store.
    pub async fn password_settings(
        &self,
        prover: Prover<'_>,
        proof: &Proof,
    ) -> Result<(Option<String>, Option<SecureSecret>), PlatformError> {
        Ok(match self.check_proof(prover, proof).await? {
            Some(read) => (read.password.email, read.password.secure),
            None => (None, None),
        })
    }

    /// Refuses unless the proof fits; a person without a password proves by giving none.
    ///
    /// # Errors
    /// [`Refusal::PasswordHashInvalid`], [`Refusal::SrpIdInvalid`], [`Refusal::SrpPasswordChanged`],
    /// [`Refusal::SrpAInvalid`], [`Refusal::FloodWait`], or trouble of the store.
    pub async fn check_password(&self, prover: Prover<'_>, proof: &Proof) -> Result<(), PlatformError> {
        self.check_proof(prover, proof).await.map(drop)
    }

    /// The password of a person who proved to know it; `None` for one who has none.
    pub(crate) async fn check_proof(
        &self,
        prover: Prover<'_>,
        proof: &Proof,
    ) -> Result<Option<ReadPassword>, PlatformError> {
        let read = self.read_password(prover.user_id).await?;
        match (read, proof) {
            (None, Proof::Empty) => Ok(None),
            (Some(read), Proof::Srp { id, public, proof }) => {
                let answer = SrpAnswer { public, proof };
                self.judge(prover, &read.password, *id, answer).await?;
                Ok(Some(read))
            }
            (None, Proof::Srp { .. }) | (Some(_), Proof::Empty) => Err(Refusal::PasswordHashInvalid.into()),
        }
    }

    async fn judge(
        &self,
        prover: Prover<'_>,
        password: &PasswordRecord,
        id: i64,
        answer: SrpAnswer<'_>,
    ) -> Result<(), PlatformError> {
        let check = self.take_check(prover, password, id)?;
        // Counted before it is judged: who tries many at once gains nothing.
        self.count_try_of(prover).await?;
        if self.is_answer(&check, password, answer)? {
            return self.forgive_tries(prover).await;
        }
        metrics::PASSWORDS_WRONG.inc();
        Err(Refusal::PasswordHashInvalid.into())
    }

    /// The check under way with this id, which serves once.
    pub(crate) fn take_check(
        &self,
        prover: Prover<'_>,
        password: &PasswordRecord,
        id: i64,
    ) -> Result<Pending, Refusal> {
        self.count_act(Act::TryPassword, prover.ip, limits::TRIES_PER_ADDRESS)?;
        let passwords = &self.inner.people.passwords;
        let pending = passwords.take(prover.key.id, prover.user_id, id, self.now()).ok_or(Refusal::SrpIdInvalid)?;
        if pending.epoch == password.epoch { Ok(pending) } else { Err(Refusal::SrpPasswordChanged) }
    }

    /// Whether the answer shows that its sender knows the password. The caller counts the try before.
    pub(crate) fn is_answer(
        &self,
        check: &Pending,
        password: &PasswordRecord,
        answer: SrpAnswer<'_>,
    ) -> Result<bool, PlatformError> {
        let salts = (password.salt1.as_slice(), password.salt2.as_slice());
        match self.inner.people.passwords.group.check(&check.challenge, password.verifier()?, salts, answer) {
            Ok(is_right) => Ok(is_right),
            Err(CryptoError::OutOfRange) => Err(Refusal::SrpAInvalid.into()),
            Err(error) => Err(trouble(error)),
        }
    }

    async fn count_try_of(&self, prover: Prover<'_>) -> Result<(), PlatformError> {
        let is_own = prover.key.user_id() == Some(prover.user_id);
        self.change_tries(prover.user_id, |tries, now| {
            if now.saturating_sub(tries.began_at) >= limits::PASSWORD_WINDOW_SECONDS {
                *tries = Tries { began_at: now, ..Tries::default() };
            }
            let count = if is_own { &mut tries.by_own_devices } else { &mut tries.by_strangers };
            if *count >= limits::PASSWORD_TRIES {
                metrics::PEOPLE_LIMITED.inc("password");
                let wait = tries.began_at + limits::PASSWORD_WINDOW_SECONDS - now;
                return Err(Refusal::FloodWait(u32::try_from(wait).unwrap_or(1).max(1)));
            }
            *count += 1;
            Ok(())
        })
        .await
    }

    async fn forgive_tries(&self, prover: Prover<'_>) -> Result<(), PlatformError> {
        let is_own = prover.key.user_id() == Some(prover.user_id);
        self.change_tries(prover.user_id, |tries, _| {
            *(if is_own { &mut tries.by_own_devices } else { &mut tries.by_strangers }) = 0;
            Ok(())
        })
        .await
    }

    async fn change_tries(
        &self,
        user_id: UserId,
        mut change: impl FnMut(&mut Tries, i32) -> Result<(), Refusal>,
    ) -> Result<(), PlatformError> {
        let key = place(user_id, kind::TRIES);
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let record = self.store().get(&key).await?;
            let mut tries: Tries = codec::decode_record(record.as_ref())?.unwrap_or_default();
            change(&mut tries, self.now())?;
            match self.commit(replace(&key, record.as_ref(), &tries)).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(StoreError::Conflict.into())
    }
}
