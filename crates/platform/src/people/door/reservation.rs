//! Numbers of this server's own: reserved for an auth key, taken by a sign-up, resting after their account is deleted.
//!
//! A reservation lies under the number, with the key it is for; and under the key, with the challenges that were used, so that
//! none serves twice, a restart included. Both are written together, under the condition that nobody was faster.

use std::net::IpAddr;

use store::{Batch, Check, Class, Key, Record, StoreError};

use super::challenge::{Nonce, Solved};
use crate::codec::{self, Stored};
use crate::keys::{self, NameKind, authorisation_suffix, name_suffix};
use crate::people::SignUpMode;
use crate::people::codes::code_key;
use crate::people::flood::Act;
use crate::people::names::Phone;
use crate::people::pending;
use crate::{AuthKeyId, Platform, PlatformError, Refusal, limits, product};

/// A number that was given to a newcomer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenNumber {
    /// Digits without a plus.
    pub phone: String,
    /// How long it is kept for them, in seconds.
    pub expires_in: i32,
}

/// A solved challenge, and what else a newcomer brings.
#[derive(Clone, Copy, Debug)]
pub struct Knock<'a> {
    /// As it was given out.
    pub challenge: &'a [u8],
    /// The answer to it.
    pub answer: u64,
    /// An invite, if they have one.
    pub invite: Option<&'a str>,
}

/// Under a number: for whom it is kept.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
struct Reservation {
    #[n(0)]
    key: AuthKeyId,
    #[n(1)]
    expires_at: i32,
    /// The invite they came with; it counts for the sign-up.
    #[n(2)]
    invite: Option<String>,
}

impl Stored for Reservation {
    const WHAT: &'static str = "reserved number";
}

/// A challenge that was used; remembered for as long as it counts.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
struct Used {
    #[cbor(n(0), with = "minicbor::bytes")]
    nonce: Nonce,
    #[n(1)]
    expires_at: i32,
}

/// Under an auth key: its number, and the challenges it used.
#[derive(Clone, Debug, Default, minicbor::Encode, minicbor::Decode)]
struct AtDoor {
    #[n(0)]
    phone: Option<String>,
    #[n(1)]
    used: Vec<Used>,
}

impl Stored for AtDoor {
    const WHAT: &'static str = "key at the door";
}

/// Under a number whose account is gone: until when nobody gets it.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
struct Resting {
    #[n(0)]
    until: i32,
}

impl Stored for Resting {
    const WHAT: &'static str = "resting number";
}

/// A reservation as it was read, to be used under the condition that it is still the same.
pub(crate) struct ReadReservation {
    phone: Phone,
    reservation: Reservation,
    version: u64,
}

impl ReadReservation {
    pub(crate) fn invite(&self) -> Option<&str> {
        self.reservation.invite.as_deref()
    }

    /// The number becomes an account's: the reservation is over.
    pub(crate) fn spend(&self, batch: &mut Batch) {
        let key = reservation_key(&self.phone);
        batch.checks.push(Check::Version(key.clone(), self.version));
        batch.deletes.push(key);
    }

    /// Keeps the number until so much later: the operator has to decide.
    pub(crate) fn prolong(&self, batch: &mut Batch, expires_at: i32) {
        let longer =
            Reservation { expires_at: expires_at.max(self.reservation.expires_at), ..self.reservation.clone() };
        let key = reservation_key(&self.phone);
        batch.checks.push(Check::Version(key.clone(), self.version));
        batch.puts.push((key, Record { version: self.version + 1, value: codec::encode(&longer) }));
    }
}

fn reservation_key(phone: &Phone) -> Key {
    keys::name_key(NameKind::Phone, phone.as_str(), name_suffix::RESERVATION)
}

fn resting_key(phone: &str) -> Key {
    keys::name_key(NameKind::Phone, phone, name_suffix::RESTING)
}

fn holder_key(phone: &Phone) -> Key {
    keys::name_key(NameKind::Phone, phone.as_str(), name_suffix::HOLDER)
}

fn at_door_key(key: AuthKeyId) -> Key {
    keys::authorisation_key(key, &[authorisation_suffix::AT_DOOR])
}

/// Lets a number of this server's own rest, as its account gives it up: whoever writes to it does not write to a stranger.
pub(crate) fn rest(batch: &mut Batch, phone: &str, now: i32) {
    if Phone::stored(phone).is_reserved() {
        let until = now.saturating_add(limits::NUMBER_REST_SECONDS);
        batch.put(resting_key(phone), codec::encode(&Resting { until }));
    }
}

impl Platform {
    /// Gives a number of this server's own to a newcomer, or the one they have been given again.
    ///
    /// # Errors
    /// [`Refusal::DoorNumbersForbidden`], [`Refusal::ChallengeInvalid`], [`Refusal::ChallengeExpired`],
    /// [`Refusal::InviteInvalid`], [`Refusal::FloodWait`], or trouble of the store.
    pub async fn reserve_number(
        &self,
        key: AuthKeyId,
        knock: Knock<'_>,
        ip: IpAddr,
    ) -> Result<GivenNumber, PlatformError> {
        if !self.inner.settings.door_numbers {
            return Err(Refusal::DoorNumbersForbidden.into());
        }
        self.check_turn(key, ip)?;
        let solved = self.check_work(key, knock.challenge, knock.answer)?;
        self.count_act(Act::TryCode, ip, limits::TRIES_PER_ADDRESS)?;
        let invite = match self.invite_at_door(knock.invite, ip).await {
            // A guess costs the work that was done.
            Err(PlatformError::Refused(Refusal::InviteInvalid)) if knock.invite.is_some() => {
                self.spend_challenge(key, &solved).await?;
                return Err(Refusal::InviteInvalid.into());
            }
            outcome => outcome?,
        };
        self.count_act(Act::ReserveNumber, ip, limits::NUMBERS_PER_ADDRESS)?;
        for _ in 0..limits::ID_ATTEMPTS_MAX {
            match self.try_reserve(key, &solved, invite.as_deref()).await {
                Ok(Some(given)) => return Ok(given),
                Ok(None) => {}
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// The digits of the invite a newcomer brings; refused when it is not usable, or missing where one is needed.
    async fn invite_at_door(&self, invite: Option<&str>, ip: IpAddr) -> Result<Option<String>, PlatformError> {
        let needs_one = matches!(self.sign_up_mode(), SignUpMode::Invite | SignUpMode::Closed);
        match invite {
            Some(text) => {
                let read = self.guess_invite(text, None, ip).await?.ok_or(Refusal::InviteInvalid)?;
                Ok(Some(read.code().to_owned()))
            }
            None if needs_one => Err(Refusal::InviteInvalid.into()),
            None => Ok(None),
        }
    }

    /// Uses a challenge up for nothing.
    async fn spend_challenge(&self, key: AuthKeyId, solved: &Solved) -> Result<(), PlatformError> {
        let place = at_door_key(key);
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let record = self.store().get(&place).await?;
            let mut at_door: AtDoor = codec::decode_record(record.as_ref())?.unwrap_or_default();
            self.note_challenge(&mut at_door, solved)?;
            let batch = crate::people::privacy::replace(&place, record.as_ref(), &at_door);
            match self.commit(Batch { class: Class::C2, ..batch }).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// One attempt; nothing when the number that was drawn is not free.
    async fn try_reserve(
        &self,
        key: AuthKeyId,
        solved: &Solved,
        invite: Option<&str>,
    ) -> Result<Option<GivenNumber>, PlatformError> {
        let place = at_door_key(key);
        let record = self.store().get(&place).await?;
        let mut at_door: AtDoor = codec::decode_record(record.as_ref())?.unwrap_or_default();
        self.note_challenge(&mut at_door, solved)?;
        let kept = match &at_door.phone {
            Some(phone) => self.read_reservation(&Phone::stored(phone), key).await?,
            None => None,
        };
        let now = self.now();
        let phone = kept.as_ref().map_or_else(|| self.draw_number(), |kept| kept.phone.clone());
        at_door.phone = Some(phone.as_str().to_owned());
        let mut batch = crate::people::privacy::replace(&place, record.as_ref(), &at_door);
        batch.class = Class::C2;
        let expires_at = now.saturating_add(limits::RESERVATION_SECONDS);
        let reservation = Reservation { key, expires_at, invite: invite.map(str::to_owned) };
        match &kept {
            Some(kept) => {
                let kept = ReadReservation { reservation, phone: kept.phone.clone(), version: kept.version };
                kept.prolong(&mut batch, expires_at);
            }
            None if !self.plan_fresh(&mut batch, &phone, &reservation).await? => return Ok(None),
            None => {}
        }
        self.commit(batch).await?;
        metrics::DOOR_NUMBERS.inc();
        Ok(Some(GivenNumber { phone: phone.as_str().to_owned(), expires_in: limits::RESERVATION_SECONDS }))
    }

    /// Remembers that the challenge was used; refused when it was before, or the key asks too often.
    fn note_challenge(&self, at_door: &mut AtDoor, solved: &Solved) -> Result<(), Refusal> {
        let now = self.now();
        at_door.used.retain(|used| used.expires_at > now);
        if at_door.used.iter().any(|used| used.nonce == solved.nonce) {
            return Err(Refusal::ChallengeInvalid);
        }
        if at_door.used.len() >= limits::NUMBERS_PER_KEY {
            metrics::PEOPLE_LIMITED.inc("numbers of a key");
            let soonest = at_door.used.iter().map(|used| used.expires_at).min().unwrap_or(now);
            return Err(Refusal::FloodWait(u32::try_from(soonest - now).unwrap_or(1).max(1)));
        }
        at_door.used.push(Used { nonce: solved.nonce, expires_at: solved.expires_at });
        Ok(())
    }

    fn draw_number(&self) -> Phone {
        let number = u64::from_be_bytes(self.random()) % 10_u64.pow(limits::RESERVED_DIGITS);
        let digits = format!("{number:0width$}", width = limits::RESERVED_DIGITS as usize);
        Phone::stored(&format!("{}{digits}", product::RESERVED_PREFIX))
    }

    /// Plans the reservation of a number that nobody has, that nobody reserved and that does not rest; else says no. Whatever
    /// was left under it by somebody who asked for it in vain is cleared away.
    async fn plan_fresh(
        &self,
        batch: &mut Batch,
        phone: &Phone,
        reservation: &Reservation,
    ) -> Result<bool, PlatformError> {
        let Some(version) = self.free_since(phone).await? else { return Ok(false) };
        batch.checks.push(Check::Absent(holder_key(phone)));
        let place = reservation_key(phone);
        batch.checks.push(if version == 0 {
            Check::Absent(place.clone())
        } else {
            Check::Version(place.clone(), version)
        });
        batch.puts.push((place, Record { version: version + 1, value: codec::encode(reservation) }));
        batch.deletes.extend([resting_key(phone.as_str()), code_key(phone)]);
        pending::plan_forget(batch, phone, self.read_pending(phone).await?.as_ref());
        Ok(true)
    }

    /// The version of the reservation that is over, 0 for none, of a number that can be given; `None` of one that cannot.
    async fn free_since(&self, phone: &Phone) -> Result<Option<u64>, PlatformError> {
        let places = [holder_key(phone), reservation_key(phone), resting_key(phone.as_str())];
        let records = self.store().get_many(&places).await?;
        let now = self.now();
        let reserved: Option<Reservation> = codec::decode_record(records[1].as_ref())?;
        let resting: Option<Resting> = codec::decode_record(records[2].as_ref())?;
        let is_taken = records[0].is_some()
            || reserved.is_some_and(|reserved| reserved.expires_at > now)
            || resting.is_some_and(|resting| resting.until > now);
        Ok((!is_taken).then(|| records[1].as_ref().map_or(0, |record| record.version)))
    }

    /// Whether the door could give this number to somebody now.
    ///
    /// # Errors
    /// [`Refusal::PhoneNumberInvalid`], or trouble of the store.
    pub async fn is_number_free(&self, phone: &str) -> Result<bool, PlatformError> {
        Ok(self.free_since(&Phone::parse(phone)?).await?.is_some())
    }

    /// The reservation of this number, if it is this key's and its time is not over.
    pub(crate) async fn read_reservation(
        &self,
        phone: &Phone,
        key: AuthKeyId,
    ) -> Result<Option<ReadReservation>, PlatformError> {
        let Some(record) = self.store().get(&reservation_key(phone)).await? else { return Ok(None) };
        let reservation: Reservation = codec::decode(&record.value)?;
        let is_theirs = reservation.key == key && reservation.expires_at > self.now();
        Ok(is_theirs.then(|| ReadReservation { phone: phone.clone(), reservation, version: record.version }))
    }
}
