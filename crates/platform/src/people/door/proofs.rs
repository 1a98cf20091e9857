//! Login codes of this server's own numbers: shown to whoever reserved the number, or proves to be its account's holder.
//!
//! Every try of a password or a mailed code is counted under the number, in the store, before it is judged, by visitor and
//! in all ([`super::tries`]): a stranger who guesses, or asks for mails, shuts their own road and not the holder's. A
//! number without an account, or an account without such a proof, is judged by a stand-in that follows from the number and
//! that nothing fits: same work, same counts, same words.

use std::net::IpAddr;
use std::sync::Arc;

use crypto::srp::SrpAnswer;
use store::{Batch, Class, Key, StoreError};
use subtle::ConstantTimeEq;

use super::tries::{Bounds, Share, Tries, Visitor, add_share, share_of};
use crate::codec::{self, Stored};
use crate::keys::{self, NameKind, name_suffix};
use crate::people::auth_key::AuthKeyState;
use crate::people::flood::Act;
use crate::people::names::Phone;
use crate::people::password::check::Prover;
use crate::people::password::{Challenge, PasswordRecord, mail};
use crate::people::person::AccountState;
use crate::people::privacy::replace;
use crate::words::{Language, Words};
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

/// A code that was mailed, or would have been.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
struct Mailed {
    #[n(0)]
    nonce: i64,
    #[n(1)]
    expires_at: i32,
    #[n(2)]
    tries: u32,
    /// The same by visitor.
    #[n(3)]
    shares: Option<Vec<Share>>,
}

impl Mailed {
    fn may_try(&self, visitor: Visitor, now: i32) -> bool {
        let is_alive = self.expires_at > now && self.tries < limits::DOOR_MAIL_TRIES;
        is_alive && share_of(self.shares.as_ref(), visitor) < limits::CODE_TRIES
    }

    /// Whether it is mailed again when this visitor asks: then strangers who ask make no more codes to guess at.
    fn serves_again(&self, visitor: Visitor, now: i32) -> bool {
        self.may_try(visitor, now) && self.expires_at - now > limits::CODE_SECONDS / 2
    }
}

/// Under a number: what was tried for it at the door.
#[derive(Clone, Debug, Default, minicbor::Encode, minicbor::Decode)]
struct Proofs {
    #[n(0)]
    password: Tries,
    /// Recovery codes, as the release before counts them.
    #[n(1)]
    recovery: Tries,
    /// Mails asked for.
    #[n(2)]
    mails: Tries,
    /// The code made last.
    #[n(3)]
    mailed: Option<Mailed>,
    /// Codes made before that still count: whoever asks for another takes none away.
    #[n(4)]
    former: Option<Vec<Mailed>>,
}

impl Proofs {
    /// The codes that count, the one made last included.
    fn codes(&mut self, now: i32) -> impl Iterator<Item = &mut Mailed> {
        self.former.iter_mut().flatten().chain(&mut self.mailed).filter(move |code| code.expires_at > now)
    }

    /// The code to mail: the one made last while it is young, else a fresh one, beside those that still count.
    fn code_to_mail(&mut self, visitor: Visitor, now: i32, fresh: i64) -> i64 {
        if let Some(again) = self.mailed.as_ref().filter(|code| code.serves_again(visitor, now)) {
            return again.nonce;
        }
        let mut former: Vec<Mailed> = self.codes(now).map(|code| code.clone()).collect();
        let over = former.len().saturating_sub(limits::DOOR_MAILS_PER_PHONE as usize);
        former.drain(..over);
        self.former = Some(former);
        let expires_at = now.saturating_add(limits::CODE_SECONDS);
        self.mailed = Some(Mailed { nonce: fresh, expires_at, tries: 0, shares: None });
        fresh
    }

    /// Counts a try of every code that this visitor may still try, and names them.
    fn try_codes(&mut self, visitor: Visitor, now: i32) -> Vec<i64> {
        let tried = self.codes(now).filter(|code| code.may_try(visitor, now)).map(|code| {
            code.tries += 1;
            add_share(&mut code.shares, visitor);
            code.nonce
        });
        tried.collect()
    }

    fn spend_code(&mut self, nonce: i64) {
        self.mailed.take_if(|code| code.nonce == nonce);
        self.former.get_or_insert_default().retain(|code| code.nonce != nonce);
    }
}

const PASSWORDS: Bounds = Bounds {
    of_one: limits::PASSWORD_TRIES,
    of_all: limits::DOOR_PASSWORDS_PER_PHONE,
    seconds: limits::PASSWORD_WINDOW_SECONDS,
    what: "password at the door",
};

const MAILS: Bounds = Bounds {
    of_one: limits::DOOR_MAILS_PER_VISITOR,
    of_all: limits::DOOR_MAILS_PER_PHONE,
    seconds: limits::CODE_WINDOW_SECONDS,
    what: "mail at the door",
};

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
            DoorProof::Recovery(given) => self.judge_recovery(&claimed, given).await?,
            DoorProof::Mail(given) => self.judge_mail(&phone, given, self.visitor(ip)).await?,
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

    /// Mails a code to the address on file of the number's account, if there is one; says nothing about it. It is written in
    /// the language of the account's devices; of whoever asks, when it is signed in nowhere.
    ///
    /// # Errors
    /// [`Refusal::PhoneNumberInvalid`], [`Refusal::FloodWait`], or trouble of the store.
    pub async fn door_mail(&self, key: &AuthKeyState, phone: &str, ip: IpAddr) -> Result<(), PlatformError> {
        let phone = door_phone(phone)?;
        self.count_act(Act::AskForCode, ip, limits::CODES_PER_ADDRESS)?;
        let claimed = self.claimed(&phone).await?;
        let address = self.mail_address(claimed.user_id).await?;
        let language = self.language_of(claimed.user_id).await?;
        let (fresh, visitor) = (self.random_i64(), self.visitor(ip));
        let mut nonce = fresh;
        self.change_proofs(&phone, |proofs, now| {
            proofs.mails.count(now, visitor, &MAILS)?;
            nonce = proofs.code_to_mail(visitor, now, fresh);
            Ok(())
        })
        .await?;
        if let Some(address) = address {
            let language = language.or_else(|| Language::of_code(&key.client().lang_code)).unwrap_or_default();
            // Not waited for: how long a mail takes would tell that there is an address.
            self.inner.settings.mail_delivery.post(&address, &self.door_mail_code(&phone, nonce), language);
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
        let visitor = self.visitor(prover.ip);
        self.change_proofs(phone, |proofs, now| proofs.password.count(now, visitor, &PASSWORDS)).await?;
        if !self.is_answer(&check, &password, SrpAnswer { public, proof })? {
            metrics::PASSWORDS_WRONG.inc();
            return Err(Refusal::PasswordHashInvalid.into());
        }
        self.forgive(phone, |proofs| proofs.password.forgive(visitor)).await
    }

    /// Nobody guesses 120 bits: tries are counted by address alone, so that no stranger uses up somebody else's.
    async fn judge_recovery(&self, claimed: &Claimed, given: &str) -> Result<(), PlatformError> {
        if !self.is_recovery_code(claimed.user_id, given).await? {
            return Err(Refusal::RecoveryCodeInvalid.into());
        }
        self.tell(claimed.user_id, Words::RecoveryOpened, &[]).await
    }

    async fn judge_mail(&self, phone: &Phone, given: &str, visitor: Visitor) -> Result<(), PlatformError> {
        let mut tried = Vec::new();
        self.change_proofs(phone, |proofs, now| {
            tried = proofs.try_codes(visitor, now);
            if tried.is_empty() { Err(Refusal::CodeInvalid) } else { Ok(()) }
        })
        .await?;
        let is_it = |nonce: &i64| -> bool {
            self.door_mail_code(phone, *nonce).as_bytes().ct_eq(given.trim().as_bytes()).into()
        };
        let right = tried.into_iter().find(is_it).ok_or(Refusal::CodeInvalid)?;
        self.forgive(phone, |proofs| proofs.spend_code(right)).await
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
