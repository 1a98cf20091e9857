//! How many people are here, and who came last.
//!
//! The number is counted from the list of people now and then and adjusted in between, so that asking costs nothing; two
//! nodes, or a sign-up during the count, make it wrong by a little until the next count. Who came last is an index by the
//! second of the sign-up, written with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use store::Key;

use super::names::scan_all;
use super::person::Person;
use crate::keys::{self, SYSTEM_SHARDS, system_suffix};
use crate::{Platform, PlatformError, UserId, limits};

/// The latest count.
#[derive(Default)]
pub(crate) struct Census {
    counted: Mutex<Option<Counted>>,
    counting: AtomicBool,
}

#[derive(Clone, Copy)]
struct Counted {
    people: u64,
    at: i32,
}

impl Census {
    /// Somebody signed up.
    pub(crate) fn came(&self) {
        self.adjust(|people| people.saturating_add(1));
    }

    /// Somebody deleted their account.
    pub(crate) fn left(&self) {
        self.adjust(|people| people.saturating_sub(1));
    }

    fn adjust(&self, change: impl Fn(u64) -> u64) {
        if let Some(counted) = self.counted.lock().as_mut() {
            counted.people = change(counted.people);
        }
    }
}

/// Gives the right to count back, however counting ends.
struct Turn<'a>(&'a AtomicBool);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// Where somebody stands among those who came, in the part of the list of people where they stand.
pub(crate) fn arrival_key(user_id: UserId, created_at: i32) -> Key {
    Key::new(&keys::shard_of(user_id), &arrival_suffix(user_id, created_at))
}

fn arrival_suffix(user_id: UserId, created_at: i32) -> Vec<u8> {
    let mut suffix = vec![system_suffix::ARRIVED];
    suffix.extend_from_slice(&created_at.max(0).cast_unsigned().to_be_bytes());
    suffix.extend_from_slice(&user_id.0.to_be_bytes());
    suffix
}

/// When, and who.
fn arrival_of_suffix(suffix: &[u8]) -> Option<(u32, UserId)> {
    let at = u32::from_be_bytes(suffix.get(1..5)?.try_into().ok()?);
    let id = i64::from_be_bytes(suffix.get(5..13)?.try_into().ok()?);
    Some((at, UserId(id)))
}

impl Platform {
    /// How many people have an account here, as counted within the last `limits::CENSUS_SECONDS`.
    ///
    /// # Errors
    /// Trouble of the store, if there is no older count to give.
    pub async fn count_people(&self) -> Result<u64, PlatformError> {
        let census = &self.inner.people.census;
        let now = self.now();
        let known = *census.counted.lock();
        if let Some(known) = known {
            let is_fresh = now.saturating_sub(known.at) < limits::CENSUS_SECONDS;
            if is_fresh || census.counting.swap(true, Ordering::AcqRel) {
                return Ok(known.people);
            }
        }
        let turn = Turn(&census.counting);
        let people = match (self.count_list().await, known) {
            (Ok(people), _) => people,
            (Err(_), Some(known)) => known.people,
            (Err(error), None) => return Err(error),
        };
        *census.counted.lock() = Some(Counted { people, at: now });
        drop(turn);
        Ok(people)
    }

    async fn count_list(&self) -> Result<u64, PlatformError> {
        let mut people = 0;
        for shard in 0..SYSTEM_SHARDS {
            let mut scan = scan_all(keys::system_shard(shard), vec![system_suffix::USER], limits::ADMIN_PAGE);
            for _ in 0..limits::CENSUS_PAGES_MAX {
                let page = self.store().scan(&scan).await?;
                people += page.items.len() as u64;
                let Some(next) = page.next else { break };
                scan.from = Some(next);
            }
        }
        Ok(people)
    }

    /// How many people signed up since then (Unix seconds), deleted accounts not counted; past `limits::ARRIVALS_COUNTED_MAX`
    /// nobody counts.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn count_arrivals(&self, since: i32) -> Result<u64, PlatformError> {
        let mut arrivals = 0;
        for shard in 0..SYSTEM_SHARDS {
            let mut scan = scan_all(keys::system_shard(shard), vec![system_suffix::ARRIVED], limits::ADMIN_PAGE);
            scan.from = Some(arrival_suffix(UserId(0), since));
            while arrivals < limits::ARRIVALS_COUNTED_MAX {
                let page = self.store().scan(&scan).await?;
                arrivals += page.items.len() as u64;
                let Some(next) = page.next else { break };
                scan.from = Some(next);
            }
        }
        Ok(arrivals.min(limits::ARRIVALS_COUNTED_MAX))
    }

    /// Those who came last, the latest first, at most `limit`; those of before this index was kept are not among them.
    ///
    /// # Errors
    /// Trouble of the store.
    pub async fn latest_people(&self, limit: usize) -> Result<Vec<Arc<Person>>, PlatformError> {
        let mut arrivals = Vec::new();
        for shard in 0..SYSTEM_SHARDS {
            let mut scan = scan_all(keys::system_shard(shard), vec![system_suffix::ARRIVED], limit);
            scan.reverse = true;
            let page = self.store().scan(&scan).await?;
            arrivals.extend(page.items.iter().filter_map(|(suffix, _)| arrival_of_suffix(suffix)));
        }
        arrivals.sort_unstable_by(|one, other| other.cmp(one));
        arrivals.truncate(limit);
        let ids: Vec<UserId> = arrivals.into_iter().map(|(_, id)| id).collect();
        Ok(self.people(&ids).await?.into_iter().flatten().collect())
    }
}
