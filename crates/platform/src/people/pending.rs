//! Sign-ups that wait for the operator: a list that is read in pages, in which one network has a bounded number of entries, so
//! that nobody hides others in it.

use std::net::IpAddr;

use store::{Batch, Check, Class, Key, Record, Scan, StoreError};

use super::door::tries::Visitor;
use super::names::{Phone, scan_all};
use super::stewards::Steward;
use crate::codec::{self, Stored};
use crate::keys::{self, NameKind, name_suffix, system_suffix};
use crate::{Platform, PlatformError, Refusal, limits};

/// A sign-up that the operator has to decide, or allowed.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Pending {
    /// The first name given.
    #[n(0)]
    pub first_name: String,
    /// The last name given.
    #[n(1)]
    pub last_name: String,
    /// When it was asked for, Unix seconds.
    #[n(2)]
    pub asked_at: i32,
    /// Whether the operator allowed it.
    #[n(3)]
    pub allowed: bool,
    /// From where it was asked for, while it waits.
    #[n(4)]
    pub(super) visitor: Option<Visitor>,
}

impl Stored for Pending {
    const WHAT: &'static str = "pending sign-up";
}

/// Some of those who wait, in the order of their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingPage {
    /// Their numbers, digits without a plus, and what they said.
    pub sign_ups: Vec<(String, Pending)>,
    /// After which number to go on; `None` when there are no more.
    pub next: Option<String>,
}

fn pending_key(phone: &Phone) -> Key {
    keys::name_key(NameKind::Phone, phone.as_str(), name_suffix::PENDING)
}

fn list_suffix(phone: &str) -> Vec<u8> {
    [&[system_suffix::PENDING], phone.as_bytes()].concat()
}

fn list_key(phone: &Phone) -> Key {
    Key::new(&keys::system(), &list_suffix(phone.as_str()))
}

/// What the entries of one visitor begin with.
fn visitor_prefix(visitor: Visitor) -> Vec<u8> {
    [&[system_suffix::PENDING_OF][..], &visitor.number().to_be_bytes()].concat()
}

fn visitor_key(visitor: Visitor, phone: &Phone) -> Key {
    Key::new(&keys::system(), &[visitor_prefix(visitor).as_slice(), phone.as_str().as_bytes()].concat())
}

/// Takes a number off the list.
fn plan_unlist(batch: &mut Batch, phone: &Phone, pending: Option<&Pending>) {
    batch.deletes.push(list_key(phone));
    if let Some(visitor) = pending.and_then(|pending| pending.visitor) {
        batch.deletes.push(visitor_key(visitor, phone));
    }
}

/// Forgets a number that waited, or may have.
pub(super) fn plan_forget(batch: &mut Batch, phone: &Phone, pending: Option<&Pending>) {
    batch.deletes.push(pending_key(phone));
    plan_unlist(batch, phone, pending);
}

impl Platform {
    /// What the operator has to decide, or decided, about a number.
    pub(super) async fn read_pending(&self, phone: &Phone) -> Result<Option<Pending>, PlatformError> {
        Ok(self.read_pending_versioned(phone).await?.map(|(pending, _)| pending))
    }

    /// The same, and the version of the record.
    async fn read_pending_versioned(&self, phone: &Phone) -> Result<Option<(Pending, u64)>, PlatformError> {
        let record = self.store().get(&pending_key(phone)).await?;
        let pending = codec::decode_record(record.as_ref())?;
        Ok(pending.zip(record.map(|record| record.version)))
    }

    /// Plans an entry for a newcomer who asks from this address; refused when too many wait who came from there. It
    /// conflicts when the operator decides meanwhile.
    pub(super) async fn plan_pending(
        &self,
        batch: &mut Batch,
        phone: &Phone,
        names: (&str, &str),
        ip: IpAddr,
    ) -> Result<(), PlatformError> {
        let visitor = self.visitor(ip);
        self.check_room_to_wait(visitor, phone).await?;
        let (before, version) = self.read_pending_versioned(phone).await?.unzip();
        if before.as_ref().is_some_and(|before| before.allowed) {
            return Err(StoreError::Conflict.into());
        }
        if let Some(other) = before.and_then(|before| before.visitor).filter(|other| *other != visitor) {
            batch.deletes.push(visitor_key(other, phone));
        }
        let (first_name, last_name) = (names.0.to_owned(), names.1.to_owned());
        let pending = Pending { first_name, last_name, asked_at: self.now(), allowed: false, visitor: Some(visitor) };
        plan_write(batch, phone, version, &pending);
        batch.put(list_key(phone), bytes::Bytes::new());
        batch.put(visitor_key(visitor, phone), bytes::Bytes::new());
        Ok(())
    }

    async fn check_room_to_wait(&self, visitor: Visitor, phone: &Phone) -> Result<(), PlatformError> {
        let scan = scan_all(keys::system(), visitor_prefix(visitor), limits::PENDING_PER_VISITOR);
        let theirs = self.store().scan(&scan).await?.items;
        let own = visitor_key(visitor, phone);
        let waits_already = theirs.iter().any(|(suffix, _)| Key::new(&keys::system(), suffix) == own);
        if theirs.len() < limits::PENDING_PER_VISITOR || waits_already {
            return Ok(());
        }
        metrics::PEOPLE_LIMITED.inc("waiting for approval");
        Err(Refusal::FloodWait(limits::PENDING_FULL_WAIT_SECONDS).into())
    }

    /// Sign-ups that wait for the operator, those after this number, at most `limit`.
    ///
    /// # Errors
    /// [`Refusal::PhoneNumberInvalid`], or trouble of the store.
    pub async fn pending_sign_ups(&self, after: Option<&str>, limit: usize) -> Result<PendingPage, PlatformError> {
        let mut scan = pending_scan(limit);
        let after = after.map(Phone::parse).transpose()?;
        // The first key behind it: a number goes on with digits alone.
        scan.from = after.map(|after| [list_suffix(after.as_str()).as_slice(), &[0]].concat());
        let page = self.store().scan(&scan).await?;
        let phones: Vec<String> = page.items.iter().map(|(suffix, _)| phone_of(suffix)).collect();
        let next = page.next.and(phones.last().cloned());
        let mut sign_ups = Vec::with_capacity(phones.len());
        for phone in phones {
            let pending = self.read_pending(&Phone::stored(&phone)).await?;
            sign_ups.extend(pending.map(|pending| (phone, pending)));
        }
        Ok(PendingPage { sign_ups, next })
    }

    /// How many wait for the operator; counted up to a bound.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn count_pending(&self) -> Result<usize, PlatformError> {
        let mut scan = pending_scan(limits::ADMIN_PAGE);
        let mut count = 0;
        loop {
            let page = self.store().scan(&scan).await?;
            count += page.items.len();
            match page.next {
                Some(next) if count < limits::PENDING_COUNTED_MAX => scan.from = Some(next),
                _ => return Ok(count),
            }
        }
    }

    /// Lets a number sign up, whether it asked already or not; or refuses one that asked.
    ///
    /// # Errors
    /// [`Refusal::PhoneNumberInvalid`], or trouble of the store.
    pub async fn admin_decide(&self, by: Steward, phone: &str, allowed: bool) -> Result<(), PlatformError> {
        let phone = Phone::parse(phone)?;
        self.audit(by, if allowed { "user approve" } else { "user refuse" }, phone.as_str()).await?;
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let (asked, version) = self.read_pending_versioned(&phone).await?.unzip();
            match self.commit(self.decision(&phone, asked, version, allowed)).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// The batch of a decision about what was read; it conflicts when somebody asks, or decides, meanwhile.
    fn decision(&self, phone: &Phone, asked: Option<Pending>, version: Option<u64>, allowed: bool) -> Batch {
        let mut batch = Batch::new(Class::C2);
        if !allowed {
            batch.checks.push(check(phone, version));
            plan_forget(&mut batch, phone, asked.as_ref());
            return batch;
        }
        plan_unlist(&mut batch, phone, asked.as_ref());
        let asked_at = asked.as_ref().map_or(self.now(), |asked| asked.asked_at);
        let (first_name, last_name) = asked.map(|asked| (asked.first_name, asked.last_name)).unwrap_or_default();
        let pending = Pending { first_name, last_name, asked_at, allowed: true, visitor: None };
        plan_write(&mut batch, phone, version, &pending);
        batch
    }
}

/// That the record of a number is still the one that was read, or still not there.
fn check(phone: &Phone, version: Option<u64>) -> Check {
    let key = pending_key(phone);
    version.map_or_else(|| Check::Absent(key.clone()), |version| Check::Version(key.clone(), version))
}

/// Writes the record of a number in the place of the one that was read.
fn plan_write(batch: &mut Batch, phone: &Phone, version: Option<u64>, pending: &Pending) {
    batch.checks.push(check(phone, version));
    let record = Record { version: version.unwrap_or(0).saturating_add(1), value: codec::encode(pending) };
    batch.puts.push((pending_key(phone), record));
}

fn pending_scan(limit: usize) -> Scan {
    scan_all(keys::system(), vec![system_suffix::PENDING], limit)
}

fn phone_of(suffix: &[u8]) -> String {
    String::from_utf8_lossy(suffix.get(1..).unwrap_or_default()).into_owned()
}
