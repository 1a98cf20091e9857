//! TLS on the shared port: everything inside it as outside, browsers sent to it, certificates that change, and bytes that
//! only begin like it.

mod common;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common::{Authority, Client, PATIENCE, Pair, Plain, Server, Stream, WebSocket, function};
use gateway::{GatewayConfig, Https};
use mtproto::session::schema::RPC_ERROR;
use mtproto::transport::Framing;
use mtproto::wire::constructor_of;
use rustls::pki_types::ServerName;
use store::Faults;
use tempfile::TempDir;
use tl::functions;
use tls::{FileSettings, Settings, Source, Tls};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

const NAME: &str = "chat.example";

/// A server with TLS, and the authority that its clients trust.
struct Secure {
    server: Server,
    authority: Authority,
    pair: Pair,
    _folder: TempDir,
}

impl Secure {
    async fn start() -> Self {
        Self::start_with(GatewayConfig::default()).await
    }

    async fn start_with(config: GatewayConfig) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let authority = Authority::new();
        let pair = authority.write(folder.path(), &[NAME]);
        let https = https(&pair, config.header_timeout);
        let server = Server::start_with(GatewayConfig { https: Some(https), ..config }, Faults::none()).await;
        Self { server, authority, pair, _folder: folder }
    }

    async fn dial(&self) -> TlsStream<TcpStream> {
        self.authority.greet(self.server.dial().await, NAME).await.expect("a handshake")
    }

    /// The certificate that a new connection is shown.
    async fn shown(&self) -> Vec<u8> {
        let stream = self.dial().await;
        let chain = stream.get_ref().1.peer_certificates().expect("a certificate");
        chain[0].to_vec()
    }

    /// Until a new connection is shown another certificate than this one.
    async fn shown_another(&self, than: &[u8]) -> Vec<u8> {
        let waiting = async {
            loop {
                let shown = self.shown().await;
                if shown != than {
                    return shown;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.expect("taken in")
    }
}

fn https(pair: &Pair, handshake_timeout: Duration) -> Https {
    let files = FileSettings {
        reload_every: Duration::from_millis(5),
        ..FileSettings::new(pair.certificate.clone(), pair.key.clone())
    };
    let settings = Settings { handshake_timeout, ..Settings::new(Source::Files(files), Arc::new(|| 1_800_000_000)) };
    let (tls, keeping) = Tls::open(settings).expect("opens");
    tokio::spawn(keeping);
    Https { tls, redirect: true, origin: "https://elsewhere.example".to_owned(), strict_seconds: 3600 }
}

/// The whole answer to a request with this path, on a connection of its own.
async fn get(mut stream: impl common::Carrier, path: &str, host: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("writes");
    stream.flush().await.expect("writes");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("reads");
    text.to_lowercase()
}

async fn call(plain: Plain, server: &Server) -> Client {
    let mut plain = plain;
    let (key, salt) = plain.exchange(&server.known).await;
    let mut client = Client::with_key(plain, key, salt);
    let request = client.request(&function(&functions::help::GetNearestDc {})).await;
    assert_ne!(constructor_of(&client.result_of(request).await), RPC_ERROR);
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_come_over_tls_and_browsers_remember_it() {
    let secure = Secure::start().await;
    let text = get(secure.dial().await, "/hello", NAME).await;
    assert!(text.starts_with("http/1.1 200") && text.ends_with("hello"), "{text}");
    assert!(text.contains("strict-transport-security: max-age=3600\r\n"), "{text}");
    let text = get(secure.dial().await, "/scheme", NAME).await;
    assert!(text.ends_with("https 127.0.0.1"), "{text}");
    assert_eq!(secure.dial().await.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_asked_for_without_tls_are_asked_for_again_with_it() {
    let secure = Secure::start().await;
    let ask = async |path: &str, host: &str| get(secure.server.dial().await, path, host).await;
    let text = ask("/hello?a=b&c", "chat.example:4430").await;
    assert!(text.starts_with("http/1.1 308"), "{text}");
    assert!(text.contains("location: https://chat.example:4430/hello?a=b&c\r\n"), "{text}");
    assert!(!text.contains("strict-transport-security"), "only TLS may say so: {text}");
    let text = ask("//evil.example/", "10.0.0.1:4430").await;
    assert!(text.contains("location: https://elsewhere.example//evil.example/\r\n"), "{text}");
    for staying in ["/healthz/live", "/metrics", "/api", "/apiws", "/.well-known/acme-challenge/x"] {
        let text = ask(staying, NAME).await;
        assert!(!text.starts_with("http/1.1 308"), "{staying}: {text}");
    }
    for moving in ["/apifoo", "/metricsfoo", "/app/", "/.well-known/security.txt"] {
        assert!(ask(moving, NAME).await.starts_with("http/1.1 308"), "{moving}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_protocol_is_spoken_inside_tls_and_beside_it() {
    let secure = Secure::start().await;
    for (framing, is_obfuscated) in
        [(Framing::Abridged, false), (Framing::Intermediate, true), (Framing::Padded, true), (Framing::Full, false)]
    {
        let inside = Stream::Tls(Box::new(secure.dial().await));
        call(Plain::open(inside, framing, is_obfuscated).await, &secure.server).await.ping().await;
        let beside = Stream::Tcp(secure.server.dial().await);
        call(Plain::open(beside, framing, is_obfuscated).await, &secure.server).await.ping().await;
    }
    let socket = WebSocket::upgrade(secure.dial().await).await;
    let plain = Plain::open(Stream::WebSocket(socket), Framing::Intermediate, true).await;
    call(plain, &secure.server).await.ping().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn older_tls_is_served_and_what_speaks_only_something_else_is_not() {
    let secure = Secure::start().await;
    let connect = async |config| {
        let name = ServerName::try_from(NAME).expect("a name");
        TlsConnector::from(Arc::new(config)).connect(name, secure.server.dial().await).await
    };
    let mut roots = rustls::RootCertStore::empty();
    let root = rustls::pki_types::pem::PemObject::from_pem_slice(secure.authority.root_pem().as_bytes());
    roots.add(root.expect("a certificate")).expect("a root");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let older = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS12])
        .expect("known")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let text = get(connect(older).await.expect("a handshake"), "/hello", NAME).await;
    assert!(text.ends_with("hello"), "{text}");
    let refused = connect(secure.authority.client(&[b"h2"])).await.expect_err("nothing in common");
    assert!(refused.to_string().to_lowercase().contains("protocol"), "{refused}");
    assert!(connect(Authority::new().client(&[])).await.is_err(), "a stranger's authority vouches for nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_is_taken_in_and_disturbs_nobody() {
    let secure = Secure::start().await;
    let inside = Stream::Tls(Box::new(secure.dial().await));
    let mut client = call(Plain::open(inside, Framing::Intermediate, true).await, &secure.server).await;
    let first = secure.shown().await;

    let (certificate, key) = secure.authority.issue(&[NAME]);
    // Between the two the pair does not fit, and the old one is shown.
    replace(&secure.pair.certificate, &certificate);
    for _ in 0..20 {
        assert_eq!(secure.shown().await, first);
    }
    replace(&secure.pair.key, &key);
    let second = secure.shown_another(&first).await;

    replace(&secure.pair.certificate, "this is no certificate");
    std::fs::remove_file(&secure.pair.key).expect("removed");
    for _ in 0..20 {
        assert_eq!(secure.shown().await, second);
    }
    let pair = secure.authority.write(secure.pair.certificate.parent().expect("a folder"), &[NAME]);
    assert_eq!(pair.key, secure.pair.key);
    secure.shown_another(&second).await;
    client.ping().await;
}

/// As tools do it that know how.
fn replace(path: &Path, content: &str) {
    let draft = path.with_extension("draft");
    std::fs::write(&draft, content).expect("written");
    std::fs::rename(&draft, path).expect("renamed");
}

/// The bytes with which a client of TLS begins.
fn hello(authority: &Authority) -> Vec<u8> {
    let name = ServerName::try_from(NAME).expect("a name");
    let mut session = rustls::ClientConnection::new(Arc::new(authority.client(&[])), name).expect("begins");
    let mut bytes = Vec::new();
    session.write_tls(&mut bytes).expect("written");
    bytes
}

/// Everything said until the server closes.
async fn until_closed(mut stream: impl common::Carrier, bytes: &[u8]) -> Vec<u8> {
    stream.write_all(bytes).await.expect("writes");
    stream.flush().await.expect("writes");
    let mut said = Vec::new();
    // A reset is a close, too.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut said)).await.expect("closes in time");
    said
}

const ALERT: u8 = 0x15;

#[tokio::test(flavor = "multi_thread")]
async fn what_only_begins_like_tls_is_closed_in_time() {
    let config = GatewayConfig { header_timeout: Duration::from_millis(300), ..GatewayConfig::default() };
    let secure = Secure::start_with(config).await;
    let hello = hello(&secure.authority);
    for length in [1, 3, 5, 6, 7, 60, hello.len() - 1, hello.len()] {
        until_closed(secure.server.dial().await, &hello[..length]).await;
    }
    let mut spoilt = hello.clone();
    spoilt[9..].fill(0xff);
    for garbage in [
        spoilt,
        [&[0x16, 3, 1, 0x40, 0, 1][..], &[0xff; 0x4000 - 1]].concat(),
        [&hello[..], &[0x17; 200]].concat(),
        [&[0x16, 3, 1, 0, 1, 1][..], &[0x16, 3, 1, 0, 1, 0].repeat(50)].concat(),
    ] {
        let said = until_closed(secure.server.dial().await, &garbage).await;
        assert!(said.is_empty() || said[0] == ALERT || said[0] == 0x16, "{said:?}");
    }
    // Once more inside: that is a loop that nobody needs.
    assert!(until_closed(secure.dial().await, &hello).await.is_empty());
    // Silent, or of no kind, or half a request, after a good handshake.
    for said in [&b""[..], &[0xaa; 4096], b"GET / HTTP/1.1\r\nHost"] {
        until_closed(secure.dial().await, said).await;
    }
    assert!(get(secure.dial().await, "/hello", NAME).await.ends_with("hello"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_handshake_ends_and_many_of_them_hold_up_nobody() {
    let config = GatewayConfig { header_timeout: Duration::from_secs(2), ..GatewayConfig::default() };
    let secure = Secure::start_with(config).await;
    let hello = hello(&secure.authority);
    let mut waiting = Vec::new();
    for number in 0..200 {
        let mut stream = secure.server.dial().await;
        // Half of them say all of it, so that a signature is made for each, and then fall silent.
        let length = if number % 2 == 0 { hello.len() } else { hello.len() / 2 };
        stream.write_all(&hello[..length]).await.expect("writes");
        waiting.push(stream);
    }
    assert!(get(secure.dial().await, "/hello", NAME).await.ends_with("hello"));
    Client::connect(&secure.server, Framing::Abridged, true).await.ping().await;
    let mut trickle = secure.server.dial().await;
    let trickling = async {
        for byte in &hello {
            if trickle.write_all(&[*byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("a handshake may not take this long");
    };
    tokio::time::timeout(PATIENCE, trickling).await.expect("closed in time");
    for mut stream in waiting {
        let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut Vec::new())).await.expect("closed in time");
    }
    let empty = async {
        while secure.server.gateway.connections() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, empty).await.expect("every place is given back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_says_nothing_to_it() {
    let server = Server::start().await;
    let said = until_closed(server.dial().await, &hello(&Authority::new())).await;
    assert!(said.is_empty(), "{said:?}");
}
