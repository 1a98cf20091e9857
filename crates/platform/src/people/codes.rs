//! Login codes: made, sent, tried, spent. Source: core.telegram.org/api/auth.
//!
//! The record under the phone number holds no code: the code is derived from the server's secret, the number and the
//! record's random hash, so that resending sends the same one and the operator can be shown it, while the record and the
//! log tell nothing. Tries are counted in the store before an answer leaves, and a number gets a bounded count of codes a
//! day: with 6 digits, 5 tries and 30 codes, guessing for a day succeeds once in 6,666.

use std::net::IpAddr;

use store::{Batch, Check, Class, Key, Record, StoreError};
use subtle::ConstantTimeEq;

use super::flood::Act;
use super::names::Phone;
use super::person::AccountState;
use crate::codec::{self, Stored};
use crate::keys::{self, NameKind, name_suffix};
use crate::{AuthKeyId, Platform, PlatformError, Refusal, UserId, limits, product};

/// On which road a code travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum CodeVia {
    /// To the person's other devices, from the service account.
    #[n(0)]
    App,
    /// Through the code delivery port.
    #[n(1)]
    Delivery,
    /// Shown at the door: a number of this server's own. Not in records, which keep to the two above.
    #[n(2)]
    Door,
}

/// What a code is for: one made for a purpose serves no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub(crate) enum Purpose {
    #[n(0)]
    SignIn,
    #[n(1)]
    ChangePhone(#[n(0)] UserId),
}

impl Purpose {
    /// How important it is that the code comes: who is in already comes before who wants to.
    fn class(self) -> Class {
        match self {
            Self::SignIn => Class::C2,
            Self::ChangePhone(_) => Class::C1,
        }
    }
}

/// A code on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// Names the code in the calls that follow.
    pub hash: String,
    /// The road it took.
    pub via: CodeVia,
    /// The road it can be sent again on.
    pub next: Option<CodeVia>,
    /// Digits of the code.
    pub length: usize,
}

/// The code under way for a number, and how often codes were asked for.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
pub(crate) struct CodeRecord {
    /// Names the code; `None` once it is spent, cancelled or guessed at too often.
    #[n(0)]
    pub(crate) hash: Option<String>,
    #[n(1)]
    pub(crate) purpose: Purpose,
    #[n(2)]
    pub(crate) expires_at: i32,
    #[n(3)]
    pub(crate) tries: u32,
    #[n(4)]
    pub(crate) via: CodeVia,
    /// Set once the right code was given for a number nobody has: this key may sign up.
    #[n(5)]
    pub(crate) verified_by: Option<AuthKeyId>,
    /// The invite given with it.
    #[n(6)]
    pub(crate) invite: Option<String>,
    #[n(7)]
    pub(crate) window_began_at: i32,
    #[n(8)]
    pub(crate) window_count: u32,
    /// That somebody who may see it has seen it: before that, a code of this server's own numbers is never right.
    #[n(9)]
    pub(crate) shown: Option<bool>,
}

impl CodeRecord {
    /// Whether the code can be right: it went to the person's devices or out of the house, or it was shown to whoever may see it.
    fn can_be_right(&self, phone: &Phone) -> bool {
        !phone.is_reserved() || self.via == CodeVia::App || self.shown == Some(true)
    }

    /// Whether whoever asks for a code at the door gets this one: strangers who ask, too, change nothing of it then.
    fn serves_at_door(&self, purpose: Purpose, now: i32) -> bool {
        let is_young = self.expires_at - now > limits::CODE_SECONDS / 2;
        self.hash.is_some() && self.purpose == purpose && self.via != CodeVia::App && is_young
    }

    fn tries_max(phone: &Phone) -> u32 {
        if phone.is_reserved() { limits::DOOR_CODE_TRIES } else { limits::CODE_TRIES }
    }
}

impl Stored for CodeRecord {
    const WHAT: &'static str = "login code";
}

/// A code record as it was read, to be replaced or spent under the condition that it is still the same.
pub(crate) struct ReadCode {
    pub(crate) record: CodeRecord,
    key: Key,
    version: u64,
}

impl ReadCode {
    /// Writes the record back if nobody changed it meanwhile.
    pub(crate) fn replace(&self, batch: &mut Batch, record: &CodeRecord) {
        batch.checks.push(Check::Version(self.key.clone(), self.version));
        let written = Record { version: self.version + 1, value: codec::encode(record) };
        batch.puts.push((self.key.clone(), written));
    }

    /// Whether the record was written again since `earlier` was read.
    pub(crate) fn is_newer_than(&self, earlier: &Self) -> bool {
        self.version > earlier.version
    }

    /// Makes the code worthless; the count of codes stays.
    pub(crate) fn spend(&self, batch: &mut Batch) {
        let spent = CodeRecord { hash: None, verified_by: None, invite: None, ..self.record.clone() };
        self.replace(batch, &spent);
    }
}

pub(crate) fn code_key(phone: &Phone) -> Key {
    keys::name_key(NameKind::Phone, phone.as_str(), name_suffix::CODE)
}

impl Platform {
    /// Makes a login code for a number and sends it.
    ///
    /// # Errors
    /// [`Refusal::PhoneNumberInvalid`], [`Refusal::PhoneNumberBanned`], [`Refusal::FloodWait`],
    /// [`Refusal::SendCodeUnavailable`], or trouble of the store.
    pub async fn send_code(&self, phone: &str, key: AuthKeyId, ip: IpAddr) -> Result<SentCode, PlatformError> {
        let phone = self.sign_in_phone(phone).await?;
        self.count_act(Act::AskForCode, ip, limits::CODES_PER_ADDRESS)?;
        let holder = self.user_by_phone(&phone).await?;
        if holder.is_none() && !phone.is_reserved() {
            self.check_turn(key, ip)?;
            self.inner.settings.newcomer_gate.admit(phone.as_str(), ip).await?;
        }
        let via = match holder {
            Some(user_id) if self.is_signed_in_elsewhere(user_id, key).await? => CodeVia::App,
            _ => road_to(&phone),
        };
        let sent = self.issue_code(&phone, Purpose::SignIn, via).await?;
        self.convey_code(&phone, &sent, holder).await?;
        Ok(sent)
    }

    /// Makes a code that proves that a signed-in person holds another number.
    ///
    /// # Errors
    /// As [`Platform::send_code`], and [`Refusal::PhoneNumberOccupied`].
    pub async fn send_change_phone_code(
        &self,
        user_id: UserId,
        phone: &str,
        ip: IpAddr,
    ) -> Result<SentCode, PlatformError> {
        let phone = self.sign_in_phone(phone).await?;
        if phone.is_reserved() {
            return Err(Refusal::PhoneNumberInvalid.into());
        }
        self.count_act(Act::AskForCode, ip, limits::CODES_PER_ADDRESS)?;
        if self.user_by_phone(&phone).await?.is_some() {
            return Err(Refusal::PhoneNumberOccupied.into());
        }
        let sent = self.issue_code(&phone, Purpose::ChangePhone(user_id), CodeVia::Delivery).await?;
        self.convey_code(&phone, &sent, None).await?;
        Ok(sent)
    }

    /// Sends the code again, through the delivery port; one of this server's own numbers gets it at the door.
    ///
    /// # Errors
    /// [`Refusal::PhoneCodeExpired`], [`Refusal::SendCodeUnavailable`], trouble of the store.
    pub async fn resend_code(&self, phone: &str, hash: &str, ip: IpAddr) -> Result<SentCode, PlatformError> {
        let phone = Phone::parse(phone)?;
        self.count_act(Act::AskForCode, ip, limits::CODES_PER_ADDRESS)?;
        let read = self.read_code(&phone, hash).await?;
        if read.record.window_count >= limits::CODES_PER_PHONE {
            return Err(Refusal::SendCodeUnavailable.into());
        }
        let mut record = read.record.clone();
        record.via = CodeVia::Delivery;
        record.window_count += 1;
        record.expires_at = self.now() + limits::CODE_SECONDS;
        let mut batch = Batch::new(Class::C2);
        read.replace(&mut batch, &record);
        self.commit(batch).await?;
        let sent = sent_code(&phone, hash, road_to(&phone));
        self.convey_code(&phone, &sent, None).await?;
        Ok(sent)
    }

    /// Makes the code under way for a person's number worthless if it is one of these: a client saw it leave the chat it was
    /// sent to.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn invalidate_codes(&self, user_id: UserId, codes: &[String]) -> Result<(), PlatformError> {
        let person = self.living_person(user_id).await?;
        let Some(phone) = person.profile.phone.as_deref().map(Phone::stored) else { return Ok(()) };
        let Some(record) = self.store().get(&code_key(&phone)).await? else { return Ok(()) };
        let code: CodeRecord = codec::decode(&record.value)?;
        let Some(hash) = code.hash.clone() else { return Ok(()) };
        if !codes.iter().any(|given| self.code_of(&phone, &hash) == given.trim()) {
            return Ok(());
        }
        let mut batch = Batch::new(Class::C2);
        ReadCode { record: code, key: code_key(&phone), version: record.version }.spend(&mut batch);
        self.commit(batch).await
    }

    /// Makes the code worthless.
    ///
    /// # Errors
    /// [`Refusal::PhoneCodeExpired`] when there is none, trouble of the store.
    pub async fn cancel_code(&self, phone: &str, hash: &str) -> Result<(), PlatformError> {
        let phone = Phone::parse(phone)?;
        let read = self.read_code(&phone, hash).await?;
        // Everybody who asks at the door is told the same hash: a stranger must not take the code away.
        if phone.is_reserved() {
            return Ok(());
        }
        let mut batch = Batch::new(Class::C2);
        read.spend(&mut batch);
        self.commit(batch).await
    }

    /// Moves the account to the number that the code was sent to.
    ///
    /// # Errors
    /// The refusals of a code, [`Refusal::PhoneNumberOccupied`], trouble of the store.
    pub async fn change_phone(
        &self,
        user_id: UserId,
        phone: &str,
        hash: &str,
        code: &str,
        origin: Option<AuthKeyId>,
    ) -> Result<(), PlatformError> {
        let phone = Phone::parse(phone)?;
        let read = self.try_code(&phone, hash, code, Purpose::ChangePhone(user_id)).await?;
        let mut batch = Batch::new(Class::C2);
        read.spend(&mut batch);
        self.commit(batch).await?;
        self.move_phone(user_id, &phone, origin).await
    }

    async fn sign_in_phone(&self, phone: &str) -> Result<Phone, PlatformError> {
        let phone = Phone::parse(phone)?;
        if phone.as_str() == product::SERVICE_PHONE {
            return Err(Refusal::PhoneNumberInvalid.into());
        }
        if let Some(user_id) = self.user_by_phone(&phone).await?
            && let Some(person) = self.person(user_id).await?
            && person.profile.state == AccountState::Banned
        {
            return Err(Refusal::PhoneNumberBanned.into());
        }
        Ok(phone)
    }

    /// Counts a new auth key; refused when its address has made too many. This machine itself may make as many as it likes:
    /// tools and proxies speak from there.
    ///
    /// # Errors
    /// [`Refusal::FloodWait`].
    pub fn count_new_key(&self, ip: IpAddr) -> Result<(), Refusal> {
        if ip.to_canonical().is_loopback() {
            return Ok(());
        }
        self.count_act(Act::MakeKey, ip, limits::KEYS_PER_ADDRESS)
    }

    /// Whether the address of a key that is to be made has made too many already: asked before the work is done.
    #[must_use]
    pub fn has_made_too_many_keys(&self, ip: IpAddr) -> bool {
        !ip.to_canonical().is_loopback() && self.acts_of(Act::MakeKey, ip) >= limits::KEYS_PER_ADDRESS
    }

    pub(crate) fn count_act(&self, act: Act, ip: IpAddr, most: u32) -> Result<(), Refusal> {
        self.inner.people.flood.count(act, &address_block(ip), 1, most, self.now())
    }

    /// How many of these were counted for an address lately.
    pub(crate) fn acts_of(&self, act: Act, ip: IpAddr) -> u32 {
        self.inner.people.flood.counted(act, &address_block(ip), self.now())
    }

    async fn issue_code(&self, phone: &Phone, purpose: Purpose, via: CodeVia) -> Result<SentCode, PlatformError> {
        let key = code_key(phone);
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let old = self.store().get(&key).await?;
            let counted: Option<CodeRecord> = codec::decode_record(old.as_ref())?;
            let via = self.road_left(phone, via, counted.as_ref());
            if via == CodeVia::Door
                && let Some(serving) = counted.as_ref().filter(|it| it.serves_at_door(purpose, self.now()))
                && let Some(hash) = &serving.hash
            {
                return Ok(sent_code(phone, hash, via));
            }
            let hash = hex::encode(self.random::<9>());
            let record = self.next_code(counted.as_ref(), &hash, purpose, via)?;
            let batch = Batch { class: purpose.class(), ..super::privacy::replace(&key, old.as_ref(), &record) };
            match self.commit(batch).await {
                Ok(()) => return Ok(sent_code(phone, &hash, via)),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// The road a code can take: when strangers used up a day's codes to the person's devices, the door is still there.
    fn road_left(&self, phone: &Phone, via: CodeVia, old: Option<&CodeRecord>) -> CodeVia {
        let spent = old.filter(|old| self.now() - old.window_began_at < limits::CODE_WINDOW_SECONDS);
        let is_used_up = spent.is_some_and(|old| old.window_count >= limits::CODES_PER_PHONE);
        if phone.is_reserved() && is_used_up { CodeVia::Door } else { via }
    }

    /// The record of a new code: the count goes on within a window, and past its bound there is no code. One for the door costs
    /// nothing and goes nowhere before somebody proves that they may see it, so it is not counted.
    fn next_code(
        &self,
        old: Option<&CodeRecord>,
        hash: &str,
        purpose: Purpose,
        via: CodeVia,
    ) -> Result<CodeRecord, Refusal> {
        let now = self.now();
        let window = old.filter(|old| now - old.window_began_at < limits::CODE_WINDOW_SECONDS);
        let (window_began_at, count) = window.map_or((now, 0), |old| (old.window_began_at, old.window_count));
        let is_counted = via != CodeVia::Door;
        if is_counted && count >= limits::CODES_PER_PHONE {
            metrics::PEOPLE_LIMITED.inc("code for a number");
            let wait = window_began_at + limits::CODE_WINDOW_SECONDS - now;
            return Err(Refusal::FloodWait(u32::try_from(wait).unwrap_or(1).max(1)));
        }
        Ok(CodeRecord {
            hash: Some(hash.to_owned()),
            purpose,
            expires_at: now + limits::CODE_SECONDS,
            tries: 0,
            via: if via == CodeVia::App { via } else { CodeVia::Delivery },
            verified_by: None,
            invite: None,
            window_began_at,
            window_count: count + u32::from(is_counted),
            shown: None,
        })
    }

    async fn convey_code(&self, phone: &Phone, sent: &SentCode, holder: Option<UserId>) -> Result<(), PlatformError> {
        let code = self.code_of(phone, &sent.hash);
        match (sent.via, holder) {
            (CodeVia::App, Some(user_id)) => {
                metrics::LOGIN_CODES.inc("app");
                self.tell_login_code(user_id, &code).await
            }
            // Whoever may see it asks for it: it goes on no road and into no log.
            (CodeVia::Door, _) => Ok(()),
            _ => {
                metrics::LOGIN_CODES.inc("delivery");
                self.deliver_code(phone, &code).await
            }
        }
    }

    async fn deliver_code(&self, phone: &Phone, code: &str) -> Result<(), PlatformError> {
        let delivered = self.inner.settings.code_delivery.deliver(phone.as_str(), code).await;
        delivered.map_err(|error| {
            tracing::warn!(%error, "a login code could not be delivered");
            Refusal::SendCodeUnavailable.into()
        })
    }

    /// The code that belongs to a number and a hash.
    fn code_of(&self, phone: &Phone, hash: &str) -> String {
        let digest = self.keyed_hash(b"login code", &[phone.as_str().as_bytes(), hash.as_bytes()]);
        let number = u64::from_be_bytes(digest[..8].try_into().expect("a digest has 32 bytes"));
        format!("{:0width$}", number % 10_u64.pow(limits::CODE_DIGITS), width = limits::CODE_DIGITS as usize)
    }

    /// Whether a code is under way for a number.
    ///
    /// # Errors
    /// Trouble of the store.
    pub(crate) async fn is_code_under_way(&self, phone: &Phone) -> Result<bool, PlatformError> {
        Ok(self.living_code(phone).await?.is_some())
    }

    /// The code under way for a number, for the operator or for whoever proved at the door that they may see it.
    ///
    /// # Errors
    /// Trouble of the store.
    pub(crate) async fn show_code(&self, phone: &Phone) -> Result<Option<String>, PlatformError> {
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let Some((read, hash)) = self.living_code(phone).await? else { return Ok(None) };
            let code = self.code_of(phone, &hash);
            if read.record.shown == Some(true) {
                return Ok(Some(code));
            }
            let mut batch = Batch::new(Class::C2);
            read.replace(&mut batch, &CodeRecord { shown: Some(true), ..read.record.clone() });
            match self.commit(batch).await {
                Ok(()) => return Ok(Some(code)),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict.into())
    }

    async fn living_code(&self, phone: &Phone) -> Result<Option<(ReadCode, String)>, PlatformError> {
        let key = code_key(phone);
        let Some(stored) = self.store().get(&key).await? else { return Ok(None) };
        let record: CodeRecord = codec::decode(&stored.value)?;
        let hash = record.hash.clone().filter(|_| record.expires_at > self.now());
        Ok(hash.map(|hash| (ReadCode { record, key, version: stored.version }, hash)))
    }

    /// The record of the code with this hash.
    pub(crate) async fn read_code(&self, phone: &Phone, hash: &str) -> Result<ReadCode, PlatformError> {
        let key = code_key(phone);
        let stored = self.store().get(&key).await?.ok_or(Refusal::PhoneCodeExpired)?;
        let record: CodeRecord = codec::decode(&stored.value)?;
        let named = record.hash.as_deref().is_some_and(|known| known.as_bytes().ct_eq(hash.as_bytes()).into());
        if !named || record.expires_at <= self.now() {
            return Err(Refusal::PhoneCodeExpired.into());
        }
        Ok(ReadCode { record, key, version: stored.version })
    }

    /// The record of the code, if this is it; else the try is counted before the refusal is answered.
    pub(crate) async fn try_code(
        &self,
        phone: &Phone,
        hash: &str,
        code: &str,
        purpose: Purpose,
    ) -> Result<ReadCode, PlatformError> {
        if code.is_empty() {
            return Err(Refusal::PhoneCodeEmpty.into());
        }
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let read = self.read_code(phone, hash).await?;
            // Nobody has seen it: there is nothing to guess at, and nothing that a stranger's tries could take away.
            if !read.record.can_be_right(phone) {
                return Err(Refusal::PhoneCodeInvalid.into());
            }
            let right: bool = self.code_of(phone, hash).as_bytes().ct_eq(code.trim().as_bytes()).into();
            if right && read.record.purpose == purpose {
                return Ok(read);
            }
            match self.count_try(&read, CodeRecord::tries_max(phone)).await {
                Ok(()) => return Err(Refusal::PhoneCodeInvalid.into()),
                Err(error) if error.is_conflict() => {}
                Err(error) => return Err(error),
            }
        }
        Err(StoreError::Conflict.into())
    }

    async fn count_try(&self, read: &ReadCode, most: u32) -> Result<(), PlatformError> {
        metrics::LOGIN_CODES_WRONG.inc();
        let mut batch = Batch::new(Class::C2);
        let tries = read.record.tries + 1;
        if tries >= most {
            read.spend(&mut batch);
        } else {
            read.replace(&mut batch, &CodeRecord { tries, ..read.record.clone() });
        }
        self.commit(batch).await
    }
}

/// The road of codes that do not go to the person's other devices.
fn road_to(phone: &Phone) -> CodeVia {
    if phone.is_reserved() { CodeVia::Door } else { CodeVia::Delivery }
}

fn sent_code(phone: &Phone, hash: &str, via: CodeVia) -> SentCode {
    let next = (via == CodeVia::App).then(|| road_to(phone));
    SentCode { hash: hash.to_owned(), via, next, length: limits::CODE_DIGITS as usize }
}

/// Whom a count is kept for: an IPv4 address, or the /64 in which one household's IPv6 addresses lie.
pub(crate) fn address_block(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => hex::encode(&ip.octets()[..8]),
    }
}
