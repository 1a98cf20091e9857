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
