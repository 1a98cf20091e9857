//! What every story needs: a platform on the memory engine, with a clock and dice that the story holds in its hands.
#![allow(dead_code, reason = "each story uses its part")]

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use bus::Bus;
use platform::{AuthKeyId, AuthKeyKind, AuthKeyState, NewAuthKey, Platform, Runtime, Settings, StoredKey};
use store::Store;
use zeroize::Zeroizing;

/// When stories begin, Unix seconds.
pub const BEGINNING: i64 = 1_800_000_000;

/// A clock that moves when told, and dice that always fall the same way.
pub struct Story {
    now_ms: AtomicI64,
    dice: AtomicU64,
}

impl Story {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { now_ms: AtomicI64::new(BEGINNING * 1000), dice: AtomicU64::new(1) })
    }

    pub fn pass_seconds(&self, seconds: i64) {
        self.now_ms.fetch_add(seconds * 1000, Ordering::Relaxed);
    }
}

impl Runtime for Story {
    fn now_ms(&self) -> i64 {
        self.now_ms.load(Ordering::Relaxed)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            // SplitMix64: even, and the same in every run.
            let mut word = self.dice.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^= word >> 31;
            chunk.copy_from_slice(&word.to_be_bytes()[..chunk.len()]);
        }
    }
}

/// A server with its clock and its disk.
pub struct Server {
    pub platform: Platform,
    pub story: Arc<Story>,
    pub store: Store,
    pub settings: Settings,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(Store::memory(), Settings::default()).await
    }

    pub async fn start_with(store: Store, settings: Settings) -> Self {
        let story = Story::new();
        let platform = open(&store, &story, &settings).await;
        Self { platform, story, store, settings }
    }

    /// The same disk and clock, everything in memory forgotten.
    pub async fn restart(&mut self) {
        self.platform = open(&self.store, &self.story, &self.settings).await;
    }

    pub async fn device(&self, id: i64) -> Arc<AuthKeyState> {
        self.key(id, AuthKeyKind::Permanent).await
    }

    pub async fn key(&self, id: i64, kind: AuthKeyKind) -> Arc<AuthKeyState> {
        match self.platform.store_auth_key(new_key(id, kind)).await.expect("the store works") {
            StoredKey::Stored(state) => state,
            StoredKey::Collides => panic!("auth key {id} exists"),
        }
    }
}

pub fn new_key(id: i64, kind: AuthKeyKind) -> NewAuthKey {
    let key = Zeroizing::new([id as u8; 256]);
    NewAuthKey { id: AuthKeyId(id), key, kind, dialled_dc: Some(2) }
}

async fn open(store: &Store, story: &Arc<Story>, settings: &Settings) -> Platform {
    Platform::open(store.clone(), Bus::in_process(), story.clone(), settings.clone()).await.expect("the store is sound")
}
