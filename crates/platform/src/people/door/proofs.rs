//! Login codes of this server's own numbers: shown to whoever reserved the number, or proves to be its account's holder.
//!
//! Every try is counted under the number, in the store, before it is judged, each kind of proof apart: whoever guesses
//! passwords locks nobody's recovery code. A number without an account, or an account without such a proof, is judged by
//! a stand-in that follows from the number and that nothing fits: same work, same counts, same words.

use std::net::IpAddr;
use std::sync::Arc;

use crypto::srp::SrpAnswer;
use store::{Batch, Class, Key, StoreError};
use subtle::ConstantTimeEq;

use crate::codec::{self, Stored};
use crate::keys::{self, NameKind, name_suffix};
use crate::people::auth_key::AuthKeyState;
use crate::people::flood::Act;
use crate::people::names::Phone;
use crate::people::password::check::Prover;
use crate::people::password::{Challenge, PasswordRecord, mail};
use crate::people::person::AccountState;
use crate::people::privacy::replace;
use crate::{AuthKeyId, Platform, PlatformError, Refusal, UserId, limits};

/// What somebody at the door shows for the login code of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoorProof {
    /// Nothing: the number is reserved for their key.
    Reserved,
    /// The password, by an answer to [`Platform::door_password`].
    Password {
        /// Which challenge.
        id: i64,
        /// `A`.
        public: Vec<u8>,
        /// `M1`.
        proof: Vec<u8>,
    },
    /// The recovery code.
    Recovery(String),
    /// The code from the mail of [`Platform::door_mail`].
    Mail(String),
}

/// Tries in a while.
#[derive(Clone, Debug, Default, minicbor::Encode, minicbor::Decode)]
struct Tries {
    #[n(0)]
    began_at: i32,
    #[n(1)]
    count: u32,
}

impl Tries {
    /// One more, unless that is past `most` in `seconds`.
    fn count(&mut self, now: i32, most: u32, seconds: i32, what: &'static str) -> Result<(), Refusal> {
        if now.saturating_sub(self.began_at) >= seconds {
            *self = Self { began_at: now, count: 0 };
        }
        if self.count >= most {
            metrics::PEOPLE_LIMITED.inc(what);
            let wait = self.began_at.saturating_add(seconds) - now;
            return Err(Refusal::FloodWait(u32::try_from(wait).unwrap_or(1).max(1)));
        }
        self.count += 1;
        Ok(())
    }
}

/// A code that was mailed, or would have been.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
struct Mailed {
    #[n(0)]
    nonce: i64,
    #[n(1)]
    expires_at: i32,
    #[n(2)]
    tries: u32,
}

/// Under a number: what was tried for it at the door.
#[derive(Clone, Debug, Default, minicbor::Encode, minicbor::Decode)]
struct Proofs {
    #[n(0)]
    password: Tries,
    #[n(1)]
    recovery: Tries,
    /// Mails asked for.
    #[n(2)]
    mails: Tries,
    #[n(3)]
    mailed: Option<Mailed>,
}

impl Stored for Proofs {
    const WHAT: &'static str = "tries at the door";
}

fn proofs_key(phone: &Phone) -> Key {
    keys::name_key(NameKind::Phone, phone.as_str(), name_suffix::PROOFS)
}

/// Whose proof is judged: an account's holder, or the stand-in of a number that has none.
struct Claimed {
    user_id: UserId,
    is_stand_in: bool,
}

impl Platform {
    /// The login code under way for a number of this server's own, for whoever may see it.
    ///
    /// # Errors
    /// [`Refusal::PhoneCodeExpired`] when no code is under way or, without a proof, when the number is not reserved for this
    /// key; [`Refusal::PasswordHashInvalid`], [`Refusal::SrpIdInvalid`], [`Refusal::SrpAInvalid`],
    /// [`Refusal::RecoveryCodeInvalid`], [`Refusal::CodeInvalid`]; [`Refusal::FloodWait`], or trouble of the store.
    pub async fn door_code(
        &self,
        key: &Arc<AuthKeyState>,
        phone: &str,
        proof: &DoorProof,
        ip: IpAddr,
    ) -> Result<String, PlatformError> {
        let phone = door_phone(phone)?;
        self.count_act(Act::TryCode, ip, limits::TRIES_PER_ADDRESS)?;
        if !self.is_code_under_way(&phone).await? {
            return Err(Refusal::PhoneCodeExpired.into());
        }
        if *proof == DoorProof::Reserved {
            self.read_reservation(&phone, key.id).await?.ok_or(Refusal::PhoneCodeExpired)?;
            return Ok(self.show_code(&phone).await?.ok_or(Refusal::PhoneCodeExpired)?);
        }
        let claimed = self.claimed(&phone).await?;
        match proof {
            DoorProof::Reserved => {}
            DoorProof::Password { id, public, proof } => {
                let prover = Prover { user_id: claimed.user_id, key, ip };
                self.judge_password(&phone, prover, *id, public, proof).await?;
            }
            DoorProof::Recovery(given) => self.judge_recovery(&phone, &claimed, given).await?,
            DoorProof::Mail(given) => self.judge_mail(&phone, given).await?,
        }
        // Nothing fits a stand-in; were something to, there would be no account to let anybody into.
        if claimed.is_stand_in {
            return Err(Refusal::PhoneCodeExpired.into());
        }
        metrics::LOGIN_CODES.inc("door");
        Ok(self.show_code(&phone).await?.ok_or(Refusal::PhoneCodeExpired)?)
    }

    /// Begins a check of the password of the number's account; of a stand-in where there is none.
    ///
    /// The hint is left out: it is for people who gave their login code, and it would tell that somebody is here.
    ///
    /// # Errors
    /// [`Refusal::PhoneNumberInvalid`], [`Refusal::FloodWait`], or trouble of the store.
    pub async fn door_password(&self, key: AuthKeyId, phone: &str, ip: IpAddr) -> Result<Challenge, PlatformError> {
        let phone = door_phone(phone)?;
        // Keys are cheap, and each check costs powers of 2048 bits.
        self.count_act(Act::BeginPasswordCheck, ip, limits::TRIES_PER_ADDRESS)?;
        let claimed = self.claimed(&phone).await?;
        let password = self.password_or_stand_in(&phone, claimed.user_id).await?;
        let challenge = self.challenge(claimed.user_id, key, &password)?;
        Ok(Challenge { hint: String::new(), ..challenge })
    }

    /// Mails a code to the address on file of the number's account, if there is one; says nothing about it.
    ///
    /// # Errors
    /// [`Refusal::PhoneNumberInvalid`], [`Refusal::FloodWait`], or trouble of the store.
    pub async fn door_mail(&self, phone: &str, ip: IpAddr) -> Result<(), PlatformError> {
        let phone = door_phone(phone)?;
        self.count_act(Act::AskForCode, ip, limits::CODES_PER_ADDRESS)?;
        let claimed = self.claimed(&phone).await?;
        let address = self.mail_address(claimed.user_id).await?;
        let nonce = self.random_i64();
        self.change_proofs(&phone, |proofs, now| {
            let (most, seconds) = (limits::DOOR_MAILS_PER_PHONE, limits::CODE_WINDOW_SECONDS);
            proofs.mails.count(now, most, seconds, "mail at the door")?;
            let expires_at = now.saturating_add(limits::CODE_SECONDS);
            proofs.mailed = Some(Mailed { nonce, expires_at, tries: 0 });
            Ok(())
        })
        .await?;
        if let Some(address) = address {
            // Not waited for: how long a mail takes would tell that there is an address.
            self.inner.settings.mail_delivery.post(&address, &self.door_mail_code(&phone, nonce));
        }
        Ok(())
    }

    /// The account that holds the number, or its stand-in: an id that nobody has and that follows from the number.
    async fn claimed(&self, phone: &Phone) -> Result<Claimed, PlatformError> {
        let holder = self.user_by_phone(phone).await?;
        let person = match holder {
            Some(user_id) => self.person(user_id).await?,
            None => None,
        };
        let living = person.filter(|person| person.profile.state == AccountState::Active);
        Ok(match living {
            Some(person) => Claimed { user_id: person.id, is_stand_in: false },
            None => {
                let digest = self.keyed_hash(b"stand-in", &[phone.as_str().as_bytes()]);
                let number = i64::from_be_bytes(*digest.first_chunk().expect("a digest has 32 bytes"));
                Claimed { user_id: UserId(number | i64::MIN), is_stand_in: true }
            }
        })
    }

    /// The password to check against: the account's, or one that nobody knows and that stays the same.
    async fn password_or_stand_in(&self, phone: &Phone, user_id: UserId) -> Result<PasswordRecord, PlatformError> {
        match self.read_password(user_id).await? {
            Some(read) => Ok(read.password),
            None => Ok(PasswordRecord::stand_in(|label| self.keyed_hash(label, &[phone.as_str().as_bytes()]))),
        }
    }

    async fn judge_password(
        &self,
        phone: &Phone,
        prover: Prover<'_>,
        id: i64,
        public: &[u8],
        proof: &[u8],
    ) -> Result<(), PlatformError> {
        let password = self.password_or_stand_in(phone, prover.user_id).await?;
        let check = self.take_check(prover, &password, id)?;
        let (most, seconds) = (limits::PASSWORD_TRIES, limits::PASSWORD_WINDOW_SECONDS);
        self.change_proofs(phone, |proofs, now| proofs.password.count(now, most, seconds, "password at the door"))
            .await?;
        if !self.is_answer(&check, &password, SrpAnswer { public, proof })? {
            metrics::PASSWORDS_WRONG.inc();
            return Err(Refusal::PasswordHashInvalid.into());
        }
        self.forgive(phone, |proofs| proofs.password = Tries::default()).await
    }

    async fn judge_recovery(&self, phone: &Phone, claimed: &Claimed, given: &str) -> Result<(), PlatformError> {
        let (most, seconds) = (limits::RECOVERY_TRIES, limits::PASSWORD_WINDOW_SECONDS);
        self.change_proofs(phone, |proofs, now| proofs.recovery.count(now, most, seconds, "recovery code")).await?;
        if !self.is_recovery_code(claimed.user_id, given).await? {
            return Err(Refusal::RecoveryCodeInvalid.into());
        }
        self.forgive(phone, |proofs| proofs.recovery = Tries::default()).await
    }

    async fn judge_mail(&self, phone: &Phone, given: &str) -> Result<(), PlatformError> {
        let mut code = None;
        self.change_proofs(phone, |proofs, now| {
            code = None;
            let mailed = proofs.mailed.as_mut().filter(|mailed| mailed.expires_at > now).ok_or(Refusal::CodeInvalid)?;
            if mailed.tries >= limits::CODE_TRIES {
                return Err(Refusal::CodeInvalid);
            }
            mailed.tries += 1;
            code = Some(self.door_mail_code(phone, mailed.nonce));
            Ok(())
        })
        .await?;
        let is_right = code.is_some_and(|code| code.as_bytes().ct_eq(given.trim().as_bytes()).into());
        if !is_right {
            return Err(Refusal::CodeInvalid.into());
        }
        self.forgive(phone, |proofs| proofs.mailed = None).await
    }

    fn door_mail_code(&self, phone: &Phone, nonce: i64) -> String {
        mail::digits_of(self.keyed_hash(b"door mail code", &[phone.as_str().as_bytes(), &nonce.to_be_bytes()]))
    }

    async fn forgive(&self, phone: &Phone, change: impl Fn(&mut Proofs)) -> Result<(), PlatformError> {
        self.change_proofs(phone, |proofs, _| {
            change(proofs);
            Ok(())
        })
        .await
    }

    async fn change_proofs(
        &self,
        phone: &Phone,
        mut change: impl FnMut(&mut Proofs, i32) -> Result<(), Refusal>,
    ) -> Result<(), PlatformError> {
        let key = proofs_key(phone);
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let record = self.store().get(&key).await?;
            let mut proofs: Proofs = codec::decode_record(record.as_ref())?.unwrap_or_default();
            change(&mut proofs, self.now())?;
            let batch = Batch { class: Class::C2, ..replace(&key, record.as_ref(), &proofs) };
            match self.commit(batch).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(StoreError::Conflict.into())
    }
}

/// A number that the door can be asked about.
fn door_phone(phone: &str) -> Result<Phone, Refusal> {
    let phone = Phone::parse(phone)?;
    if phone.is_reserved() { Ok(phone) } else { Err(Refusal::PhoneNumberInvalid) }
}
