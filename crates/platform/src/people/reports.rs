//! What people report to the operator about each other. One record for each person reported: a count and the latest
//! reports, so that a crowd of reporters takes no more room than a few. What comes of a report is the operator's to decide;
//! nothing happens by itself.

use store::{Key, StoreError};

use super::flood::Act;
use super::names::scan_all;
use super::privacy::replace;
use super::stewards::Steward;
use crate::codec::{self, Stored};
use crate::keys::{self, SYSTEM_SHARDS, system_suffix};
use crate::{Platform, PlatformError, Refusal, UserId, limits};

/// One report.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Report {
    /// Who reports.
    #[n(0)]
    pub by: UserId,
    /// When, Unix seconds.
    #[n(1)]
    pub at: i32,
    /// Why: `spam`, `violence` …
    #[n(2)]
    pub reason: String,
    /// In their own words.
    #[n(3)]
    pub comment: String,
    /// Messages in their mailbox that it is about.
    #[n(4)]
    pub messages: Vec<i32>,
}

/// What was reported of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Reported {
    /// How many reports there were.
    #[n(0)]
    pub count: u64,
    /// The latest of them, the latest last.
    #[n(1)]
    pub latest: Vec<Report>,
}

impl Stored for Reported {
    const WHAT: &'static str = "reports";
}

/// Lies in the part of the list of people where the person stands.
fn reported_key(user_id: UserId) -> Key {
    let shard = user_id.0.to_be_bytes()[7] % SYSTEM_SHARDS;
    Key::new(&keys::system_shard(shard), &keys::suffix_id(system_suffix::REPORTED, user_id.0))
}

impl Platform {
    /// Keeps a report for the operator. `report.at` is set here; what is too long is cut.
    ///
    /// # Errors
    /// [`Refusal::UserIdInvalid`] for oneself or nobody, [`Refusal::FloodWait`], or trouble of the store.
    pub async fn report(&self, reported: UserId, mut report: Report) -> Result<(), PlatformError> {
        if report.by == reported {
            return Err(Refusal::UserIdInvalid.into());
        }
        self.person(reported).await?.ok_or(Refusal::UserIdInvalid)?;
        let flood = &self.inner.people.flood;
        flood.count(Act::Report, &report.by.to_string(), 1, limits::REPORTS_PER_PERSON, self.now())?;
        report.at = self.now();
        report.comment = report.comment.chars().take(limits::REPORT_COMMENT_MAX_CHARS).collect();
        report.messages.truncate(limits::REPORT_MESSAGES_MAX);
        self.keep_report(reported, &report).await
    }

    async fn keep_report(&self, reported: UserId, report: &Report) -> Result<(), PlatformError> {
        let key = reported_key(reported);
        for _ in 0..limits::CONFLICT_ATTEMPTS_MAX {
            let record = self.store().get(&key).await?;
            let mut all: Reported = codec::decode_record(record.as_ref())?.unwrap_or_default();
            all.count += 1;
            if all.latest.len() >= limits::REPORTS_KEPT_PER_PERSON {
                all.latest.remove(0);
            }
            all.latest.push(report.clone());
            match self.commit(replace(&key, record.as_ref(), &all)).await {
                Err(error) if error.is_conflict() => {}
                outcome => return outcome,
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Who was reported, those reported most often first, at most `limits::ADMIN_PAGE`.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn reports(&self) -> Result<Vec<(UserId, Reported)>, PlatformError> {
        let mut found = Vec::new();
        for shard in 0..SYSTEM_SHARDS {
            let left = limits::ADMIN_PAGE.saturating_sub(found.len());
            let scan = scan_all(keys::system_shard(shard), vec![system_suffix::REPORTED], left.max(1));
            for (suffix, record) in &self.store().scan(&scan).await?.items {
                let id = keys::id_of_suffix(suffix).map(UserId);
                found.extend(id.map(|id| codec::decode(&record.value).map(|all| (id, all))).transpose()?);
            }
        }
        found.sort_by_key(|(_, all): &(UserId, Reported)| std::cmp::Reverse(all.count));
        found.truncate(limits::ADMIN_PAGE);
        Ok(found)
    }

    /// Forgets what was reported of a person: it is dealt with. False when there was nothing.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn dismiss_reports(&self, by: Steward, reported: UserId) -> Result<bool, PlatformError> {
        let key = reported_key(reported);
        if self.store().get(&key).await?.is_none() {
            return Ok(false);
        }
        self.audit(by, "user reports dismiss", &reported.to_string()).await?;
        let mut batch = store::Batch::new(store::Class::C1);
        batch.deletes.push(key);
        self.commit(batch).await?;
        Ok(true)
    }
}
