//! Who is here now. Not stored, except that the time of leaving is written lazily; news of it is ephemeral.

use quick_cache::sync::Cache;
use store::{Batch, Class};

use super::flood::Act;
use super::person::{LastSeen, Person, last_seen_key};
use super::privacy::PrivacyKey;
use super::relation::Relation;
use crate::ephemeral::Ephemeral;
use crate::messages::DialogOffset;
use crate::{Platform, PlatformError, SERVICE_USER_ID, UserId, codec, limits};

/// What is remembered of a person's coming and going.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    /// Until when they count as here, Unix seconds; in the past once they left.
    online_until: i32,
    /// The last sign of life, Unix seconds.
    at: i32,
    /// What the store has.
    stored_at: i32,
}

pub(crate) type Presence = Cache<UserId, Seen>;

pub(crate) fn presence() -> Presence {
    Cache::new(limits::PRESENCE_ITEMS)
}

/// What a viewer may know of when somebody was here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Long ago, or the viewer is shut out.
    Unknown,
    /// Here, until then.
    Online {
        /// Unix seconds.
        expires: i32,
    },
    /// Left then.
    Offline {
        /// Unix seconds.
        was_online: i32,
    },
    /// Within three days.
    Recently {
        /// Not told exactly because the viewer does not tell theirs.
        by_me: bool,
    },
    /// Within a week.
    LastWeek {
        /// As above.
        by_me: bool,
    },
    /// Within a month.
    LastMonth {
        /// As above.
        by_me: bool,
    },
}

const DAY_SECONDS: i32 = 24 * 3600;

impl Platform {
    /// The person is here, or says that they leave.
    ///
    /// # Errors
    /// Trouble of the store; memory is up to date nevertheless.
    pub async fn update_status(&self, user_id: UserId, offline: bool) -> Result<(), PlatformError> {
        let now = self.now();
        let before = self.inner.people.presence.get(&user_id);
        let stored_at = before.map_or(0, |seen| seen.stored_at);
        let leaves = offline && before.is_some_and(|seen| seen.online_until > now);
        let online_until = if offline { now - 1 } else { now + limits::ONLINE_SECONDS };
        let write = leaves || now - stored_at >= limits::LAST_SEEN_INTERVAL_SECONDS;
        let stored_at = if write { now } else { stored_at };
        self.inner.people.presence.insert(user_id, Seen { online_until, at: now, stored_at });
        // Told every time, also when nothing changed: news that is not stored may have been lost.
        self.spread_status(user_id).await?;
        if write { self.store_last_seen(user_id, now).await } else { Ok(()) }
    }

    async fn store_last_seen(&self, user_id: UserId, at: i32) -> Result<(), PlatformError> {
        let mut batch = Batch::new(Class::C3);
        batch.put(last_seen_key(user_id), codec::encode(&LastSeen { at }));
        let written = self.commit(batch).await;
        self.inner.people.persons.remove(&user_id);
        written
    }

    /// Tells a bounded number of people: those who have this person in their contacts, and those they talked with last.
    /// The bus drops what concerns nobody who is connected; what each may know is decided where it is shown.
    async fn spread_status(&self, user_id: UserId) -> Result<(), PlatformError> {
        if self.count_own(Act::TellStatus, user_id, 1, limits::STATUS_NEWS_PER_PERSON).is_err() {
            return Ok(());
        }
        let mut hearers = self.who_has(user_id, limits::STATUS_FAN_OUT_MAX).await?;
        let recent = self.dialogs(user_id, None, false, DialogOffset::default(), limits::STATUS_DIALOGS_MAX).await?;
        hearers.extend(recent.dialogs.iter().filter_map(|dialog| dialog.peer.user()));
        hearers.sort_unstable();
        hearers.dedup();
        for other in hearers.into_iter().filter(|other| *other != user_id) {
            self.show(other, &Ephemeral::Status { user: user_id });
        }
        Ok(())
    }

    /// Whether a person is here now.
    #[must_use]
    pub fn is_here(&self, user_id: UserId) -> bool {
        self.inner.people.presence.get(&user_id).is_some_and(|seen| seen.online_until > self.now())
    }

    /// What `viewer` may know of when `person` was here. `own` is the viewer themselves: who does not tell is not told.
    #[must_use]
    pub fn status(&self, viewer: &Person, person: &Person, relation: &Relation) -> Status {
        if person.is_deleted() || person.id == SERVICE_USER_ID || relation.blocked_by {
            return Status::Unknown;
        }
        let (online_until, at) = self.seen(person);
        let exact = viewer.id == person.id || person.privacy.allows(PrivacyKey::StatusTimestamp, viewer.id, relation);
        let by_me = viewer.id != person.id && !self.tells_status(viewer, person.id, relation);
        let now = self.now();
        match (exact && !by_me, now.saturating_sub(at)) {
            (true, _) if online_until > now => Status::Online { expires: online_until },
            (_, _) if at == 0 => Status::Unknown,
            (true, _) => Status::Offline { was_online: at },
            (false, age) => vague_status(age, exact && by_me),
        }
    }

    /// Whether `viewer` tells `other` when they were here. The viewer's contact is who the rule calls "my contacts".
    fn tells_status(&self, viewer: &Person, other: UserId, relation: &Relation) -> bool {
        let seen_from_there = Relation {
            has_me: relation.contact.is_some(),
            close_friend_of: relation.contact.as_ref().is_some_and(|contact| contact.close_friend),
            ..Relation::default()
        };
        viewer.privacy.allows(PrivacyKey::StatusTimestamp, other, &seen_from_there)
    }

    /// Until when a person counts as here, and the last sign of life.
    fn seen(&self, person: &Person) -> (i32, i32) {
        match self.inner.people.presence.get(&person.id) {
            Some(seen) if seen.online_until > self.now() => (seen.online_until, seen.at),
            Some(seen) => (0, seen.at.max(seen.online_until.min(self.now()))),
            None => (0, person.last_seen),
        }
    }
}

/// https://core.telegram.org/constructor/userStatusRecently and its neighbours.
fn vague_status(age_seconds: i32, by_me: bool) -> Status {
    match age_seconds {
        ..=259_200 => Status::Recently { by_me },
        _ if age_seconds <= 7 * DAY_SECONDS => Status::LastWeek { by_me },
        _ if age_seconds <= 30 * DAY_SECONDS => Status::LastMonth { by_me },
        _ => Status::Unknown,
    }
}
