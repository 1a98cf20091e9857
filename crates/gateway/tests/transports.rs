//! Every transport, from the first byte to an answered request.

mod common;

use bytes::BytesMut;
use common::{Client, Plain, Server, Stream, WebSocket, function, ping};
use gateway::GatewayConfig;
use mtproto::envelope::{parse_plain, write_plain};
use mtproto::session::schema::{NEW_SESSION_CREATED, RPC_ERROR};
use mtproto::transport::Framing;
use mtproto::wire::constructor_of;
use store::Faults;
use tl::functions;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const ALL: [(Framing, bool); 7] = [
    (Framing::Abridged, false),
    (Framing::Abridged, true),
    (Framing::Intermediate, false),
    (Framing::Intermediate, true),
    (Framing::Padded, false),
    (Framing::Padded, true),
    (Framing::Full, false),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_transport_makes_a_key_and_answers() {
    let server = Server::start().await;
    for (framing, is_obfuscated) in ALL {
        let mut client = Client::connect(&server, framing, is_obfuscated).await;
        client.ping().await;
        let request = client.request(&function(&functions::help::GetNearestDc {})).await;
        let result = client.result_of(request).await;
        assert_ne!(constructor_of(&result), RPC_ERROR, "{framing:?} {is_obfuscated}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_websocket_carries_every_obfuscated_transport() {
    let server = Server::start().await;
    for framing in [Framing::Abridged, Framing::Intermediate, Framing::Padded] {
        let socket = WebSocket::upgrade(server.dial().await).await;
        let mut plain = Plain::open(Stream::WebSocket(socket), framing, true).await;
        let (key, salt) = plain.exchange(&server.known).await;
        let mut client = Client::with_key(plain, key, salt);
        client.ping().await;
        let request = client.request(&function(&functions::help::GetNearestDc {})).await;
        assert_ne!(constructor_of(&client.result_of(request).await), RPC_ERROR);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_served_on_the_same_port() {
    let server = Server::start().await;
    let mut stream = server.dial().await;
    stream.write_all(b"GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("writes");
    let mut text = String::new();
    stream.read_to_string(&mut text).await.expect("reads");
    assert!(text.starts_with("HTTP/1.1 200") && text.ends_with("hello"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_says_for_whom_it_asks() {
    let ask = async |trusted: &[&str]| {
        let trusted_proxies = trusted.iter().map(|text| text.parse().expect("a range")).collect();
        let server =
            Server::start_with(GatewayConfig { trusted_proxies, ..GatewayConfig::default() }, Faults::none()).await;
        let mut stream = server.dial().await;
        let request = "GET /scheme HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 6.6.6.6, 198.51.100.7\r\n\
            X-Forwarded-Proto: https\r\n\r\n";
        stream.write_all(request.as_bytes()).await.expect("writes");
        let mut text = String::new();
        stream.read_to_string(&mut text).await.expect("reads");
        text.rsplit("\r\n").next().unwrap_or_default().to_owned()
    };
    assert_eq!(ask(&["127.0.0.0/8"]).await, "https 198.51.100.7");
    assert_eq!(ask(&["10.0.0.0/8"]).await, "http 127.0.0.1", "a stranger's word counts for nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_says_for_whom_it_connects() {
    let ask = async |trusted: &str, header: &[u8]| {
        let trusted_proxies = vec![trusted.parse().expect("a range")];
        let config = GatewayConfig { trusted_proxies, ..GatewayConfig::default() };
        let server = Server::start_with(config, Faults::none()).await;
        let mut stream = server.dial().await;
        // In pieces, as networks like to deliver them.
        for piece in header.chunks(7) {
            stream.write_all(piece).await.expect("writes");
            stream.flush().await.expect("writes");
        }
        let request = b"GET /scheme HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        // A refused connection may be gone by now.
        let _ = stream.write_all(request).await;
        let mut text = String::new();
        let _ = stream.read_to_string(&mut text).await;
        text.rsplit("\r\n").next().unwrap_or_default().to_owned()
    };
    let first = b"PROXY TCP4 198.51.100.7 203.0.113.1 51234 443\r\n";
    let second = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x08\xcb\0\x71\x01\0\x50\x01\xbb";
    assert_eq!(ask("127.0.0.0/8", first).await, "http 198.51.100.7");
    assert_eq!(ask("127.0.0.0/8", second).await, "http 198.51.100.8");
    assert_eq!(ask("127.0.0.0/8", b"").await, "http 127.0.0.1", "it need not");
    assert_eq!(ask("127.0.0.0/8", b"PROXY TCP4 nobody\r\n").await, "");
    assert_eq!(ask("10.0.0.0/8", first).await, "", "from a stranger it is the beginning of nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_behind_a_proxy_are_counted_apart() {
    let trusted_proxies = vec!["127.0.0.0/8".parse().expect("a range")];
    let config = GatewayConfig { trusted_proxies, pre_auth_connections_per_ip: 1, ..GatewayConfig::default() };
    let server = Server::start_with(config, Faults::none()).await;
    let connect = async |from: &str| {
        let mut stream = server.dial().await;
        let header = format!("PROXY TCP4 {from} 203.0.113.1 51234 443\r\n");
        stream.write_all(header.as_bytes()).await.expect("writes");
        Plain::open(Stream::Tcp(stream), Framing::Intermediate, false).await
    };
    let mut first = connect("198.51.100.1").await;
    first.exchange(&server.known).await;
    let mut same = connect("198.51.100.1").await;
    assert!(same.try_exchange(&server.known).await.is_none(), "one address has one place");
    let mut other = connect("198.51.100.2").await;
    other.exchange(&server.known).await;
}

/// One request of HTTP on a connection that stays; status and body come back.
async fn post(stream: &mut tokio::net::TcpStream, body: &[u8]) -> (u16, Vec<u8>) {
    let head = format!("POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).await.expect("writes");
    stream.write_all(body).await.expect("writes");
    let mut inbox = Vec::new();
    loop {
        if let Some(end) = inbox.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&inbox[..end]).to_lowercase();
            assert!(head.contains("access-control-allow-origin: *"), "{head}");
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
            let length: usize = length.parse().expect("a number");
            if inbox.len() >= end + 4 + length {
                return (head[9..12].parse().expect("a status"), inbox[end + 4..].to_vec());
            }
        }
        assert!(stream.read_buf(&mut inbox).await.expect("reads") > 0, "closed early");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn http_carries_the_key_exchange_and_requests() {
    let server = Server::start().await;
    let mut stream = server.dial().await;
    let options =
        mtproto::client::Options { padding: mtproto::client::Padding::Modern, dialled: None, expires_in: None };
    let entropy = &mut crypto::SystemEntropy;
    let (mut handshake, mut body) = mtproto::client::Handshake::start(options, entropy);
    let key = loop {
        let mut payload = BytesMut::new();
        write_plain(0, &body, &mut payload);
        let (status, answer) = post(&mut stream, &payload).await;
        assert_eq!(status, 200);
        let answer = parse_plain(&answer).expect("plain");
        match handshake.on_answer(answer.body, &server.known, entropy).expect("no failure") {
            mtproto::client::Answer::Send(next) => body = next,
            mtproto::client::Answer::Done(key) => break key,
        }
    };
    let plain = Plain::open(Stream::Tcp(server.dial().await), Framing::Full, false).await;
    let mut client = Client::with_key(plain, key.key, key.server_salt);
    let msg_id = client.next_id();
    let (status, answer) = post(&mut stream, &client.sealed(msg_id, 0, &ping(5))).await;
    assert_eq!(status, 200);
    let got = client.opened(BytesMut::from(&answer[..]));
    assert!(got.iter().any(|one| one.constructor() == NEW_SESSION_CREATED));
    let mut unknown = client.sealed(msg_id + 4, 0, &ping(5));
    unknown[0] ^= 1;
    assert_eq!(post(&mut stream, &unknown).await.0, 404);
    for bad in [&b""[..], b"abc", &[9; 7]] {
        assert_eq!(post(&mut stream, bad).await.0, 400);
    }
}
