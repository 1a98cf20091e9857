//! What every connection of this node shares.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::time::Instant;

use api::Api;
use mtproto::session::ProtocolTime;
use platform::Platform;
use tokio::sync::watch;

use crate::admission::Admission;
use crate::budget::Budget;
use crate::config::GatewayConfig;
use crate::crypto_pool::CryptoPool;
use crate::first_salts::FirstSalts;
use crate::gate::Gate;
use crate::hub::Hub;
use crate::limits::{BODIES_MAX_BYTES, FRAMES_MAX_BYTES, REQUESTS_MAX_BYTES};
use crate::links::Links;
use crate::load::Load;
use crate::reading::Rooms;
use crate::registry::Registry;
use crate::runtimes::Runtimes;

/// How far the end has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Everything is served.
    Serving,
    /// Nothing new is read; what runs is finished and written.
    Draining,
    /// Connections close.
    Closing,
}

/// Until the end has come so far.
pub(crate) async fn reached(phase: &mut watch::Receiver<Phase>, at_least: Phase) {
    // An error means that the node itself is gone, which is as far as it gets.
    drop(phase.wait_for(|present| *present >= at_least).await);
}

/// The node.
pub(crate) struct Node {
    pub(crate) api: Api,
    pub(crate) runtimes: Runtimes,
    pub(crate) pool: CryptoPool,
    pub(crate) registry: Registry,
    pub(crate) hub: Hub,
    pub(crate) first_salts: FirstSalts,
    pub(crate) admission: Arc<Admission>,
    pub(crate) gate: Gate,
    pub(crate) load: Load,
    pub(crate) phase: watch::Sender<Phase>,
    /// Those who are told when `phase` changes.
    pub(crate) links: Links,
    pub(crate) config: GatewayConfig,
    began: Instant,
    in_flight: AtomicUsize,
    /// For frames that have begun.
    pub(crate) frames: Budget,
    /// For HTTP bodies that have begun.
    pub(crate) bodies: Budget,
    /// For requests that have no answer yet.
    pub(crate) requests: Budget,
    /// For answers with pieces of files that are not written yet.
    pub(crate) reads: Rooms,
}

impl Node {
    pub(crate) fn new(config: GatewayConfig, api: Api, pool: CryptoPool) -> Self {
        let admission = Admission::new(config.pre_auth_connections_per_ip, config.connections_max);
        let phase = watch::Sender::new(Phase::Serving);
        Self {
            runtimes: Runtimes::new(config.newcomers.clone()),
            hub: Hub::new(),
            first_salts: FirstSalts::default(),
            api,
            pool,
            registry: Registry::new(),
            admission: Arc::new(admission),
            gate: Gate::new(),
            load: Load::default(),
            phase,
            config,
            links: Links::new(),
            began: Instant::now(),
            in_flight: AtomicUsize::new(0),
            frames: Budget::of(FRAMES_MAX_BYTES),
            bodies: Budget::of(BODIES_MAX_BYTES),
            requests: Budget::of(REQUESTS_MAX_BYTES),
            reads: Rooms::of_node(),
        }
    }

    pub(crate) fn platform(&self) -> &Platform {
        self.api.platform()
    }

    /// Protocol time.
    pub(crate) fn now(&self) -> ProtocolTime {
        ProtocolTime(self.platform().runtime().now_ms())
    }

    /// For measuring: microseconds since the node began, 1 at least.
    pub(crate) fn age_us(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX).max(1)
    }

    /// A random number that need not be secret.
    pub(crate) fn random_i64(&self) -> i64 {
        i64::from_le_bytes(crypto::random_array(&mut crypto::SystemEntropy))
    }

    /// How far the end has come.
    pub(crate) fn phase(&self) -> Phase {
        *self.phase.borrow()
    }

    /// The end has come so far; everybody is told.
    pub(crate) fn advance(&self, phase: Phase) {
        self.phase.send_replace(phase);
        self.links.wake_all();
    }

    /// Whether the server stops.
    pub(crate) fn is_ending(&self) -> bool {
        self.phase() != Phase::Serving
    }

    /// Requests under way.
    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(Ordering::Acquire)
    }

    /// Counts a request until the result is dropped.
    pub(crate) fn enter(self: &Arc<Self>) -> InFlight {
        self.in_flight.fetch_add(1, Ordering::AcqRel);
        metrics::RPC_IN_FLIGHT.inc();
        InFlight(self.clone())
    }
}

/// One request under way.
pub(crate) struct InFlight(Arc<Node>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::AcqRel);
        metrics::RPC_IN_FLIGHT.dec();
    }
}

/// A task of its own that has nothing to return.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Polls a task once here, so that it takes its place in whatever queues it meets, and lets it go on elsewhere.
///
/// The first poll has no waker; spawning polls again at once, so that no wake-up is lost.
pub(crate) fn start(mut task: Task) {
    let mut context = Context::from_waker(Waker::noop());
    if task.as_mut().poll(&mut context).is_pending() {
        tokio::spawn(task);
    }
}
