//! Bytes that no client sends, clients that do not speak, keys that do not exist (T1, T2, T3, T4).

mod common;

use std::time::Duration;

use bytes::{BufMut, BytesMut};
use common::{Client, PATIENCE, Plain, Server, Stream, ping};
use gateway::GatewayConfig;
use mtproto::session::schema::{BAD_MSG_NOTIFICATION, BAD_SERVER_SALT};
use mtproto::transport::Framing;
use store::Faults;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Everything the server says until it closes; panics if it does not close.
async fn until_closed(server: &Server, bytes: &[u8]) -> Vec<u8> {
    let mut stream = server.dial().await;
    stream.write_all(bytes).await.expect("writes");
    let mut said = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut said)).await.expect("closes in time");
    // A reset is a close, too.
    let _ = read;
    said
}

fn full_frame(number: u32, payload: &[u8], checksum: impl Fn(u32) -> u32) -> Vec<u8> {
    let mut frame = Vec::new();
    frame.put_u32_le(u32::try_from(payload.len() + 12).expect("short"));
    frame.put_u32_le(number);
    frame.extend_from_slice(payload);
    let hash = crc32(&frame);
    frame.put_u32_le(checksum(hash));
    frame
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_bytes_close_the_connection_without_a_word() {
    let config = GatewayConfig { header_timeout: Duration::from_millis(500), ..GatewayConfig::default() };
    let server = Server::start_with(config, Faults::none()).await;
    let plain = [0u8; 40];
    let cases: Vec<Vec<u8>> = vec![
        vec![0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01],
        [&[0xee; 4][..], &[0xff; 4]].concat(),
        [&[0xee; 4][..], &[5, 0, 0, 0], &[0; 5]].concat(),
        [&[0xdd; 4][..], &[0xff, 0xff, 0xff, 0x7f]].concat(),
        [&[0xef, 0x7f, 0xff, 0xff, 0xff][..], &[0; 64]].concat(),
        [&[0xef, 1][..], &[0; 4]].concat(),
        full_frame(1, &plain, |hash| hash),
        full_frame(0, &plain, |hash| hash ^ 1),
        [&[0xee; 4][..], &[40, 0, 0, 0], &[7; 8], &[0; 32]].concat(),
        vec![0xaa; 4096],
    ];
    for case in cases {
        let said = until_closed(&server, &case).await;
        assert!(said.is_empty() || said.len() <= 8, "{case:?} was answered with {said:?}");
    }
    Client::connect(&server, Framing::Abridged, true).await.ping().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_says_nothing_is_closed_in_time() {
    let quick = Duration::from_millis(200);
    let config = GatewayConfig { header_timeout: quick, pre_auth_timeout: quick * 2, ..GatewayConfig::default() };
    let server = Server::start_with(config, Faults::none()).await;
    for beginning in [&b""[..], &[0xee], &[0xee, 0xee, 0xee], &[0xaa; 63], b"GE", &[0xef], &[0xdd, 0xdd, 0xdd, 0xdd, 1]]
    {
        let said = until_closed(&server, beginning).await;
        assert!(said.is_empty(), "{beginning:?}");
    }
    let said = until_closed(&server, b"GET / HTTP/1.1\r\nHost").await;
    assert!(said.is_empty() || said.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&said));
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_of_one_address_are_bounded() {
    let config = GatewayConfig { pre_auth_connections_per_ip: 3, ..GatewayConfig::default() };
    let server = Server::start_with(config, Faults::none()).await;
    let known = Client::connect(&server, Framing::Intermediate, false).await;
    let mut known = known;
    known.ping().await;
    let strangers = [server.dial().await, server.dial().await, server.dial().await];
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(until_closed(&server, b"").await.is_empty());
    known.ping().await;
    drop(strangers);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_does_not_exist_is_refused_with_404() {
    let server = Server::start().await;
    for framing in [Framing::Abridged, Framing::Intermediate, Framing::Padded, Framing::Full] {
        let mut plain = Plain::open(Stream::Tcp(server.dial().await), framing, false).await;
        plain.send(&[9; 56 + 16]).await;
        let frame = plain.receive().await.expect("the refusal");
        assert_eq!(frame[..], (-404i32).to_le_bytes());
        assert!(plain.receive().await.is_none(), "then it closes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_message_closes_and_the_key_stays() {
    let server = Server::start().await;
    let mut client = Client::connect(&server, Framing::Intermediate, false).await;
    client.ping().await;
    for place in [8, 20, 24, 40, 60] {
        let (msg_id, body) = (client.next_id(), ping(1));
        let mut forged = client.sealed(msg_id, 0, &body);
        forged[place] ^= 1;
        client.plain.send(&forged).await;
        assert!(client.receive().await.is_none(), "closed without a word");
        let plain = Plain::open(Stream::Tcp(server.dial().await), Framing::Intermediate, false).await;
        client = client.moved_to(plain);
        client.ping().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_exchanges_refuse_all_that_follows() {
    let server = Server::start().await;
    let mut plain = Plain::open(Stream::Tcp(server.dial().await), Framing::Intermediate, false).await;
    for body in [&[1u8; 20][..], &[2; 40], &0xbe7e_8ef1u32.to_le_bytes(), &[3; 320], &[4; 16]] {
        let mut payload = BytesMut::new();
        mtproto::envelope::write_plain(4, body, &mut payload);
        plain.send(&payload).await;
        assert_eq!(plain.receive().await.expect("a refusal")[..], (-404i32).to_le_bytes());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_salts_and_times_are_answered() {
    let server = Server::start().await;
    let mut client = Client::connect(&server, Framing::Intermediate, false).await;
    client.salt = 0;
    client.send(&ping(1)).await;
    client.receive_a(BAD_SERVER_SALT).await;
    client.ping().await;
    let late = client.next_id() - (400 << 32);
    client.send_raw(late & !3, 0, &ping(1)).await;
    let bad = client.receive_a(BAD_MSG_NOTIFICATION).await;
    assert_eq!(bad.body[16..20], 16i32.to_le_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_in_the_store_is_never_a_missing_key() {
    let faults = Faults::none();
    let server = Server::start_with(GatewayConfig::default(), faults.clone()).await;
    for _ in 0..5 {
        let mut plain = Plain::open(Stream::Tcp(server.dial().await), Framing::Intermediate, false).await;
        faults.fail_reads(100);
        plain.send(&[9; 56 + 16]).await;
        assert!(plain.receive().await.is_none(), "closed without a word");
        faults.fail_reads(0);
    }
    let mut plain = Plain::open(Stream::Tcp(server.dial().await), Framing::Intermediate, false).await;
    plain.send(&[9; 56 + 16]).await;
    assert_eq!(plain.receive().await.expect("the refusal")[..], (-404i32).to_le_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_cannot_be_stored_is_not_confirmed() {
    let faults = Faults::none();
    let server = Server::start_with(GatewayConfig::default(), faults.clone()).await;
    faults.set_read_only(true);
    let mut plain = Plain::open(Stream::Tcp(server.dial().await), Framing::Intermediate, false).await;
    assert!(plain.try_exchange(&server.known).await.is_none(), "closed before dh_gen_ok");
    faults.set_read_only(false);
    Client::connect(&server, Framing::Intermediate, false).await.ping().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_read_is_cut_and_costs_a_bounded_amount() {
    let config = GatewayConfig { write_timeout: Duration::from_millis(500), ..GatewayConfig::default() };
    let server = Server::start_with(config, Faults::none()).await;
    let mut client = Client::connect(&server, Framing::Intermediate, false).await;
    client.ping().await;
    let query = common::function(&tl::functions::help::GetConfig {});
    let flood = async {
        loop {
            client.content += 1;
            let (msg_id, seq_no) = (client.next_id(), client.content * 2 - 1);
            let mut out = BytesMut::new();
            let sealed = client.sealed(msg_id, seq_no, &query);
            client.plain.codec.encode(&sealed, &mut crypto::SystemEntropy, &mut out);
            let Stream::Tcp(stream) = &mut client.plain.stream else { return };
            if stream.write_all(&out).await.is_err() {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), flood).await.expect("cut in time");
    Client::connect(&server, Framing::Intermediate, false).await.ping().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_never_end_cost_a_bounded_amount() {
    let server = Server::start().await;
    let head = b"POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n";
    let begun = [&head[..], &[7; 990_000]].concat();
    let most = gateway::limits::BODIES_MAX_BYTES / 990_000;
    let mut streams = Vec::new();
    for _ in 0..most + 20 {
        let mut stream = server.dial().await;
        // Who is refused may not take all of it.
        let _ = stream.write_all(&begun).await;
        streams.push(stream);
    }
    let mut refused = 0;
    for stream in &mut streams {
        let mut said = [0; 12];
        let read = tokio::time::timeout(Duration::from_millis(20), stream.read(&mut said)).await;
        refused += usize::from(matches!(read, Ok(Ok(12)) if &said == b"HTTP/1.1 503") || matches!(read, Ok(Err(_))));
    }
    assert!((20..40).contains(&refused), "{refused} were refused");
    let too_long = b"POST /api HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 99999999999\r\n\r\n";
    assert!(until_closed(&server, too_long).await.starts_with(b"HTTP/1.1 413"));
}

/// A page is asked for and not read, or nothing is asked for any more: the place is given back all the same.
#[tokio::test(flavor = "multi_thread")]
async fn who_reads_no_page_and_asks_for_none_keeps_no_place() {
    let quick = Duration::from_millis(300);
    let config = GatewayConfig { header_timeout: quick, write_timeout: quick, ..GatewayConfig::default() };
    let server = Server::start_with(config, Faults::none()).await;
    let mut kept = Vec::new();
    for path in ["/large", "/hello"] {
        let mut stream = server.dial().await;
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.expect("writes");
        stream.readable().await.expect("an answer begins");
        kept.push(stream);
    }
    let left = async {
        while server.gateway.connections() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, left).await.expect("closed in time");
}
