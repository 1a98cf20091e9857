//! All sessions of this node, by key. Bounded per key and in total; those without connection are forgotten after a while.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use mtproto::session::{ProtocolTime, Session};
use parking_lot::Mutex;
use smallvec::SmallVec;

use crate::limits::{
    REGISTRY_SHARDS, SESSION_KEPT_MS, SESSIONS_EVICTED, SESSIONS_LEFT_MAX, SESSIONS_MAX, SESSIONS_PER_KEY,
};
use crate::live::{Census, KeyHandle, LiveSession};

type Sessions = SmallVec<[Arc<LiveSession>; 2]>;

/// The sessions.
pub(crate) struct Registry {
    shards: Vec<Mutex<HashMap<i64, Sessions>>>,
    census: Arc<Census>,
    sessions_max: usize,
}

/// Why a session is not to be had.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoSession {
    /// The id is zero.
    Zero,
    /// The bound is reached and all of them are carried by connections.
    TooMany,
}

impl Registry {
    pub(crate) fn new() -> Self {
        Self::with_room_for(SESSIONS_MAX)
    }

    fn with_room_for(sessions_max: usize) -> Self {
        let shards = (0..REGISTRY_SHARDS).map(|_| Mutex::default()).collect();
        Self { shards, census: Arc::default(), sessions_max }
    }

    /// The session of this id, made if nobody knew it. `unique_id` draws a random number.
    pub(crate) fn get_or_create(
        &self,
        key: &Arc<KeyHandle>,
        session_id: i64,
        unique_id: impl FnOnce() -> i64,
        now: ProtocolTime,
    ) -> Result<Arc<LiveSession>, NoSession> {
        let mut shard = self.shard(key.auth.id()).lock();
        let known = shard.get(&key.auth.id()).and_then(|sessions| sessions.iter().find(|one| one.id == session_id));
        if let Some(session) = known {
            return Ok(session.clone());
        }
        let protocol = Session::new(session_id, unique_id(), key.salts).map_err(|_| NoSession::Zero)?;
        self.make_room(&mut shard)?;
        let sessions = shard.entry(key.auth.id()).or_default();
        self.make_room_in(sessions)?;
        let session = Arc::new(LiveSession::new(key.clone(), protocol, now, self.census.clone()));
        sessions.push(session.clone());
        self.census.0.fetch_add(1, Ordering::Relaxed);
        Ok(session)
    }

    /// All places are taken: those go who left longest ago, strangers first, so that nobody keeps others out by opening
    /// sessions and leaving them.
    fn make_room(&self, shard: &mut HashMap<i64, Sessions>) -> Result<(), NoSession> {
        if self.census.0.load(Ordering::Relaxed) < self.sessions_max {
            return Ok(());
        }
        let mut left: Vec<_> = shard.iter().flat_map(|(key, sessions)| left_sessions(*key, sessions)).collect();
        left.sort_unstable();
        left.truncate(SESSIONS_EVICTED);
        for (.., key, session_id) in &left {
            if let Some(sessions) = shard.get_mut(key) {
                self.forget(sessions, *session_id);
                if sessions.is_empty() {
                    shard.remove(key);
                }
            }
        }
        if left.is_empty() { Err(NoSession::TooMany) } else { Ok(()) }
    }

    fn make_room_in(&self, sessions: &mut Sessions) -> Result<(), NoSession> {
        if sessions.len() < SESSIONS_PER_KEY {
            return Ok(());
        }
        let (.., session_id) = left_sessions(0, sessions).min().ok_or(NoSession::TooMany)?;
        self.forget(sessions, session_id);
        Ok(())
    }

    fn forget(&self, sessions: &mut Sessions, session_id: i64) -> bool {
        let before = sessions.len();
        sessions.retain(|session| session.id != session_id);
        let gone = before - sessions.len();
        self.census.0.fetch_sub(gone, Ordering::Relaxed);
        gone > 0
    }

    /// Forgets a session; true if there was one. Its connection lives on and may begin it anew.
    pub(crate) fn destroy(&self, key_id: i64, session_id: i64) -> bool {
        let mut shard = self.shard(key_id).lock();
        let Some(sessions) = shard.get_mut(&key_id) else { return false };
        self.forget(sessions, session_id)
    }

    /// Every session of a key.
    pub(crate) fn of_key(&self, key_id: i64) -> Sessions {
        self.shard(key_id).lock().get(&key_id).cloned().unwrap_or_default()
    }

    /// Forgets every session of a key.
    pub(crate) fn forget_key(&self, key_id: i64) {
        if let Some(sessions) = self.shard(key_id).lock().remove(&key_id) {
            self.census.0.fetch_sub(sessions.len(), Ordering::Relaxed);
        }
    }

    /// Forgets what has been without connection for too long, and those who left first when too many have; takes from
    /// sessions at rest what they keep without need. Shard by shard.
    pub(crate) fn sweep(&self, now: ProtocolTime) {
        let mut left = Vec::new();
        self.keep(|session| {
            if is_over(session, now) {
                return false;
            }
            left.extend(left_at(session));
            true
        });
        let carried = self.census.0.load(Ordering::Relaxed).saturating_sub(left.len());
        let most = carried.saturating_add(SESSIONS_LEFT_MAX);
        if left.len() > most {
            let surplus = left.len() - most;
            let (_, last, _) = left.select_nth_unstable(surplus - 1);
            let last = *last;
            self.keep(|session| left_at(session).is_none_or(|left| left > last));
        }
    }

    /// Forgets all that are not to be kept.
    fn keep(&self, mut is_kept: impl FnMut(&LiveSession) -> bool) {
        for shard in &self.shards {
            shard.lock().retain(|_, sessions| {
                let before = sessions.len();
                sessions.retain(|session| is_kept(session));
                self.census.0.fetch_sub(before - sessions.len(), Ordering::Relaxed);
                !sessions.is_empty()
            });
        }
    }

    fn shard(&self, key_id: i64) -> &Mutex<HashMap<i64, Sessions>> {
        // Key ids are hashes already: their low bits are as good as any.
        let number = key_id.to_le_bytes()[0] as usize % self.shards.len();
        &self.shards[number]
    }
}

/// Sessions without connection, in the order in which they may be forgotten: strangers first, then by when they were left.
fn left_sessions(key: i64, sessions: &Sessions) -> impl Iterator<Item = (bool, i64, i64, i64)> {
    sessions
        .iter()
        .filter_map(move |session| left_at(session).map(|(is_known, since)| (is_known, since, key, session.id)))
}

/// Of a session without connection: whether somebody is signed in there, and since when it has none.
fn left_at(session: &LiveSession) -> Option<(bool, i64)> {
    let inner = session.lock();
    inner.detached_at().map(|since| (inner.registered.is_some(), since))
}

fn is_over(session: &LiveSession, now: ProtocolTime) -> bool {
    let mut inner = session.lock();
    inner.protocol.rest(now);
    inner.lane.rest(now);
    inner.lane.pending() == 0 && inner.detached_at().is_some_and(|since| now.0 - since > SESSION_KEPT_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::Link;
    use crate::testing::key_handle;

    const NOW: ProtocolTime = ProtocolTime(1_700_000_000_000);

    #[test]
    fn a_session_survives_its_connection_for_a_while() {
        let (registry, key) = (Registry::new(), key_handle(1));
        let first = registry.get_or_create(&key, 7, || 1, NOW).expect("a session");
        let link = Arc::new(Link::new(1));
        first.lock().attach(&link);
        registry.sweep(ProtocolTime(NOW.0 + SESSION_KEPT_MS * 9));
        assert!(Arc::ptr_eq(&first, &registry.get_or_create(&key, 7, || 1, NOW).expect("the same")));
        first.lock().detach(&link, NOW);
        registry.sweep(ProtocolTime(NOW.0 + SESSION_KEPT_MS));
        assert_eq!(registry.of_key(key.auth.id()).len(), 1);
        registry.sweep(ProtocolTime(NOW.0 + SESSION_KEPT_MS + 1));
        assert!(registry.of_key(key.auth.id()).is_empty());
        assert_eq!(registry.census.0.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn sessions_of_a_key_are_bounded_and_the_oldest_without_connection_goes() {
        let (registry, key) = (Registry::new(), key_handle(1));
        let most = i64::try_from(SESSIONS_PER_KEY).expect("small");
        for id in 1..=most {
            registry.get_or_create(&key, id, || 1, ProtocolTime(NOW.0 + id)).expect("a session");
        }
        registry.get_or_create(&key, -1, || 1, NOW).expect("in place of the oldest");
        let left = registry.of_key(key.auth.id());
        assert!(left.iter().all(|session| session.id != 1));
        let link = Arc::new(Link::new(1));
        for session in &left {
            session.lock().attach(&link);
        }
        assert_eq!(registry.get_or_create(&key, -2, || 1, NOW).err(), Some(NoSession::TooMany));
        assert_eq!(registry.get_or_create(&key, 0, || 1, NOW).err(), Some(NoSession::Zero));
    }

    #[test]
    fn sessions_that_were_left_keep_nobody_out() {
        let registry = Registry::with_room_for(4);
        let keys: Vec<_> = (1..=255).map(key_handle).collect();
        let same_shard =
            |key: &&Arc<KeyHandle>| key.auth.id().to_le_bytes()[0] % 64 == keys[0].auth.id().to_le_bytes()[0] % 64;
        let neighbours: Vec<_> = keys.iter().filter(same_shard).take(3).collect();
        let [first, second, third] = neighbours[..] else { panic!("255 keys meet in 64 shards") };
        let member = registry.get_or_create(first, 1, || 1, NOW).expect("a session");
        member.lock().registered = Some(platform::UserId(1));
        let carried = registry.get_or_create(second, 2, || 1, NOW).expect("a session");
        carried.lock().attach(&Arc::new(Link::new(1)));
        for id in 3..5 {
            registry.get_or_create(second, id, || 1, ProtocolTime(NOW.0 + id)).expect("a session");
        }
        registry.get_or_create(third, 5, || 1, NOW).expect("in place of those who left");
        assert!(registry.of_key(second.auth.id()).iter().any(|session| session.id == 2), "it is in use");
        assert!(registry.census.0.load(Ordering::Relaxed) <= 4);
    }

    #[test]
    fn when_very_many_have_left_those_who_left_first_are_forgotten() {
        let (registry, most) = (Registry::new(), i64::try_from(SESSIONS_LEFT_MAX).expect("small"));
        let key = key_handle(1);
        let carried = registry.get_or_create(&key, 1, || 1, NOW).expect("a session");
        carried.lock().attach(&Arc::new(Link::new(1)));
        for id in 2..=most + 12 {
            // Of one key only so many can be; this one's sessions lie under numbers of their own.
            let mut shard = registry.shard(id).lock();
            let protocol = Session::new(id, id, key.salts).expect("a session");
            let session = LiveSession::new(key.clone(), protocol, ProtocolTime(NOW.0 + id), registry.census.clone());
            shard.entry(id).or_default().push(Arc::new(session));
            registry.census.0.fetch_add(1, Ordering::Relaxed);
        }
        registry.of_key(5)[0].lock().registered = Some(platform::UserId(1));
        registry.sweep(ProtocolTime(NOW.0 + most + 13));
        // As many more are kept as are connected, which is one.
        assert_eq!(registry.census.0.load(Ordering::Relaxed), SESSIONS_LEFT_MAX + 2);
        let is_kept = |id: i64| !registry.of_key(id).is_empty();
        assert!(is_kept(key.auth.id()) && is_kept(5), "who is connected, and whom somebody is signed in with");
        assert!((2..=12).filter(|id| *id != 5).all(|id| !is_kept(id)) && is_kept(13));
    }

    #[test]
    fn sessions_are_destroyed_by_their_key_only() {
        let (registry, key, other) = (Registry::new(), key_handle(1), key_handle(2));
        registry.get_or_create(&key, 7, || 1, NOW).expect("a session");
        assert!(!registry.destroy(other.auth.id(), 7));
        assert!(!registry.destroy(key.auth.id(), 8));
        assert!(registry.destroy(key.auth.id(), 7));
        assert!(!registry.destroy(key.auth.id(), 7));
    }
}
