//! The network side: sockets, the gateway on them, and its drain.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use crypto::PrivateKey;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::Config;
use crate::open::Opened;

/// Bound sockets on which nothing is served yet.
pub struct Sockets(Vec<TcpListener>);

/// The open network side.
pub struct Network {
    servers: JoinSet<std::io::Result<()>>,
    stop: watch::Sender<bool>,
}

impl Network {
    /// Binds every address, or none.
    pub async fn bind(addresses: &[SocketAddr]) -> Result<Sockets> {
        let mut listeners = Vec::new();
        for address in addresses {
            let listener = TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
            listeners.push(listener);
        }
        Ok(Sockets(listeners))
    }

    /// Accepts nothing more and waits for what is in flight, so long at most.
    pub async fn drain(mut self, patience: Duration) {
        self.stop.send_replace(true);
        let ended = async { while self.servers.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(patience, ended).await;
    }
}

impl Sockets {
    /// Where they listen, ports filled in.
    pub fn addresses(&self) -> Result<Vec<SocketAddr>> {
        self.0.iter().map(|listener| Ok(listener.local_addr()?)).collect()
    }

    /// Starts serving.
    pub fn open(
        self,
        _config: &Config,
        _opened: &Opened,
        _key: PrivateKey,
        _advertised: &[SocketAddr],
        router: Router,
    ) -> Result<Network> {
        let (stop, stopped) = watch::channel(false);
        let mut servers = JoinSet::new();
        for listener in self.0 {
            let mut stopped = stopped.clone();
            let stop = async move {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            let router = router.clone();
            servers.spawn(async move { axum::serve(listener, router).with_graceful_shutdown(stop).await });
        }
        Ok(Network { servers, stop })
    }
}
