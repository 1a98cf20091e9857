//! A small village: a data folder in which a bit of everything has happened, made through the platform by a clock and dice
//! that always go the same way; and its reading, as text that can be compared.
#![allow(dead_code, unused_imports, clippy::unwrap_used, reason = "each test file uses a part, and a test may panic")]

mod life;
mod reading;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use blobs::Blobs;
use bus::Bus;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use pictures::Pictures;
use platform::settings::{CodeDelivery, DeliveryError};
use platform::{Delivery, Platform, Ports, Runtime, Settings};
use store::{DataDir, EmbeddedOptions, Store};
use testing_dice::Dice;

pub use life::{at_home, come_in, go_on, knock, live, new_device, outgoing, write_by_letter};
pub use reading::{Listing, read};

/// When its life begins, Unix seconds.
pub const BEGINNING: i64 = 1_800_000_000;
/// When it is read again: nothing of what rests has been swept up by then.
pub const LATER: i64 = BEGINNING + 3_600;

/// A clock that moves when told, and dice that always fall the same way.
pub struct Story {
    now_ms: AtomicI64,
    dice: Dice,
}

impl Story {
    fn at(seconds: i64, dice: u64) -> Arc<Self> {
        Arc::new(Self { now_ms: AtomicI64::new(seconds * 1000), dice: Dice::new(dice) })
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
pub struct Letterbox(Mutex<String>);

impl CodeDelivery for Letterbox {
    fn deliver<'a>(&'a self, _phone: &'a str, code: &'a str) -> BoxFuture<'a, Result<(), DeliveryError>> {
        code.clone_into(&mut self.0.lock());
        Box::pin(std::future::ready(Ok(())))
    }

    fn proves_possession(&self) -> bool {
        false
    }
}

impl Letterbox {
    pub fn last_code(&self) -> String {
        self.0.lock().clone()
    }
}

/// A data folder that is open in this process.
pub struct House {
    pub platform: Platform,
    pub story: Arc<Story>,
    pub letterbox: Arc<Letterbox>,
    pub store: Store,
    pub blobs: Blobs,
    folder: DataDir,
}

impl House {
    /// Opens a folder as the server does, at its beginning or later, or says in one line why not.
    pub async fn open(folder: &Path, seconds: i64, dice: u64) -> Result<Self, String> {
        Self::open_with(folder, seconds, dice, EmbeddedOptions::default()).await
    }

    /// With other options of the store.
    pub async fn open_with(folder: &Path, seconds: i64, dice: u64, options: EmbeddedOptions) -> Result<Self, String> {
        Self::open_delivering(folder, seconds, dice, options, Delivery::Folded).await
    }

    /// With deeds that travel by letter; nobody takes the letters to their recipients.
    pub async fn open_by_letter(folder: &Path, seconds: i64, dice: u64) -> Result<Self, String> {
        Self::open_delivering(folder, seconds, dice, EmbeddedOptions::default(), Delivery::Outbox).await
    }

    async fn open_delivering(
        folder: &Path,
        seconds: i64,
        dice: u64,
        options: EmbeddedOptions,
        delivery: Delivery,
    ) -> Result<Self, String> {
        let data = DataDir::open(folder).map_err(|error| error.to_string())?;
        let store = Store::open_embedded(&data.store_path(), options).map_err(|error| error.to_string())?;
        let opened = Self::furnish(data, store.clone(), (seconds, dice), delivery).await;
        if opened.is_err() {
            store.close();
        }
        opened
    }

    async fn furnish(
        folder: DataDir,
        store: Store,
        (seconds, dice): (i64, u64),
        delivery: Delivery,
    ) -> Result<Self, String> {
        let blobs = Blobs::open_above(&folder.path().join("media"), 0).map_err(|error| error.to_string())?;
        let (story, letterbox) = (Story::at(seconds, dice), Arc::new(Letterbox::default()));
        let ports = Ports {
            store: store.clone(),
            bus: Bus::in_process(),
            blobs: blobs.clone(),
            pictures: Pictures::new(1),
            runtime: story.clone(),
        };
        let settings =
            Settings { code_delivery: letterbox.clone(), proof_of_work_bits: 4, delivery, ..Settings::default() };
        let platform = Platform::open(ports, settings).await.map_err(|error| error.to_string())?;
        Ok(Self { platform, story, letterbox, store, blobs, folder })
    }

    /// Writes what waits and lets go of the folder.
    pub fn close(self) {
        let Self { platform, store, .. } = self;
        drop(platform);
        store.close();
    }
}

/// Makes the village in an empty folder.
pub async fn build(folder: &Path) {
    build_with(folder, EmbeddedOptions::default()).await;
}

/// With other options of the store.
pub async fn build_with(folder: &Path, options: EmbeddedOptions) {
    let house = House::open_with(folder, BEGINNING, 1, options).await.unwrap();
    live(&house).await;
    house.close();
}
