//! How much a person keeps here: the files of their media, counted once, given back when a medium is removed.
//!
//! Counted whether or not there is a quota, so that one can be set later. What is under way counts against it, too, but is
//! not part of the record.

use minicbor::{Decode, Encode};
use store::{Batch, Check, Key, Record};

use crate::codec::{self, Stored};
use crate::keys::{self, user_suffix};
use crate::{Platform, PlatformError, Refusal, UserId};

#[derive(Clone, Copy, Debug, Default, Encode, Decode)]
struct StorageRecord {
    /// In bytes.
    #[n(0)]
    bytes: u64,
}

impl Stored for StorageRecord {
    const WHAT: &'static str = "storage of a person";
}

fn key(user: UserId) -> Key {
    keys::user_key(user, &[user_suffix::STORAGE])
}

impl Platform {
    /// How much a person's media take, in bytes.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn stored_bytes(&self, user: UserId) -> Result<u64, PlatformError> {
        let stored = self.store().get(&key(user)).await?;
        Ok(codec::decode_record::<StorageRecord>(stored.as_ref())?.unwrap_or_default().bytes)
    }

    /// Refuses so many bytes more, if there is a quota and they are beyond it.
    pub(super) async fn check_quota(&self, user: UserId, more: u64) -> Result<(), PlatformError> {
        let Some(quota) = self.quota_bytes() else { return Ok(()) };
        refuse_beyond(quota, self.stored_bytes(user).await?.saturating_add(more))
    }

    /// Puts the change of a person's count into a batch, which conflicts if somebody else changed it meanwhile.
    pub(super) async fn count_storage(
        &self,
        batch: &mut Batch,
        user: UserId,
        (more, less): (u64, u64),
    ) -> Result<(), PlatformError> {
        let key = key(user);
        let stored = self.store().get(&key).await?;
        let old: StorageRecord = codec::decode_record(stored.as_ref())?.unwrap_or_default();
        let bytes = old.bytes.saturating_add(more).saturating_sub(less);
        if let Some(quota) = self.quota_bytes().filter(|_| more > less) {
            refuse_beyond(quota, bytes)?;
        }
        let version = stored.map(|record| record.version);
        batch.checks.push(match version {
            Some(version) => Check::Version(key.clone(), version),
            None => Check::Absent(key.clone()),
        });
        let value = codec::encode(&StorageRecord { bytes });
        batch.puts.push((key, Record { version: version.unwrap_or(0) + 1, value }));
        Ok(())
    }
}

fn refuse_beyond(quota: u64, bytes: u64) -> Result<(), PlatformError> {
    if bytes <= quota {
        return Ok(());
    }
    metrics::MEDIA_LIMITED.inc("quota");
    Err(Refusal::StorageQuotaExceeded.into())
}
