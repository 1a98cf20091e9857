//! What every story needs: a platform on the memory engine, with a clock and dice that the story holds in its hands.
#![allow(dead_code, reason = "each story uses its part")]

pub mod door;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use blobs::Blobs;
use bus::Bus;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use platform::people::sign_in::SignedIn;
use platform::settings::{CodeDelivery, DeliveryError};
use platform::{
    AuthKeyId, AuthKeyKind, AuthKeyState, Delivery, NewAuthKey, Platform, PlatformError, Ports, Refusal, Runtime,
    Settings, StoredKey, UserId,
};
use store::Store;
use testing_dice::Dice;
use zeroize::Zeroizing;

/// When stories begin, Unix seconds.
pub const BEGINNING: i64 = 1_800_000_000;

/// How deeds travel in this story: every story that `by_letter.rs` takes in is told there once more, with letters.
pub fn delivery() -> Delivery {
    if module_path!().starts_with("by_letter") { Delivery::Outbox } else { Delivery::Folded }
}

/// A clock that moves when told, and dice that always fall the same way.
pub struct Story {
    now_ms: AtomicI64,
    dice: Dice,
}

impl Story {
    pub fn new() -> Arc<Self> {
        Arc::new(Self { now_ms: AtomicI64::new(BEGINNING * 1000), dice: Dice::new(1) })
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
        self.dice.fill(buffer);
    }
}

/// A road for codes that ends in the story's hands.
#[derive(Default)]
pub struct Letterbox {
    pub letters: Mutex<Vec<(String, String)>>,
    pub proves_possession: bool,
}

impl CodeDelivery for Letterbox {
    fn deliver<'a>(&'a self, phone: &'a str, code: &'a str) -> BoxFuture<'a, Result<(), DeliveryError>> {
        self.letters.lock().push((phone.to_owned(), code.to_owned()));
        Box::pin(std::future::ready(Ok(())))
    }

    fn proves_possession(&self) -> bool {
        self.proves_possession
    }
}

/// Where everybody in a story calls from.
pub const HOME: std::net::IpAddr = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// A server with its clock and its disk.
pub struct Server {
    pub letterbox: Arc<Letterbox>,
    pub platform: Platform,
    pub story: Arc<Story>,
    pub store: Store,
    pub blobs: Blobs,
    pub settings: Settings,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(Store::memory(), Settings::default(), Letterbox::default()).await
    }

    pub async fn start_with(store: Store, settings: Settings, letterbox: Letterbox) -> Self {
        let (story, letterbox) = (Story::new(), Arc::new(letterbox));
        let settings = Settings { code_delivery: letterbox.clone(), delivery: delivery(), ..settings };
        let blobs = Blobs::memory();
        let platform = open(&store, &blobs, &story, &settings).await;
        Self { letterbox, platform, story, store, blobs, settings }
    }

    /// The platform, once every letter has been taken.
    pub fn platform(&self) -> &Platform {
        let drain = tokio::task::unconstrained(self.platform.drain_outbox());
        futures::executor::block_on(drain).expect("letters are taken");
        &self.platform
    }

    /// The last code that came by letter.
    pub fn last_code(&self) -> String {
        self.letterbox.letters.lock().last().expect("a code was sent").1.clone()
    }

    /// Somebody signs up on a new device (whose key id is `id`).
    pub async fn sign_up(&self, id: i64, phone: &str, first_name: &str) -> (UserId, Arc<AuthKeyState>) {
        let key = self.device(id).await;
        let sent = self.platform.send_code(phone, key.id, HOME).await.expect("a code is sent");
        let code = self.last_code();
        let outcome = self.platform.sign_in(&key, phone, &sent.hash, &code, HOME).await.expect("the code is right");
        assert_eq!(outcome, SignedIn::SignUpRequired);
        let user = self.platform.sign_up(&key, phone, &sent.hash, (first_name, ""), HOME).await.expect("signs up");
        (user, key)
    }

    /// Somebody who is here signs in on one more device, with the code by letter.
    pub async fn sign_in(&self, id: i64, phone: &str) -> Arc<AuthKeyState> {
        let key = self.device(id).await;
        let sent = self.platform.send_code(phone, key.id, HOME).await.expect("a code is sent");
        let sent = self.platform.resend_code(phone, &sent.hash, HOME).await.expect("by letter");
        let code = self.last_code();
        self.platform.sign_in(&key, phone, &sent.hash, &code, HOME).await.expect("the code is right");
        key
    }

    /// The same disk and clock, everything in memory forgotten.
    pub async fn restart(&mut self) {
        self.platform = open(&self.store, &self.blobs, &self.story, &self.settings).await;
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

async fn open(store: &Store, blobs: &Blobs, story: &Arc<Story>, settings: &Settings) -> Platform {
    let ports = Ports::memory(store.clone(), Bus::in_process(), story.clone());
    Platform::open(Ports { blobs: blobs.clone(), ..ports }, settings.clone()).await.expect("the store is sound")
}

/// What was refused; panics when nothing was.
pub fn refusal<T>(outcome: Result<T, PlatformError>) -> Refusal {
    match outcome {
        Err(PlatformError::Refused(refusal)) => refusal,
        Err(error) => panic!("expected a refusal, got {error}"),
        Ok(_) => panic!("expected a refusal, it was allowed"),
    }
}
