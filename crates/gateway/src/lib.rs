//! Sockets, connections, sessions and the fan-out of updates.
//!
//! All transports share one port and are told apart by their first bytes. A connection is one task without buffers while
//! it sleeps; its frames are opened here, their meaning is [`mtproto::session`]'s, and what they ask for is the API's. What
//! happens to a person's mailbox is read by one pump per person and written to one session of each of their devices.
//!
//! Nothing here knows what a method does, and nothing here is durable: after a restart sessions are new, and clients fetch
//! what they missed.

mod accept;
mod admission;
mod budget;
mod calls;
mod config;
mod connection;
mod crypto_pool;
mod early;
mod exchange;
mod first_salts;
mod gate;
mod http;
mod hub;
mod incoming;
mod lane;
pub mod limits;
mod links;
mod listen;
mod live;
mod load;
mod node;
mod outgoing;
mod proxy;
mod reading;
mod registry;
mod rpc;
mod runtimes;
mod socket;
#[cfg(test)]
mod testing;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use api::Api;
use axum::Router;
use mtproto::handshake::ServerKeys;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub use config::{GatewayConfig, GatewayError, Https, Subnet};
pub use runtimes::newcomers_runtime;

use crypto_pool::CryptoPool;
use http::Site;
use limits::{PUMP_EVERY, SWEEP_EVERY};
use node::{Node, Phase};

/// The running gateway.
pub struct Gateway {
    node: Arc<Node>,
    housekeeping: Vec<JoinHandle<()>>,
}

impl Gateway {
    /// Serves the protocol and these pages on these sockets. To be called within a runtime.
    ///
    /// # Errors
    /// [`GatewayError`] when a thread cannot be started; then nothing is served.
    pub fn start(
        config: GatewayConfig,
        listeners: Vec<TcpListener>,
        api: Api,
        keys: Arc<ServerKeys>,
        pages: Router,
    ) -> Result<Self, GatewayError> {
        let yields = !config.overload_wait.is_zero();
        let pool = CryptoPool::start(config.crypto_threads, keys, yields).map_err(GatewayError::Thread)?;
        let node = Arc::new(Node::new(config, api, pool));
        load::start(&node).map_err(GatewayError::Thread)?;
        let site = Arc::new(Site::new(pages));
        let housekeeping = vec![
            tokio::spawn(hear(node.clone())),
            tokio::spawn(sweep(node.clone())),
            tokio::spawn(look_again(node.clone())),
        ];
        for listener in listeners {
            node.runtimes.spawn_for_newcomers(accept::accept(node.clone(), listener, site.clone()));
        }
        Ok(Self { node, housekeeping })
    }

    /// Open connections of every kind.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.node.admission.open()
    }

    /// Connections of the protocol that live among newcomers: nobody is signed in on them.
    #[must_use]
    pub fn strangers(&self) -> usize {
        self.node.runtimes.strangers()
    }

    /// Stops: no new connections, nothing new is read, what runs is finished and written within the time given, then
    /// everything is closed.
    pub async fn drain(self, within: Duration) {
        let until = Instant::now() + within;
        self.node.advance(Phase::Draining);
        while Instant::now() < until && (self.node.in_flight() > 0 || self.node.admission.open() > 0) {
            tokio::time::sleep(DRAIN_STEP).await;
        }
        self.node.advance(Phase::Closing);
        let closed = Instant::now() + DRAIN_CLOSE;
        while Instant::now() < closed && self.node.admission.open() > 0 {
            tokio::time::sleep(DRAIN_STEP).await;
        }
        for task in self.housekeeping {
            task.abort();
        }
        self.node.pool.close();
    }
}

/// How often a drain looks whether it is done.
const DRAIN_STEP: Duration = Duration::from_millis(10);
/// How long connections may take to close at the end.
const DRAIN_CLOSE: Duration = Duration::from_millis(500);

/// Passes signals to the pumps.
async fn hear(node: Arc<Node>) {
    let mut listener = node.api.bus().listen();
    while let Some(signal) = listener.next().await {
        node.hub.hear(&node, &signal);
    }
}

/// Whatever happens to signals, the heads of people who are here are looked at again and again.
async fn look_again(node: Arc<Node>) {
    loop {
        node.hub.look_again(&node).await;
        if node.hub.people() == 0 {
            tokio::time::sleep(PUMP_EVERY).await;
        }
    }
}

/// Forgets sessions that nobody came back for.
async fn sweep(node: Arc<Node>) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        node.registry.sweep(node.now());
        node.first_salts.sweep(node.now());
        metrics::PUMPS.set(i64::try_from(node.hub.people()).unwrap_or(i64::MAX));
    }
}
