//! Sessions over connections that come and go, order of requests, the end of the server.

mod common;

use std::time::Duration;

use common::{Client, Plain, Server, Stream, function};
use mtproto::session::schema::{
    self, DESTROY_AUTH_KEY_OK, DESTROY_SESSION_NONE, DESTROY_SESSION_OK, MSG_CONTAINER, NEW_SESSION_CREATED, RPC_ERROR,
    RPC_RESULT,
};
use mtproto::transport::Framing;
use mtproto::wire::{Reader, Writer, constructor_of};
use tl::{Serializable, functions};

async fn again(server: &Server, client: Client) -> Client {
    let plain = Plain::open(Stream::Tcp(server.dial().await), Framing::Intermediate, false).await;
    client.moved_to(plain)
}

fn nearest() -> Vec<u8> {
    function(&functions::help::GetNearestDc {})
}

fn error_of(result: &[u8]) -> (i32, String) {
    assert_eq!(constructor_of(result), RPC_ERROR);
    let mut reader = Reader::new(&result[4..]);
    let code = reader.int().expect("a code");
    (code, String::from_utf8_lossy(reader.string().expect("a name")).into_owned())
}

/// `invokeAfterMsgs`.
fn after(ids: &[i64], query: &[u8]) -> Vec<u8> {
    Writer::object(0x3dc4_b4f0).longs(ids).raw(query).done()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_on_over_another_connection() {
    let server = Server::start().await;
    let mut client = Client::connect(&server, Framing::Intermediate, false).await;
    let request = client.request(&nearest()).await;
    client.receive_a(NEW_SESSION_CREATED).await;
    let first = client.result_of(request).await;
    let mut client = again(&server, client).await;
    client.send(&common::ping(1)).await;
    let mut constructors = Vec::new();
    let again_result = loop {
        let got = client.receive().await.expect("goes on");
        constructors.push(got.constructor());
        if got.constructor() == RPC_RESULT {
            break got.body;
        }
    };
    assert_eq!(again_result[12..], first[..], "what was not acknowledged comes again");
    client.ping().await;
    let other = again(&server, client).await;
    let mut other = Client { session_id: other.session_id ^ 2, ..other };
    other.ping().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_duplicate_is_answered_once_more_but_not_done_again() {
    let server = Server::start().await;
    let mut client = Client::connect(&server, Framing::Intermediate, false).await;
    client.content += 1;
    let (msg_id, body) = (client.next_id(), nearest());
    for _ in 0..3 {
        client.send_raw(msg_id, 1, &body).await;
        client.result_of(msg_id).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_wait_for_those_they_name() {
    let server = Server::start().await;
    let mut client = Client::connect(&server, Framing::Intermediate, false).await;
    let good = client.request(&nearest()).await;
    let follower = client.request(&after(&[good], &nearest())).await;
    assert_ne!(constructor_of(&client.result_of(follower).await), RPC_ERROR);
    let bad = client.request(&[1, 2, 3, 4]).await;
    let follower = client.request(&after(&[good, bad], &nearest())).await;
    assert_eq!(error_of(&client.result_of(follower).await), (400, "MSG_WAIT_FAILED".to_owned()));
    let unknown = client.request(&after(&[good + 4], &nearest())).await;
    assert_eq!(error_of(&client.result_of(unknown).await), (400, "MSG_WAIT_FAILED".to_owned()));
    let own = client.last_id + (1 << 20);
    client.content += 1;
    let seq_no = client.content * 2 - 1;
    client.send_raw(own & !3, seq_no, &after(&[own & !3], &nearest())).await;
    assert_eq!(error_of(&client.result_of(own & !3).await), (400, "MSG_WAIT_FAILED".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_of_a_large_container_is_answered() {
    let server = Server::start().await;
    let mut client = Client::connect(&server, Framing::Intermediate, false).await;
    let mut body = Writer::object(MSG_CONTAINER).size(1020);
    let query = nearest();
    let mut open = std::collections::HashSet::new();
    for _ in 0..1020 {
        client.content += 1;
        let (msg_id, seq_no) = (client.next_id(), client.content * 2 - 1);
        open.insert(msg_id);
        body = body.long(msg_id).int(seq_no).size(query.len()).raw(&query);
    }
    client.send(&body.done()).await;
    while !open.is_empty() {
        let got = client.receive_a(RPC_RESULT).await;
        open.remove(&i64::from_le_bytes(*got.body[4..].first_chunk().expect("an id")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_functions_and_garbage_are_answered_with_errors() {
    let server = Server::start().await;
    let mut client = Client::connect(&server, Framing::Intermediate, false).await;
    let mut state = Vec::new();
    functions::updates::GetState {}.serialize(&mut state);
    let cases: [(&[u8], i32); 5] =
        [(&[9; 8], 400), (&[0; 4], 400), (&state, 401), (&[0x0d, 0x0d, 0x9b, 0xda], 400), (&[0xff; 64], 400)];
    for (body, code) in cases {
        let request = client.request(body).await;
        assert_eq!(error_of(&client.result_of(request).await).0, code, "{body:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_and_keys_are_destroyed() {
    let server = Server::start().await;
    let mut client = Client::connect(&server, Framing::Intermediate, false).await;
    client.ping().await;
    let first = client.session_id;
    let client = again(&server, client).await;
    let mut client = Client { session_id: first ^ 2, ..client };
    for (session_id, constructor) in
        [(first, DESTROY_SESSION_OK), (first, DESTROY_SESSION_NONE), (5, DESTROY_SESSION_NONE)]
    {
        client.send(&Writer::object(schema::DESTROY_SESSION).long(session_id).done()).await;
        client.receive_a(constructor).await;
    }
    client.send(&schema::bare(schema::DESTROY_AUTH_KEY)).await;
    client.receive_a(DESTROY_AUTH_KEY_OK).await;
    assert!(client.receive().await.is_none(), "then it closes");
    let mut client = again(&server, client).await;
    client.send(&common::ping(1)).await;
    assert_eq!(client.receive().await.expect("a refusal").body, (-404i32).to_le_bytes());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drain_finishes_what_runs_and_closes() {
    let server = Server::start().await;
    let mut client = Client::connect(&server, Framing::Intermediate, false).await;
    client.ping().await;
    let address = server.address;
    // It waits for a request that never comes, for three seconds.
    let request = client.request(&after(&[client.last_id + 400], &nearest())).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let draining = tokio::spawn(server.gateway.drain(Duration::from_secs(8)));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nothing new is accepted");
    assert_eq!(error_of(&client.result_of(request).await).0, 400);
    assert!(client.receive().await.is_none(), "then it closes");
    draining.await.expect("drains");
}

/// Whoever recorded a message and sends it again takes the session from nobody.
#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_message_does_not_take_a_session_away() {
    let server = Server::start().await;
    let mut client = Client::connect(&server, Framing::Intermediate, false).await;
    let (msg_id, body) = (client.next_id(), common::ping(1));
    let recorded = client.sealed(msg_id, 0, &body);
    client.plain.send(&recorded).await;
    client.receive_a(schema::PONG).await;
    let old = client.sealed((msg_id - (400 << 32)) & !3, 0, &body);
    // Its answer comes in three seconds.
    let request = client.request(&after(&[client.last_id + 400], &nearest())).await;
    for replayed in [recorded, old] {
        let mut thief = Plain::open(Stream::Tcp(server.dial().await), Framing::Intermediate, false).await;
        thief.send(&replayed).await;
        let heard = tokio::time::timeout(Duration::from_millis(500), thief.receive()).await;
        assert!(heard.is_err(), "nothing is said there");
    }
    assert_eq!(error_of(&client.result_of(request).await).0, 400);
    let mut client = again(&server, client).await;
    client.ping().await;
}
