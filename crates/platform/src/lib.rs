//! What a messaging platform does, over the ports: accounts, mailboxes, messages, contacts, privacy, administration.
//!
//! Knows no TL, no sockets and no engine, and stores domain values. Time and randomness are arguments ([`Runtime`]).

pub mod chats;
pub mod codec;
pub mod ephemeral;
pub mod error;
pub mod fuzzing;
pub mod ids;
pub mod inspect;
pub mod keys;
pub mod limits;
pub mod mailbox;
pub mod media;
pub mod messages;
pub mod outbox;
pub mod peer;
pub mod people;
pub mod product;
pub mod runtime;
pub mod secrets;
pub mod settings;
pub mod words;

use std::sync::Arc;
use std::time::Duration;

use blobs::Blobs;
use bus::{Bus, Signal};
use pictures::Pictures;
use store::{Batch, Store};

pub use error::{PlatformError, Refusal};
pub use ids::{AuthKeyId, MsgId, Pts, SERVICE_USER_ID, Seq, UserId};
pub use mailbox::Actor;
pub use peer::Peer;
pub use people::auth_key::{AuthKeyKind, AuthKeyState, NewAuthKey, StoredKey};
pub use runtime::Runtime;
pub use settings::{Delivery, Settings};

/// What the platform stands on.
#[derive(Clone)]
pub struct Ports {
    /// Every record.
    pub store: Store,
    /// Who should look again at what.
    pub bus: Bus,
    /// The bytes of media.
    pub blobs: Blobs,
    /// The threads that make pictures smaller.
    pub pictures: Pictures,
    /// Time and randomness.
    pub runtime: Arc<dyn Runtime>,
}

impl Ports {
    /// Ports for tests: this store, and everything else in memory.
    #[must_use]
    pub fn memory(store: Store, bus: Bus, runtime: Arc<dyn Runtime>) -> Self {
        Self { store, bus, blobs: Blobs::memory(), pictures: Pictures::new(2), runtime }
    }
}

/// The platform of one node.
#[derive(Clone)]
pub struct Platform {
    /// Shared state; cloning is cheap.
    pub(crate) inner: Arc<Inner>,
}

/// What every module of the platform reaches: the ports, and each module's state.
pub(crate) struct Inner {
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) store: Store,
    pub(crate) bus: Bus,
    pub(crate) blobs: Blobs,
    pub(crate) pictures: Pictures,
    pub(crate) settings: Settings,
    pub(crate) secrets: secrets::Secrets,
    pub(crate) people: people::People,
    pub(crate) mailboxes: mailbox::Mailboxes,
    pub(crate) typing: ephemeral::LastTyping,
    pub(crate) turns: messages::Turns,
    pub(crate) shelves: Arc<media::Shelves>,
    pub(crate) outbox: outbox::Outbox,
    pub(crate) chats: chats::Chats,
}

impl Platform {
    /// A platform over these ports. Makes the server's secrets at the first start.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when the store cannot be read or written, [`PlatformError::Damaged`] when what it holds
    /// is not what was written.
    pub async fn open(ports: Ports, settings: Settings) -> Result<Self, PlatformError> {
        let Ports { store, bus, blobs, pictures, runtime } = ports;
        let secrets = secrets::Secrets::load(&store, &*runtime).await?;
        let people = people::People::load(&store).await?;
        let mailboxes = mailbox::Mailboxes::default();
        let typing = ephemeral::LastTyping::default();
        let turns = messages::Turns::default();
        let shelves = Arc::new(media::Shelves::load(&store, &*runtime).await?);
        let platform = Self {
            inner: Arc::new(Inner {
                runtime,
                store,
                bus,
                blobs,
                pictures,
                settings,
                secrets,
                people,
                mailboxes,
                typing,
                turns,
                shelves,
                outbox: outbox::Outbox::default(),
                chats: chats::Chats::default(),
            }),
        };
        platform.open_outbox().await?;
        platform.finish_introductions().await?;
        Ok(platform)
    }

    /// What the platform was told at start.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Seconds since the Unix epoch, as the protocol's int.
    #[must_use]
    pub fn now(&self) -> i32 {
        self.inner.runtime.now()
    }

    /// The clock and the dice.
    #[must_use]
    pub fn runtime(&self) -> &Arc<dyn Runtime> {
        &self.inner.runtime
    }

    /// How long the oldest write that is not durable yet has waited.
    #[must_use]
    pub fn commit_age(&self) -> Duration {
        self.inner.store.commit_age()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn publish(&self, signal: Signal) {
        self.inner.bus.publish(signal);
    }

    pub(crate) async fn commit(&self, batch: Batch) -> Result<(), PlatformError> {
        Ok(self.inner.store.commit(batch).await?)
    }

    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.inner.runtime.fill_random(&mut bytes);
        bytes
    }

    pub(crate) fn random_i64(&self) -> i64 {
        i64::from_be_bytes(self.random())
    }
}
