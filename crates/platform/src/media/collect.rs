//! Removing what nobody holds any more: uploads that rest, media without references, and what a crash left of either.
//!
//! A medium is removed in steps that each can be repeated: its record is marked (from then on nothing can refer to it),
//! references are looked for once more, its bytes are removed, and last its record, with the bytes given back to the
//! uploader's count. A timer is removed after what it asked for is done.

use blobs::Folder;
use store::{Batch, Check, Class, Key, Record};

use super::medium::{self, GOING, LIVE, MediumRecord};
use super::timers::{self, Timer};
use super::{MediumId, references};
use crate::codec;
use crate::limits::media::{BUCKETS_PER_ROUND, COLLECT_RETRY_SECONDS};
use crate::{Platform, PlatformError};

/// What a round of collection did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// Timers looked at.
    pub timers: usize,
    /// Media removed.
    pub media: usize,
    /// Uploads removed.
    pub uploads: usize,
    /// More is due: another round would find something to do.
    pub is_more_due: bool,
}

impl Platform {
    /// Looks at up to `limit` timers that are due, and removes what nobody holds. One round at a time.
    ///
    /// # Errors
    /// Trouble of the store; the next round goes on where this one stopped.
    pub async fn collect_media(&self, limit: usize) -> Result<Collected, PlatformError> {
        let _alone = self.shelves().collecting.lock().await;
        let mut collected = Collected::default();
        let present = timers::bucket_of(i64::from(self.now()));
        let first = self.shelves().cursor.get();
        let last = present.min(first.saturating_add(BUCKETS_PER_ROUND));
        let mut bucket = first;
        while bucket < last && collected.timers < limit {
            let is_done = self.collect_bucket(bucket, limit, &mut collected).await?;
            bucket += u32::from(is_done);
        }
        if bucket > first {
            timers::store_cursor(self.store(), bucket).await?;
            self.shelves().cursor.advance(bucket);
        }
        collected.is_more_due = bucket < present;
        Ok(collected)
    }

    /// Answers the timers of a bucket; says whether none is left.
    async fn collect_bucket(
        &self,
        bucket: u32,
        limit: usize,
        collected: &mut Collected,
    ) -> Result<bool, PlatformError> {
        let owner = timers::owner(bucket);
        let scan = store::Scan {
            owner: owner.clone(),
            prefix: Vec::new(),
            from: None,
            to: None,
            reverse: false,
            limit: (limit - collected.timers).min(store::limits::DELETE_STEP_KEYS),
            max_bytes: usize::MAX,
        };
        let page = self.store().scan(&scan).await?;
        let mut done = Batch::new(Class::C3);
        for (suffix, _) in &page.items {
            if let Some(timer) = Timer::from_suffix(suffix) {
                self.answer(timer, collected, &mut done).await?;
            }
            done.deletes.push(Key::new(&owner, suffix));
            collected.timers += 1;
        }
        if !page.items.is_empty() {
            self.commit(done).await?;
        }
        Ok(page.next.is_none())
    }

    /// What cannot be removed now is tried again later and holds nothing else up; trouble of the store ends the round.
    async fn answer(&self, timer: Timer, collected: &mut Collected, done: &mut Batch) -> Result<(), PlatformError> {
        let outcome = match timer {
            Timer::Upload(user, file_id) => self.look_at_upload(user, file_id).await,
            Timer::Medium(medium) => self.look_at_medium(medium).await,
        };
        match (outcome, timer) {
            (Ok(false), _) => {}
            (Ok(true), Timer::Upload(..)) => {
                collected.uploads += 1;
                metrics::MEDIA_REMOVED.inc("upload");
            }
            (Ok(true), Timer::Medium(_)) => {
                collected.media += 1;
                metrics::MEDIA_REMOVED.inc("medium");
            }
            (Err(error @ PlatformError::Store(_)), _) if !error.is_conflict() => return Err(error),
            (Err(error), _) => {
                tracing::warn!(%error, "media could not be removed; tried again later");
                timers::put(self, done, timer, COLLECT_RETRY_SECONDS);
            }
        }
        Ok(())
    }

    /// Removes a medium that nobody holds, or what was written for one that was never recorded.
    async fn look_at_medium(&self, id: MediumId) -> Result<bool, PlatformError> {
        let stored = self.store().get(&medium::record_key(id)).await?;
        let record = match &stored {
            Some(stored) => codec::decode(&stored.value)?,
            None => MediumRecord::nothing(),
        };
        let is_going = stored.as_ref().is_some_and(|stored| stored.version == GOING);
        if !is_going && !self.mark_going(id, &record, stored.is_some()).await? {
            return Ok(false);
        }
        self.shelves().media.forget(id);
        let own = medium::own_folder(id);
        for folder in record.folders().chain([own]) {
            self.remove_folder(folder).await?;
        }
        self.forget_medium(id, &record).await?;
        Ok(stored.is_some())
    }

    async fn remove_folder(&self, folder: Folder) -> Result<(), PlatformError> {
        Ok(self.blobs().remove(folder).await?)
    }

    /// Marks a medium that nobody holds, so that nobody can begin to; says whether it is marked.
    async fn mark_going(&self, id: MediumId, record: &MediumRecord, is_recorded: bool) -> Result<bool, PlatformError> {
        if references::any(self, id).await? {
            return Ok(false);
        }
        let key = medium::record_key(id);
        let check = if is_recorded { Check::Version(key.clone(), LIVE) } else { Check::Absent(key.clone()) };
        self.set_version(id, record, check, GOING).await?;
        if !references::any(self, id).await? {
            return Ok(true);
        }
        // Somebody was quicker: it stays.
        self.set_version(id, record, Check::Version(key, GOING), LIVE).await?;
        Ok(false)
    }

    async fn set_version(
        &self,
        id: MediumId,
        record: &MediumRecord,
        check: Check,
        version: u64,
    ) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C3);
        batch.checks.push(check);
        batch.puts.push((medium::record_key(id), Record { version, value: codec::encode(record) }));
        self.commit(batch).await
    }

    /// The last step: the record goes, and its bytes are given back.
    async fn forget_medium(&self, id: MediumId, record: &MediumRecord) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C3);
        batch.checks.push(Check::Version(medium::record_key(id), GOING));
        batch.deletes.push(medium::record_key(id));
        if record.files.is_empty() {
            return self.commit(batch).await;
        }
        self.commit_counted(batch, record.uploader, (0, record.size())).await
    }
}
