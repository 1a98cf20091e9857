//! `serve`: the order in which everything starts and stops.
//!
//! Start: folder, keys, store, platform, administration, then the network. Stop, on SIGTERM or SIGINT: readiness says
//! no, nothing new is accepted, what is in flight gets `drain_seconds`, the store is closed. Administration starts before
//! the network and stops after it. A second signal ends the waiting, not the closing.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use blobs::Blobs;
use futures::FutureExt as _;
use gateway::Gateway;
use platform::Platform;
use tokio::runtime::Handle;
use tokio::signal::unix::{Signal, SignalKind, signal};
use web::{Facts, Phase, Status};

use crate::admin::{Office, Socket, apply_settings};
use crate::clock::{KEEP_EVERY, SystemRuntime};
use crate::config::Config;
use crate::open::{Opened, open};
use crate::{address, backup, connect, greeting, keys, network};

/// How often the status page gets a point.
const WATCH_EVERY: Duration = Duration::from_secs(1);
/// How often somebody looks for media to remove.
const COLLECT_EVERY: Duration = Duration::from_secs(60);
/// What is looked at in one round, in timers.
const COLLECT_ROUND_TIMERS: usize = 500;
/// Rounds in a row, after a long time off.
const COLLECT_ROUNDS_MAX: usize = 100;
/// Pause before carriers of letters that broke off begin again.
const CARRIERS_PAUSE: Duration = Duration::from_secs(1);

/// Threads for what waits for a disk, mostly of media: each keeps some memory long after it was needed.
const BLOCKING_THREADS_MAX: usize = 64;

/// Serves until a signal ends it.
pub fn run(config: Config, no_network: bool) -> Result<()> {
    raise_file_limit();
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if config.server.workers > 0 {
        builder.worker_threads(config.server.workers.into());
    }
    builder.max_blocking_threads(BLOCKING_THREADS_MAX);
    let runtime = builder.thread_name("worker").enable_all().build()?;
    let yields = config.network.overload_wait_ms > 0;
    let newcomers = gateway::newcomers_runtime(config.server.workers.into(), yields)?;
    runtime.block_on(serve(&config, no_network, newcomers.handle()))
}

async fn serve(config: &Config, no_network: bool, newcomers: &Handle) -> Result<()> {
    let mut signals = Signals::new()?;
    let opened = open(config).await?;
    backup::last::observe(&opened.data);
    let clock = tokio::spawn(keep_time(opened.runtime.clone()));
    let collector = tokio::spawn(keep_media(opened.platform.clone(), opened.blobs.clone()));
    let carriers = tokio::spawn(carry_letters(opened.platform.clone()));
    let store = opened.store.clone();
    let served = tokio::select! {
        served = administer(config, &opened, no_network, newcomers, &mut signals) => served,
        reason = store.lost() => Err(anyhow::anyhow!("the store is lost to this server: {reason}")),
    };
    drop(store);
    clock.abort();
    collector.abort();
    carriers.abort();
    opened.close().await?;
    tracing::info!("stopped");
    served
}

/// The life of the administration, and within it of the network.
async fn administer(
    config: &Config,
    opened: &Opened,
    no_network: bool,
    newcomers: &Handle,
    signals: &mut Signals,
) -> Result<()> {
    let office = Office::new(opened, config, true);
    apply_settings(&office);
    let _socket = Socket::open(&opened.data, office.clone())?;
    if no_network {
        tracing::info!("administration only: the network side is off");
        signals.wait().await;
        return Ok(());
    }
    let status = status(opened);
    let gateway = start(config, opened, status.clone(), office, newcomers).await?;
    let watcher = tokio::spawn(watch(status.clone()));
    signals.wait().await;
    stop(config, gateway, &status, signals).await;
    watcher.abort();
    Ok(())
}

async fn start(
    config: &Config,
    opened: &Opened,
    status: Status,
    office: Office,
    newcomers: &Handle,
) -> Result<Gateway> {
    let data = opened.data.clone();
    if config.store.url().is_some() && !opened.platform.list_people(None, 1).await?.is_empty() {
        keys::refuse_strange_folder(&data)?;
    }
    let key = tokio::task::spawn_blocking(move || keys::load_or_make(&data)).await??;
    let fingerprint = keys::fingerprint(&key);
    let public_pem = key.public().to_pem()?;
    let listeners = network::bind(&config.server.listen).await?;
    let listening = network::addresses(&listeners)?;
    let advertised = address::advertised(config, &listening);
    let pages =
        web::router(status.clone(), facts(config, &fingerprint, public_pem, &advertised)?, opened.platform.clone());
    let gateway = network::open(config, opened, office, (listeners, newcomers), &advertised, key, pages)?;
    address::write_listening(&opened.data, &listening)?;
    status.enter(Phase::Ready);
    metrics::START_SECONDS.set(opened.platform.now().into());
    announce(config, opened, &listening, &fingerprint).await?;
    Ok(gateway)
}

fn facts(config: &Config, fingerprint: &str, public_pem: String, advertised: &[SocketAddr]) -> Result<Facts> {
    let dc = config.server.home_dc.get();
    Ok(Facts {
        name: platform::product::NAME,
        version: env!("CARGO_PKG_VERSION"),
        fingerprint: fingerprint.to_owned(),
        addresses: advertised.iter().map(SocketAddr::to_string).collect(),
        guides: connect::guides(advertised, dc, &public_pem)?,
        public_pem,
        dc,
        base_url: address::base_url(config, advertised),
    })
}

async fn announce(config: &Config, opened: &Opened, listening: &[SocketAddr], fingerprint: &str) -> Result<()> {
    let invite = greeting::first_invite(&opened.platform).await?;
    for address in listening {
        tracing::info!(%address, %fingerprint, "ready");
    }
    greeting::print(config, &opened.data, listening, fingerprint, invite.as_deref());
    Ok(())
}

/// What health checks are told beside the phase.
fn status(opened: &Opened) -> Status {
    let store = opened.store.clone();
    Status::new(move || if store.is_read_only() { vec!["store: read-only".to_owned()] } else { Vec::new() })
}

async fn stop(config: &Config, gateway: Gateway, status: &Status, signals: &mut Signals) {
    let patience = config.server.drain_seconds.duration();
    tracing::info!(seconds = patience.as_secs(), "draining");
    status.enter(Phase::Draining);
    tokio::select! {
        () = gateway.drain(patience) => {}
        () = signals.wait() => tracing::warn!("asked again: not waiting for what is in flight"),
    }
}

/// Keeps for the status page how the server fares.
async fn watch(status: Status) {
    let mut beat = tokio::time::interval(WATCH_EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        beat.tick().await;
        status.sample();
    }
}

async fn keep_time(runtime: Arc<SystemRuntime>) {
    let mut beat = tokio::time::interval(KEEP_EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        beat.tick().await;
        runtime.keep();
    }
}

/// Takes letters between mailboxes, if deeds travel by letter. What is still on its way when the server stops goes on with
/// the next start.
async fn carry_letters(platform: Platform) {
    loop {
        let carriers = platform.run_outbox(|duration| Box::pin(tokio::time::sleep(duration)));
        // One letter that breaks them must not keep everybody else's until the next start.
        if AssertUnwindSafe(carriers).catch_unwind().await.is_ok() {
            return;
        }
        tracing::error!("the carriers of letters broke off; they begin again");
        tokio::time::sleep(CARRIERS_PAUSE).await;
    }
}

/// Clears up after the process before this one, then collects.
async fn keep_media(platform: Platform, blobs: Blobs) {
    match blobs.sweep().await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "removed files that were being written when the server last stopped"),
        Err(error) => {
            tracing::warn!(%error, "files of interrupted writes were not removed; tried again at the next start")
        }
    }
    collect(platform).await;
}

/// Removes media that nobody holds and uploads that rest. Being stopped midway does no harm: it goes on with the next start.
async fn collect(platform: Platform) {
    let mut beat = tokio::time::interval(COLLECT_EVERY);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        for _ in 0..COLLECT_ROUNDS_MAX {
            match platform.collect_media(COLLECT_ROUND_TIMERS).await {
                Ok(collected) if collected.is_more_due => tokio::task::yield_now().await,
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%error, "media were not collected; tried again soon");
                    break;
                }
            }
        }
    }
}

/// Both signals that ask a server to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen for signals");
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Every connection is a file: take as many as the system allows.
fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }) {
        tracing::warn!(error = %error, "cannot raise the limit of open files");
    }
}
