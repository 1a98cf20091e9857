//! A gateway on a real socket whose gate is shut.

use std::time::Duration;

use api::{Api, ApiSettings};
use bus::Bus;
use bytes::BytesMut;
use crypto::{Entropy as _, ExponentLength, PrivateKey, SystemEntropy};
use mtproto::client::{Handshake, Options, Padding, connect};
use mtproto::envelope::write_plain;
use mtproto::handshake::ServerKeys;
use mtproto::transport::{Codec, Frame, Framing};
use platform::{Platform, Ports, Settings};
use store::{Faults, Store};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;
use crate::{Gateway, GatewayConfig};

const PATIENCE: Duration = Duration::from_secs(10);

/// A moment that lasts, and real dice.
struct Moment;

impl platform::Runtime for Moment {
    fn now_ms(&self) -> i64 {
        1_700_000_000_000
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        SystemEntropy.fill(buffer);
    }
}

/// A gateway, and where it listens.
async fn gateway() -> (Gateway, SocketAddr) {
    let keys = vec![PrivateKey::generate().expect("a key")];
    let keys = ServerKeys::new(keys, ExponentLength::Short, true).expect("a group");
    let bus = Bus::in_process();
    let ports = Ports::memory(Store::memory_with(Faults::none()), bus.clone(), Arc::new(Moment));
    let platform = Platform::open(ports, Settings::default()).await.expect("opens");
    let api = Api::new(platform, bus, ApiSettings::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let config = GatewayConfig::default();
    let gateway = Gateway::start(config, vec![listener], api, Arc::new(keys), axum::Router::new()).expect("starts");
    (gateway, address)
}

/// Somebody who dialled.
struct Caller {
    stream: TcpStream,
    codec: Codec,
    /// What begins the transport, until it is sent.
    announcement: Vec<u8>,
}

impl Caller {
    async fn dial(address: SocketAddr, framing: Framing, is_obfuscated: bool) -> Self {
        let stream = timeout(PATIENCE, TcpStream::connect(address)).await.expect("in time").expect("connects");
        let (codec, announcement) = connect(framing, is_obfuscated, &mut SystemEntropy).expect("a transport");
        Self { stream, codec, announcement }
    }

    async fn say(&mut self, payload: &[u8]) {
        let mut bytes = BytesMut::from(&std::mem::take(&mut self.announcement)[..]);
        self.codec.encode(payload, &mut SystemEntropy, &mut bytes);
        self.stream.write_all(&bytes).await.expect("is written");
    }

    async fn ask_for_a_key(&mut self) {
        let options = Options { padding: Padding::Modern, dialled: None, expires_in: None };
        let mut payload = BytesMut::new();
        write_plain(4, &Handshake::start(options, &mut SystemEntropy).1, &mut payload);
        self.say(&payload).await;
    }

    /// The next frame, or how the connection ended.
    async fn hear(&mut self) -> io::Result<BytesMut> {
        let mut inbox = BytesMut::new();
        let hearing = async {
            loop {
                if let Some(Frame::Payload { bytes, .. }) = self.codec.decode(&mut inbox).expect("a frame") {
                    return Ok(bytes);
                }
                if self.stream.read_buf(&mut inbox).await? == 0 {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
            }
        };
        timeout(PATIENCE, hearing).await.expect("in time")
    }

    async fn is_reset(&mut self) -> bool {
        self.hear().await.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset)
    }
}

/// The first words of somebody who has a key already, if none that this server knows.
const WITH_A_KEY: [u8; 88] = [9; 88];
/// What they hear.
const NO_SUCH_KEY: [u8; 4] = (-404_i32).to_le_bytes();

#[tokio::test]
async fn newcomers_are_reset_before_anybody_knows_of_them_and_others_are_served() {
    let (gateway, address) = gateway().await;
    gateway.node.gate.shut_for(address.ip());
    // No other test of this crate speaks this transport.
    let (framing, label) = (Framing::Padded, "padded");
    let taken = metrics::CONNECTIONS_ACCEPTED.get(label);
    for _ in 0..40 {
        let mut newcomer = Caller::dial(address, framing, false).await;
        newcomer.ask_for_a_key().await;
        assert!(newcomer.is_reset().await);
    }
    let known_of = metrics::CONNECTIONS_ACCEPTED.get(label) - taken;
    // Between a dial and its first words a machine that is busy may let pass any time.
    assert!(known_of < 20, "{known_of} of 40 newcomers came as far as to be told apart");
    for framing in [Framing::Padded, Framing::Abridged, Framing::Full] {
        let mut caller = Caller::dial(address, framing, false).await;
        caller.say(&WITH_A_KEY).await;
        assert_eq!(caller.hear().await.expect("an answer")[..], NO_SUCH_KEY, "{framing:?}");
    }
}

#[tokio::test]
async fn whoever_is_silent_at_first_is_served_when_they_speak() {
    let (gateway, address) = gateway().await;
    gateway.node.gate.shut_for(address.ip());
    let mut silent = Caller::dial(address, Framing::Intermediate, true).await;
    let mut newcomer = Caller::dial(address, Framing::Intermediate, true).await;
    newcomer.ask_for_a_key().await;
    assert!(newcomer.is_reset().await, "so the silent one before them was accepted, too");
    silent.say(&WITH_A_KEY).await;
    assert_eq!(silent.hear().await.expect("an answer")[..], NO_SUCH_KEY);
}

#[tokio::test]
async fn whoever_stays_silent_takes_a_place_after_a_while_and_half_a_word_at_once() {
    let (gateway, address) = gateway().await;
    gateway.node.gate.shut_for(address.ip());
    let silent = Caller::dial(address, Framing::Intermediate, true).await;
    let mut halting = Caller::dial(address, Framing::Intermediate, true).await;
    let announcement = std::mem::take(&mut halting.announcement);
    halting.stream.write_all(&announcement).await.expect("is written");
    let both = async {
        while gateway.connections() < 2 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, both).await.expect("both have a place");
    halting.say(&WITH_A_KEY).await;
    assert_eq!(halting.hear().await.expect("an answer")[..], NO_SUCH_KEY);
    drop(silent);
}

#[tokio::test]
async fn newcomers_come_in_again_when_the_gate_opens() {
    let (gateway, address) = gateway().await;
    gateway.node.gate.shut_for(address.ip());
    let mut newcomer = Caller::dial(address, Framing::Intermediate, true).await;
    newcomer.ask_for_a_key().await;
    assert!(newcomer.is_reset().await);
    gateway.node.gate.open_for(address.ip());
    let mut newcomer = Caller::dial(address, Framing::Intermediate, true).await;
    newcomer.ask_for_a_key().await;
    assert!(newcomer.hear().await.expect("an answer").len() > NO_SUCH_KEY.len());
}
