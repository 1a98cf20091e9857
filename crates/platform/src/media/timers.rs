//! What will be looked at again, and when: an upload that may never end, a medium that may be held by nobody.
//!
//! A timer is one empty record of a bucket, and a bucket (ten minutes of due times) is an owner of its own. A stored
//! cursor says which buckets are done; so a look at what is due never walks over what was removed before. Timers are
//! asked, never obeyed: each is answered by reading what it names as it is now, so that one too many does no harm.

use std::sync::atomic::{AtomicU32, Ordering};

use store::{Batch, Class, Key, Owner, Store};

use super::MediumId;
use crate::keys::{self, system_suffix};
use crate::limits::media::TIMER_BUCKET_SECONDS;
use crate::{Platform, PlatformError, Runtime, UserId};

/// What is to be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Timer {
    /// An upload of this person.
    Upload(UserId, i64),
    /// A medium, or the attempt to make it.
    Medium(MediumId),
}

/// On-disk numbers of the kinds.
const UPLOAD: u8 = 1;
const MEDIUM: u8 = 2;

impl Timer {
    pub(super) fn to_suffix(self) -> Vec<u8> {
        let mut suffix = Vec::with_capacity(17);
        match self {
            Self::Upload(user, file_id) => {
                suffix.push(UPLOAD);
                suffix.extend_from_slice(&user.0.to_be_bytes());
                suffix.extend_from_slice(&file_id.to_be_bytes());
            }
            Self::Medium(medium) => {
                suffix.push(MEDIUM);
                suffix.extend_from_slice(&medium.0.to_be_bytes());
            }
        }
        suffix
    }

    pub(super) fn from_suffix(suffix: &[u8]) -> Option<Self> {
        let (&kind, rest) = suffix.split_first()?;
        let (first, rest) = rest.split_first_chunk::<8>()?;
        let first = i64::from_be_bytes(*first);
        match (kind, rest.len()) {
            (UPLOAD, 8) => Some(Self::Upload(UserId(first), i64::from_be_bytes(rest.try_into().ok()?))),
            (MEDIUM, 0) => Some(Self::Medium(MediumId(first))),
            _ => None,
        }
    }
}

/// The first bucket that is not done, as this process knows it.
#[derive(Default)]
pub(crate) struct Cursor(AtomicU32);

impl Cursor {
    pub(super) fn get(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }

    pub(super) fn advance(&self, bucket: u32) {
        self.0.fetch_max(bucket, Ordering::AcqRel);
    }
}

/// The bucket of a time.
pub(super) fn bucket_of(seconds: i64) -> u32 {
    u32::try_from(seconds / TIMER_BUCKET_SECONDS).unwrap_or(0)
}

/// Whose records a bucket's timers are.
pub(super) fn owner(bucket: u32) -> Owner {
    let [first, second, third, last] = bucket.to_be_bytes();
    Owner::new(keys::kind::SYSTEM, &[b't', first, second, third, last])
}

/// The folder in which a medium may lie that a timer will look at, by owner and suffix of the timer.
pub(crate) fn folder_of_timer(owner: &[u8], suffix: &[u8]) -> Option<blobs::Folder> {
    match owner {
        [keys::kind::SYSTEM, b't', _, _, _, _] => match Timer::from_suffix(suffix)? {
            Timer::Medium(medium) => Some(super::own_folder(medium)),
            Timer::Upload(..) => None,
        },
        _ => None,
    }
}

/// Adds a timer that is due in so many seconds at the earliest. Never into a bucket that could be looked at before this
/// batch is written, nor into one that is done.
pub(super) fn put(platform: &Platform, batch: &mut Batch, timer: Timer, after_seconds: i64) {
    let now = i64::from(platform.now());
    let due = bucket_of(now.saturating_add(after_seconds));
    let bucket = due.max(bucket_of(now) + 1).max(platform.shelves().cursor.get()) + 1;
    batch.put(Key::new(&owner(bucket), &timer.to_suffix()), Vec::new());
}

/// The stored cursor, or a new one at the present.
pub(super) async fn load_cursor(store: &Store, runtime: &dyn Runtime) -> Result<u32, PlatformError> {
    if let Some(record) = store.get(&cursor_key()).await? {
        let bytes: Result<[u8; 4], _> = record.value.as_ref().try_into();
        let damaged =
            |_| PlatformError::Damaged { what: "cursor of timers", detail: format!("{} bytes", record.value.len()) };
        return bytes.map(u32::from_be_bytes).map_err(damaged);
    }
    let bucket = bucket_of(i64::from(runtime.now()));
    store_cursor(store, bucket).await?;
    Ok(bucket)
}

pub(super) async fn store_cursor(store: &Store, bucket: u32) -> Result<(), PlatformError> {
    let mut batch = Batch::new(Class::C3);
    batch.put(cursor_key(), bucket.to_be_bytes().to_vec());
    Ok(store.commit(batch).await?)
}

fn cursor_key() -> Key {
    Key::new(&keys::system(), &[system_suffix::TIMER_CURSOR])
}
