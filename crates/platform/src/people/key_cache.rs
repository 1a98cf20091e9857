//! States of auth keys in memory: one for each key at any time, however many are in use.
//!
//! The latest are kept by a cache of bounded size. What it lets go of may still be in use, by a connection or by a session
//! whose client may come back, and is found again by a weak reference. To keep what is in use in the cache itself, as
//! pinned entries, would make it look through all of them for each new key once it is full of them.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use quick_cache::sync::Cache;

use super::auth_key::AuthKeyState;
use crate::AuthKeyId;
use crate::limits::{AUTH_KEY_CACHE_ITEMS, AUTH_KEY_SHARDS, AUTH_KEYS_SWEPT_FROM};

/// States by key.
pub(crate) struct KeyCache {
    recent: Cache<AuthKeyId, Arc<AuthKeyState>>,
    shards: Vec<Mutex<Shard>>,
}

/// States that are in use, or were.
struct Shard {
    known: HashMap<AuthKeyId, Weak<AuthKeyState>>,
    /// From this length on those that nobody uses any more are taken out first.
    swept_from: usize,
}

impl KeyCache {
    pub(crate) fn new() -> Self {
        Self::with_room_for(AUTH_KEY_CACHE_ITEMS)
    }

    fn with_room_for(items: usize) -> Self {
        let shard = || Mutex::new(Shard { known: HashMap::new(), swept_from: AUTH_KEYS_SWEPT_FROM });
        Self { recent: Cache::new(items), shards: (0..AUTH_KEY_SHARDS).map(|_| shard()).collect() }
    }

    /// Takes a state in; gives the one that counts, which is another if one of this key is in use.
    pub(crate) fn insert(&self, state: Arc<AuthKeyState>) -> Arc<AuthKeyState> {
        let state = self.shard(state.id).lock().settle(state);
        self.recent.insert(state.id, state.clone());
        state
    }

    /// The state of a key, read by `read` where nobody has it: once, however many ask.
    pub(crate) async fn get_or_read<E>(
        &self,
        id: AuthKeyId,
        read: impl Future<Output = Result<AuthKeyState, E>>,
    ) -> Result<Arc<AuthKeyState>, E> {
        let find = async {
            if let Some(state) = self.in_use(id) {
                return Ok(state);
            }
            let state = Arc::new(read.await?);
            Ok(self.shard(id).lock().settle(state))
        };
        self.recent.get_or_insert_async(&id, find).await
    }

    /// Takes the state of a key out, for good: whoever asks again reads.
    pub(crate) fn remove(&self, id: AuthKeyId) -> Option<Arc<AuthKeyState>> {
        let in_use = self.shard(id).lock().known.remove(&id).and_then(|state| state.upgrade());
        let recent = self.recent.remove(&id).map(|(_, state)| state);
        in_use.or(recent)
    }

    fn in_use(&self, id: AuthKeyId) -> Option<Arc<AuthKeyState>> {
        self.shard(id).lock().known.get(&id).and_then(Weak::upgrade)
    }

    fn shard(&self, id: AuthKeyId) -> &Mutex<Shard> {
        // Ids are hashes already.
        &self.shards[usize::from(id.0.to_le_bytes()[0]) % self.shards.len()]
    }
}

impl Shard {
    fn settle(&mut self, state: Arc<AuthKeyState>) -> Arc<AuthKeyState> {
        if let Some(present) = self.known.get(&state.id).and_then(Weak::upgrade) {
            return present;
        }
        if self.known.len() >= self.swept_from {
            self.known.retain(|_, state| state.strong_count() > 0);
            // A quarter more, so that each new one pays for five looks.
            self.swept_from = (self.known.len() + self.known.len() / 4).max(AUTH_KEYS_SWEPT_FROM);
        }
        self.known.insert(state.id, Arc::downgrade(&state));
        state
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::time::Instant;

    use zeroize::Zeroizing;

    use super::*;
    use crate::{AuthKeyKind, NewAuthKey};

    fn state(id: i64) -> AuthKeyState {
        let kind = AuthKeyKind::Permanent;
        let new = NewAuthKey { id: AuthKeyId(id), key: Zeroizing::new([7; 256]), kind, dialled_dc: None };
        AuthKeyState::detached(new, 1)
    }

    async fn read(cache: &KeyCache, id: i64) -> Arc<AuthKeyState> {
        cache.get_or_read(AuthKeyId(id), async { Ok::<_, Infallible>(state(id)) }).await.expect("cannot fail")
    }

    #[tokio::test]
    async fn a_key_in_use_is_never_read_twice() {
        let cache = KeyCache::with_room_for(8);
        let used = cache.insert(Arc::new(state(1)));
        cache.recent.clear();
        assert!(Arc::ptr_eq(&used, &read(&cache, 1).await));
        assert!(Arc::ptr_eq(&used, &cache.insert(Arc::new(state(1)))), "nor made twice");
        assert!(Arc::ptr_eq(&used, &cache.remove(AuthKeyId(1)).expect("it is in use")));
        assert!(!Arc::ptr_eq(&used, &read(&cache, 1).await), "what was taken out is read anew");
    }

    #[tokio::test]
    async fn what_nobody_uses_is_forgotten() {
        let cache = KeyCache::with_room_for(8);
        for id in 0..100_000 {
            read(&cache, id).await;
        }
        let known: usize = cache.shards.iter().map(|shard| shard.lock().known.len()).sum();
        assert!(known <= AUTH_KEY_SHARDS * AUTH_KEYS_SWEPT_FROM, "{known}");
    }

    /// Twice as many in use as there is room for: a new one costs no look at all of them.
    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "what is compared is time")]
    async fn many_in_use_cost_a_new_one_nothing() {
        const ROOM: i64 = 40_000;
        let cache = KeyCache::with_room_for(ROOM as usize);
        let took = |from: i64| {
            let cache = &cache;
            async move {
                let began = Instant::now();
                let mut held = Vec::new();
                for id in from..from + ROOM {
                    held.push(read(cache, id).await);
                }
                (began.elapsed(), held)
            }
        };
        let (first, _held) = took(0).await;
        let (second, _more) = took(ROOM).await;
        assert!(second < first * 8, "{first:?} for the first, {second:?} for as many when they are in use");
    }
}
