//! Opening a data folder: lock, format, clock, store, platform; the same for the server and for `admin` without one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use blobs::Blobs;
use bus::Bus;
use pictures::Pictures;
use platform::people::SignUpMode;
use platform::settings::MediaSettings;
use platform::{Delivery, Platform, Ports, Settings, keys};
use store::datadir::DataDir;
use store::{EmbeddedOptions, Key, PostgresOptions, Store};

use crate::clock::SystemRuntime;
use crate::config::{self, BusKind, Config, DeliveryKind, SignUp};

/// The folder of the data folder with the bytes of media.
const MEDIA_FOLDER: &str = "media";
/// The file of the data folder that says how far a database elsewhere was written.
const DATABASE_MARK_FILE: &str = "database-high-water";

/// A data folder in use by this process, and what runs on it.
pub struct Opened {
    /// The folder.
    pub data: PathBuf,
    /// The clock and the dice.
    pub runtime: Arc<SystemRuntime>,
    /// Who must hear about what.
    pub bus: Bus,
    /// Where media bytes are kept.
    pub blobs: Blobs,
    /// Where everything is kept.
    pub store: Store,
    /// What a messaging platform does.
    pub platform: Platform,
    folder: DataDir,
}

/// Opens the folder of this configuration.
pub async fn open(config: &Config) -> Result<Opened> {
    let data = config.data_dir();
    let folder = DataDir::open(&data)?;
    let runtime = Arc::new(SystemRuntime::start(&data));
    let bus = bus(config.server.bus);
    let store = open_store(config, folder.store_path()).await?;
    refuse_half_restored(&store).await?;
    let blobs = open_media(&data).await?;
    let pictures = Pictures::new(picture_threads());
    let ports =
        Ports { store: store.clone(), bus: bus.clone(), blobs: blobs.clone(), pictures, runtime: runtime.clone() };
    let platform = Platform::open(ports, settings(config)?).await.context("cannot open the platform")?;
    Ok(Opened { data, runtime, bus, blobs, store, platform, folder })
}

/// Opens the store that is configured; an embedded one lies in `path`, the mark of one elsewhere beside it.
pub async fn open_store(config: &Config, path: PathBuf) -> Result<Store> {
    if let Some(url) = config.store.url() {
        let mut options = postgres_options(url, &config.postgres)?;
        options.mark = Some(path.with_file_name(DATABASE_MARK_FILE));
        return Ok(Store::open_postgres(&options).await?);
    }
    let options = embedded_options(&config.embedded);
    let store = tokio::task::spawn_blocking(move || Store::open_embedded(&path, options)).await?;
    store.context("cannot open the store")
}

/// Opens the media of the data folder.
pub async fn open_media(data: &Path) -> Result<Blobs> {
    let media = data.join(MEDIA_FOLDER);
    tokio::task::spawn_blocking(move || Blobs::open(&media)).await?.context("cannot open the media")
}

/// Where a restore leaves its mark until it is done: a store on another machine has no folder that would say so.
pub fn restoring_key() -> Key {
    Key::new(&keys::system(), &[keys::system_suffix::RESTORING])
}

async fn refuse_half_restored(store: &Store) -> Result<()> {
    if store.get(&restoring_key()).await?.is_some() {
        bail!(
            "a backup was being restored into this store and that was not finished: empty the store and restore it again"
        );
    }
    Ok(())
}

impl Opened {
    /// Writes what waits to be written, then lets others into the folder.
    pub async fn close(self) -> Result<()> {
        let Self { runtime, store, folder, .. } = self;
        runtime.keep();
        tokio::task::spawn_blocking(move || store.close()).await?;
        drop(folder);
        Ok(())
    }
}

/// Half of the processors: pictures never keep messages from being worked on.
fn picture_threads() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 2).max(1))
}

fn bus(kind: BusKind) -> Bus {
    match kind {
        BusKind::InProcess => Bus::in_process(),
        BusKind::Faulty(seed) => {
            tracing::warn!(seed, "the bus loses, doubles and reorders signals: for tests only");
            Bus::faulty(seed)
        }
    }
}

fn embedded_options(config: &config::Embedded) -> EmbeddedOptions {
    const MIB: u64 = 1024 * 1024;
    EmbeddedOptions {
        cache_bytes: u64::from(config.cache_mib) * MIB,
        memtable_bytes: u64::from(config.memtable_mib) * MIB,
        accept_loss: config.accept_loss,
        ..EmbeddedOptions::default()
    }
}

fn postgres_options(url: &str, config: &config::Postgres) -> Result<PostgresOptions> {
    let mut options = PostgresOptions::from_url(url)?;
    options.connections = config.connections.into();
    options.accept_unsafe = config.accept_unsafe;
    options.accept_loss = config.accept_loss;
    if options.is_exposed() {
        tracing::warn!(
            database = options.place(),
            "what is said to the database can be read on the way: sslmode=verify-full encrypts it"
        );
    }
    Ok(options)
}

fn settings(config: &Config) -> Result<Settings> {
    Ok(Settings {
        mail_delivery: crate::mail::open(&config.mail)?,
        home_dc: config.server.home_dc.get(),
        sign_up_mode: config.access.sign_up.into(),
        delivery: config.server.delivery.into(),
        door_numbers: config.access.door_numbers,
        proof_of_work_bits: config.access.proof_of_work_bits.get(),
        newcomers_per_minute: config.access.newcomers_per_minute,
        invites_per_person: config.access.invites_per_person,
        media: media_settings(&config.media),
        ..Settings::default()
    })
}

fn media_settings(config: &config::Media) -> MediaSettings {
    const MIB: u64 = 1024 * 1024;
    MediaSettings {
        unfinished_max_bytes: u64::from(config.unfinished_mib) * MIB,
        unfinished_seconds: config.unfinished_hours.seconds(),
        quota_bytes: Some(u64::from(config.quota_mib) * MIB).filter(|bytes| *bytes > 0),
        grace_seconds: config.grace_hours.seconds(),
        reference_seconds: i64::from(config.file_reference_seconds.max(1)),
    }
}

impl From<DeliveryKind> for Delivery {
    fn from(kind: DeliveryKind) -> Self {
        match kind {
            DeliveryKind::Folded => Self::Folded,
            DeliveryKind::Outbox => Self::Outbox,
        }
    }
}

impl From<SignUp> for SignUpMode {
    fn from(mode: SignUp) -> Self {
        match mode {
            SignUp::Open => Self::Open,
            SignUp::Invite => Self::Invite,
            SignUp::Approval => Self::Approved,
            SignUp::Closed => Self::Closed,
        }
    }
}

impl From<SignUpMode> for SignUp {
    fn from(mode: SignUpMode) -> Self {
        match mode {
            SignUpMode::Open => Self::Open,
            SignUpMode::Invite => Self::Invite,
            SignUpMode::Approved => Self::Approval,
            SignUpMode::Closed => Self::Closed,
        }
    }
}
