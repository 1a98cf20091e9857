//! Signing in and signing up. Source: core.telegram.org/api/auth; who may come in: [`SignUpMode`].
//!
//! An unmodified client has one field in which a newcomer can give an invite: that of the login code. An invite is digits
//! only, longer than a code, and is taken there for a number that nobody has. Where the delivery port proves who holds a
//! number the code is still asked for afterwards; where it does not (the log), the invite alone lets them in.

use std::net::IpAddr;
use std::sync::Arc;

use store::{Batch, Check, Class, Record, StoreError};

use super::SignUpMode;
use super::auth_key::AuthKeyState;
use super::census::arrival_key;
use super::codes::{CodeRecord, Purpose, ReadCode};
use super::door::reservation::ReadReservation;
use super::flood::Act;
use super::introductions;
use super::invites::ReadInvite;
use super::names::{Phone, clean_name, take_name};
use super::pending::{self, Pending};
use super::person::{Profile, profile_key};
use super::stewards::Steward;
use crate::codec;
use crate::keys::{self, NameKind};
use crate::mailbox::Change;
use crate::{AuthKeyId, Platform, PlatformError, Refusal, UserId, limits};

/// What the right code led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedIn {
    /// This person is signed in.
    Person(UserId),
    /// Nobody has the number: sign up.
    SignUpRequired,
}

/// What no login code is: a try with it is a wrong one.
const NO_CODE: &str = "-";

/// What the audit log says of whoever became an administrator by an invite.
const ADMIN_CAME_IN: &str = "administrator by invite";

/// How a newcomer stands to the door.
enum Door {
    Open,
    /// Open once they gave their name and the operator agreed.
    AskOperator,
    Shut,
}

impl Platform {
    /// Signs a device in with a login code; for a number nobody has, the code (or an invite) opens the way to sign up.
    ///
    /// # Errors
    /// The refusals of a code, [`Refusal::PhoneNumberUnoccupied`] when newcomers are not let in, trouble of the store.
    pub async fn sign_in(
        &self,
        key: &Arc<AuthKeyState>,
        phone: &str,
        hash: &str,
        code: &str,
        ip: IpAddr,
    ) -> Result<SignedIn, PlatformError> {
        let phone = Phone::parse(phone)?;
        self.count_act(Act::TryCode, ip, limits::TRIES_PER_ADDRESS)?;
        match self.user_by_phone(&phone).await? {
            Some(user_id) => {
                let read = self.try_code(&phone, hash, code, Purpose::SignIn).await?;
                self.sign_in_device(key, user_id, &read, ip).await?;
                Ok(SignedIn::Person(user_id))
            }
            None if phone.is_reserved() => self.welcome_at_door(key, &phone, hash, code).await,
            None => self.welcome_newcomer(key, &phone, (hash, code), ip).await,
        }
    }

    async fn sign_in_device(
        &self,
        key: &Arc<AuthKeyState>,
        user_id: UserId,
        read: &ReadCode,
        ip: IpAddr,
    ) -> Result<(), PlatformError> {
        let person = self.living_person(user_id).await?;
        if person.profile.state == super::person::AccountState::Banned {
            return Err(Refusal::PhoneNumberBanned.into());
        }
        if key.user_id().is_some_and(|before| before != user_id) {
            // Whatever was imported from this device as somebody else leaves with them.
            self.sign_out(key).await?;
        }
        if key.user_id() != Some(user_id) && self.has_password(user_id).await? {
            return match self.begin_waiting(key, user_id, &ip.to_string(), Some(read), None).await {
                Ok(_) => Err(Refusal::SessionPasswordNeeded.into()),
                Err(error) if error.is_conflict() => Err(Refusal::PhoneCodeExpired.into()),
                Err(error) => Err(error),
            };
        }
        let mut batch = Batch::new(Class::C2);
        read.spend(&mut batch);
        let authorization = self.plan_sign_in(&mut batch, key, user_id, &ip.to_string(), None);
        match self.commit_sign_in(&batch, key, &authorization).await {
            // Somebody else spent the code between reading and writing.
            Err(error) if error.is_conflict() => return Err(Refusal::PhoneCodeExpired.into()),
            outcome => outcome?,
        }
        self.log_change(user_id, Change::NewAuthorization { hash: authorization.hash }, Some(key.id)).await
    }

    /// The right code (or a valid invite) for a number that nobody has.
    async fn welcome_newcomer(
        &self,
        key: &Arc<AuthKeyState>,
        phone: &Phone,
        (hash, code): (&str, &str),
        ip: IpAddr,
    ) -> Result<SignedIn, PlatformError> {
        if let Some(invite) = self.guess_invite(code, Some(phone), ip).await? {
            self.accept_invite(key, phone, hash, &invite).await?;
            return Ok(SignedIn::SignUpRequired);
        }
        let read = self.try_code(phone, hash, code, Purpose::SignIn).await?;
        if let Door::Shut = self.door(phone, read.record.invite.as_deref()).await? {
            return Err(Refusal::PhoneNumberUnoccupied.into());
        }
        self.verify_newcomer(key, &read, None).await?;
        Ok(SignedIn::SignUpRequired)
    }

    /// The right code for a number of this server's own, from the key it was given to. To any other it is never right.
    async fn welcome_at_door(
        &self,
        key: &Arc<AuthKeyState>,
        phone: &Phone,
        hash: &str,
        code: &str,
    ) -> Result<SignedIn, PlatformError> {
        let reservation = self.read_reservation(phone, key.id).await?;
        let is_theirs = reservation.is_some() || code.is_empty();
        let read = self.try_code(phone, hash, if is_theirs { code } else { NO_CODE }, Purpose::SignIn).await?;
        let invite = reservation.as_ref().and_then(ReadReservation::invite);
        if let Door::Shut = self.door(phone, invite).await? {
            return Err(Refusal::PhoneNumberUnoccupied.into());
        }
        self.verify_newcomer(key, &read, invite.map(str::to_owned)).await?;
        Ok(SignedIn::SignUpRequired)
    }

    /// Takes an invite given in place of the code. Where codes prove who holds a number, the code is asked for next.
    async fn accept_invite(
        &self,
        key: &Arc<AuthKeyState>,
        phone: &Phone,
        hash: &str,
        invite: &ReadInvite,
    ) -> Result<(), PlatformError> {
        let read = self.read_code(phone, hash).await?;
        let code = Some(invite.code().to_owned());
        if !self.inner.settings.code_delivery.proves_possession() {
            return self.verify_newcomer(key, &read, code).await;
        }
        let mut batch = Batch::new(Class::C2);
        read.replace(&mut batch, &CodeRecord { invite: code, ..read.record.clone() });
        self.commit(batch).await?;
        Err(Refusal::PhoneCodeInvalid.into())
    }

    async fn verify_newcomer(
        &self,
        key: &Arc<AuthKeyState>,
        read: &ReadCode,
        invite: Option<String>,
    ) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C2);
        let invite = invite.or_else(|| read.record.invite.clone());
        let expires_at = self.now() + limits::CODE_SECONDS;
        let verified = CodeRecord { verified_by: Some(key.id), invite, expires_at, ..read.record.clone() };
        read.replace(&mut batch, &verified);
        self.commit(batch).await
    }

    async fn door(&self, phone: &Phone, invite: Option<&str>) -> Result<Door, PlatformError> {
        if let Some(code) = invite
            && self.opens_alone(code).await?
        {
            return Ok(Door::Open);
        }
        let allowed = self.read_pending(phone).await?.is_some_and(|pending| pending.allowed);
        Ok(match self.sign_up_mode() {
            _ if allowed => Door::Open,
            SignUpMode::Open => Door::Open,
            SignUpMode::Approved => Door::AskOperator,
            SignUpMode::Invite if invite.is_some() => Door::Open,
            SignUpMode::Invite | SignUpMode::Closed => Door::Shut,
        })
    }

    /// Whether an invite opens the door in any mode: the operator's do. A person's brings nobody past the operator.
    async fn opens_alone(&self, code: &str) -> Result<bool, PlatformError> {
        Ok(self.read_invite(code).await?.is_some_and(|read| read.by().is_none()))
    }

    /// Makes an account for the number whose code this key gave, and signs the key in.
    ///
    /// # Errors
    /// [`Refusal::FirstNameInvalid`], [`Refusal::PhoneCodeExpired`] without a verified code,
    /// [`Refusal::PhoneNumberOccupied`], [`Refusal::PhoneNumberUnoccupied`] while the operator has not agreed, trouble.
    pub async fn sign_up(
        &self,
        key: &Arc<AuthKeyState>,
        phone: &str,
        hash: &str,
        names: (&str, &str),
        ip: IpAddr,
    ) -> Result<UserId, PlatformError> {
        let phone = Phone::parse(phone)?;
        let (first_name, last_name) = (clean_name(names.0), clean_name(names.1));
        if first_name.is_empty() {
            return Err(Refusal::FirstNameInvalid.into());
        }
        if self.user_by_phone(&phone).await?.is_some() {
            return Err(Refusal::PhoneNumberOccupied.into());
        }
        let read = self.read_code(&phone, hash).await?;
        if read.record.verified_by != Some(key.id) {
            return Err(Refusal::PhoneCodeInvalid.into());
        }
        let reservation = match phone.is_reserved() {
            true => Some(self.read_reservation(&phone, key.id).await?.ok_or(Refusal::PhoneCodeExpired)?),
            false => None,
        };
        let mut newcomer = Newcomer { phone, first_name, last_name, read, reservation, pending: None };
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            newcomer.pending = self.read_pending(&newcomer.phone).await?;
            let asked = match self.door(&newcomer.phone, newcomer.read.record.invite.as_deref()).await? {
                Door::Open => return self.make_account(key, &newcomer, ip).await,
                Door::AskOperator => self.ask_operator(&newcomer, ip).await,
                Door::Shut => return Err(Refusal::PhoneNumberUnoccupied.into()),
            };
            match asked {
                // The operator decided meanwhile, unless it is something that asking again does not change.
                Err(error) if error.is_conflict() => self.why_conflict(&newcomer, key.id).await?,
                outcome => return outcome,
            }
        }
        Err(StoreError::Conflict.into())
    }

    async fn make_account(
        &self,
        key: &Arc<AuthKeyState>,
        newcomer: &Newcomer,
        ip: IpAddr,
    ) -> Result<UserId, PlatformError> {
        for _ in 0..limits::ID_ATTEMPTS_MAX {
            let invite = match &newcomer.read.record.invite {
                Some(code) => {
                    Some(self.usable_invite(code, Some(&newcomer.phone)).await?.ok_or(Refusal::PhoneCodeExpired)?)
                }
                None => None,
            };
            let user_id = self.new_user_id();
            let mut batch = newcomer.batch(user_id, invite.as_ref(), self.now());
            if invite.as_ref().is_some_and(ReadInvite::makes_admin) {
                self.plan_audit(&mut batch, Steward::Person(user_id), ADMIN_CAME_IN, &user_id.to_string());
            }
            let authorization = self.plan_sign_in(&mut batch, key, user_id, &ip.to_string(), None);
            let expected = self.inner.mailboxes.expect(user_id);
            let outcome = self.commit(batch).await;
            let outcome = self.conclude_sign_in(outcome, key, &authorization).await;
            self.inner.people.persons.remove(&user_id);
            match outcome {
                Ok(()) => {
                    expected.begin(self.inner.settings.bounds.mailboxes);
                    metrics::SIGN_UPS.inc();
                    self.inner.people.census.came();
                    self.inner.people.waiting_room.leave(key.id);
                    if let Some(inviter) = invite.as_ref().and_then(ReadInvite::by) {
                        self.introduce(user_id, inviter).await;
                    }
                    return Ok(user_id);
                }
                Err(error) if error.is_conflict() => self.why_conflict(newcomer, key.id).await?,
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Some check of the sign-up did not hold: an error if trying again cannot help.
    async fn why_conflict(&self, newcomer: &Newcomer, key: AuthKeyId) -> Result<(), PlatformError> {
        if self.user_by_phone(&newcomer.phone).await?.is_some() {
            return Err(Refusal::PhoneNumberOccupied.into());
        }
        let hash = newcomer.read.record.hash.as_deref().unwrap_or_default();
        let again = self.read_code(&newcomer.phone, hash).await?;
        if again.is_newer_than(&newcomer.read) {
            return Err(Refusal::PhoneCodeExpired.into());
        }
        if newcomer.reservation.is_some() && self.read_reservation(&newcomer.phone, key).await?.is_none() {
            return Err(Refusal::PhoneCodeExpired.into());
        }
        Ok(())
    }

    /// Drawn at random: no counter to fight over, no way to walk through all people. Ten digits fit every client.
    pub(super) fn new_user_id(&self) -> UserId {
        let span = limits::USER_ID_MAX - limits::USER_ID_MIN;
        UserId(limits::USER_ID_MIN + (u64::from_be_bytes(self.random()) % (span as u64)).cast_signed())
    }

    async fn ask_operator(&self, newcomer: &Newcomer, ip: IpAddr) -> Result<UserId, PlatformError> {
        let mut batch = Batch::new(Class::C2);
        newcomer.read.spend(&mut batch);
        if let Some(reservation) = &newcomer.reservation {
            reservation.prolong(&mut batch, self.now().saturating_add(limits::RESERVATION_PENDING_SECONDS));
        }
        let names = (newcomer.first_name.as_str(), newcomer.last_name.as_str());
        self.plan_pending(&mut batch, &newcomer.phone, names, ip).await?;
        self.commit(batch).await?;
        tracing::info!("a sign-up waits for the operator's approval");
        Err(Refusal::PhoneNumberUnoccupied.into())
    }
}

/// What every account consists of: the number, the profile, a line in the list of all people, one among the arrivals.
pub(super) fn plan_account(batch: &mut Batch, user_id: UserId, phone: &Phone, profile: &Profile) {
    take_name(batch, NameKind::Phone, phone.as_str(), user_id);
    batch.checks.push(Check::Absent(profile_key(user_id)));
    batch.puts.push((profile_key(user_id), Record { version: 1, value: codec::encode(profile) }));
    batch.put(keys::listed_user_key(user_id), bytes::Bytes::new());
    batch.put(arrival_key(user_id, profile.created_at), bytes::Bytes::new());
}

/// Somebody about to get an account.
struct Newcomer {
    phone: Phone,
    first_name: String,
    last_name: String,
    read: ReadCode,
    /// Of a number of this server's own.
    reservation: Option<ReadReservation>,
    /// What the operator had to decide, or decided.
    pending: Option<Pending>,
}

impl Newcomer {
    /// Everything the account consists of, except the sign-in: one of the few batches with several owners (DESIGN §3).
    fn batch(&self, user_id: UserId, invite: Option<&ReadInvite>, now: i32) -> Batch {
        let mut batch = Batch::new(Class::C2);
        let profile = Profile {
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            phone: Some(self.phone.as_str().to_owned()),
            created_at: now,
            is_admin: invite.is_some_and(ReadInvite::makes_admin),
            invite: invite.map(|invite| invite.code().to_owned()),
            ..Profile::default()
        };
        plan_account(&mut batch, user_id, &self.phone, &profile);
        pending::plan_forget(&mut batch, &self.phone, self.pending.as_ref());
        self.read.spend(&mut batch);
        if let Some(reservation) = &self.reservation {
            reservation.spend(&mut batch);
        }
        if let Some(invite) = invite {
            invite.spend_one_use(&mut batch);
            if let Some(inviter) = invite.by() {
                introductions::plan(&mut batch, user_id, inviter);
            }
        }
        batch
    }
}
