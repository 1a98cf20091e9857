//! A server in this process, and a small client for it.
#![allow(dead_code, unused_imports, reason = "each test binary uses its own part of it")]

#[path = "../../../tls/tests/common/authority.rs"]
mod authority;
mod client;
mod people;
mod websocket;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::{Api, ApiSettings};
use axum::Extension;
use axum::http::uri::Scheme;
use axum::routing::get;
use bus::Bus;
use crypto::{Entropy, ExponentLength, PrivateKey, PublicKey, SystemEntropy};
use futures::future::BoxFuture;
use gateway::{Gateway, GatewayConfig};
use mtproto::client::KnownServer;
use mtproto::handshake::ServerKeys;
use platform::settings::{CodeDelivery, DeliveryError};
use platform::{Platform, Settings};
use store::{Faults, Store};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

pub use authority::{Authority, Pair};
pub use client::{Client, Plain, Stream, function, ping};
pub use people::text;
pub use websocket::{Carrier, WebSocket};

/// Real time and randomness.
pub struct RealRuntime {
    ahead_ms: AtomicI64,
}

impl platform::Runtime for RealRuntime {
    #[allow(clippy::disallowed_methods, reason = "a test of real sockets runs in real time")]
    fn now_ms(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        i64::try_from(since.as_millis()).expect("in range") + self.ahead_ms.load(Ordering::Relaxed)
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        SystemEntropy.fill(buffer);
    }
}

pub struct Server {
    pub gateway: Gateway,
    pub address: SocketAddr,
    pub known: Arc<KnownServer>,
    pub api: Api,
    pub codes: Codes,
    newcomers: Newcomers,
}

/// The runtime in which newcomers live; it ends without waiting for them, as a test's own must not wait.
struct Newcomers(Option<Runtime>);

impl Newcomers {
    fn start() -> Self {
        Self(Some(gateway::newcomers_runtime(1, false).expect("threads")))
    }
}

impl Drop for Newcomers {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Keeps the login codes that would have been sent.
#[derive(Clone, Default)]
pub struct Codes(Arc<parking_lot::Mutex<HashMap<String, String>>>);

impl Codes {
    pub fn of(&self, phone: &str) -> String {
        self.0.lock().get(phone).cloned().expect("a code was sent")
    }
}

impl CodeDelivery for Codes {
    fn deliver<'a>(&'a self, phone: &'a str, code: &'a str) -> BoxFuture<'a, Result<(), DeliveryError>> {
        self.0.lock().insert(phone.to_owned(), code.to_owned());
        Box::pin(std::future::ready(Ok(())))
    }

    fn proves_possession(&self) -> bool {
        true
    }
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(GatewayConfig::default(), Faults::none()).await
    }

    pub async fn start_with(config: GatewayConfig, faults: Faults) -> Self {
        let private = PrivateKey::generate().expect("a key");
        let pem = private.public().to_pem().expect("a key");
        let public = PublicKey::from_pem(&pem).expect("its own key");
        let known = Arc::new(KnownServer::new(vec![public]).expect("a group"));
        let keys = ServerKeys::new(vec![private], ExponentLength::Short, true).expect("a group");
        let (bus, runtime) = (Bus::in_process(), Arc::new(RealRuntime { ahead_ms: AtomicI64::new(0) }));
        let store = Store::memory_with(faults);
        let codes = Codes::default();
        let settings = Settings { code_delivery: Arc::new(codes.clone()), ..Settings::default() };
        let platform =
            Platform::open(platform::Ports::memory(store, bus.clone(), runtime), settings).await.expect("opens");
        let api = Api::new(platform, bus, ApiSettings::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let pages = pages();
        let newcomers = Newcomers::start();
        let config = GatewayConfig { newcomers: newcomers.0.as_ref().map(|it| it.handle().clone()), ..config };
        let gateway = Gateway::start(config, vec![listener], api.clone(), Arc::new(keys), pages).expect("starts");
        Self { gateway, address, known, api, codes, newcomers }
    }

    /// From here on nothing lives among newcomers, and nobody new is served.
    pub fn end_newcomers(&mut self) {
        self.newcomers = Newcomers(None);
    }

    pub async fn dial(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("connects")
    }
}

/// What the pages of other crates could be.
fn pages() -> axum::Router {
    let scheme =
        async |Extension(scheme): Extension<Scheme>, Extension(ip): Extension<IpAddr>| format!("{scheme} {ip}");
    axum::Router::new()
        .route("/hello", get(async || "hello"))
        .route("/scheme", get(scheme))
        .route("/large", get(async || vec![b'x'; LARGE_BYTES]))
}

/// More than the buffers of a connection take on both sides.
pub const LARGE_BYTES: usize = 64 * 1024 * 1024;
/// What every test waits for at most.
pub const PATIENCE: Duration = Duration::from_secs(10);
