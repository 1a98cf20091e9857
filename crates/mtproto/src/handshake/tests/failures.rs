//! K2, K3, K4, K14: what everybody on the wire can see to be wrong, and order.

use crypto::SystemEntropy;

use super::by_hand::{ByHand, NOW, begun, feed, opened, reply, req_pq, server_keys};
use crate::client::Padding;
use crate::handshake::{Handshake, Step, Verdict, ids};
use crate::limits::{HANDSHAKE_SECONDS, HANDSHAKE_STARTS};
use crate::wire::Writer;

/// K2, K14: refused now, and refused for ever.
#[track_caller]
pub(super) fn assert_dead(server: &mut Handshake, step: &Step, name: &str) {
    assert!(matches!(step, Step::Refuse), "{name}: {step:?}");
    for _ in 0..2 {
        assert!(matches!(feed(server, &req_pq(&[9; 16])), Step::Refuse), "{name}: the exchange lives on");
    }
    assert!(!server.is_busy());
}

/// K1: what is no request.
#[test]
fn other_first_messages_are_refused() {
    let cases = [
        ("empty", Vec::new()),
        ("cut in its number", vec![0x78, 0x97, 0x46]),
        ("without its nonce", Writer::object(ids::REQ_PQ_MULTI).done()),
        ("with half a nonce", Writer::object(ids::REQ_PQ_MULTI).raw(&[1; 8]).done()),
        ("with too much behind it", Writer::object(ids::REQ_PQ_MULTI).raw(&[1; 16 + 256]).done()),
        ("unknown", Writer::object(0xdead_beef).raw(&[1; 16]).done()),
        ("an answer", Writer::object(ids::RES_PQ).raw(&[1; 16]).done()),
        ("out of order", Writer::object(ids::REQ_DH_PARAMS).raw(&[1; 16]).done()),
    ];
    for (name, body) in cases {
        let mut server = Handshake::new();
        let step = feed(&mut server, &body);
        assert_dead(&mut server, &step, name);
    }
}

type Change = fn(&mut ByHand);

/// K2, K3, K4: the clear part of `req_DH_params`.
#[test]
fn a_second_message_that_does_not_fit_is_refused_before_any_work() {
    let cases: [(&str, Change); 10] = [
        ("another nonce", |client| client.nonce[0] ^= 1),
        ("another server_nonce", |client| client.server_nonce[15] ^= 1),
        ("no server_nonce", |client| client.server_nonce = [0; 16]),
        ("factors swapped", |client| std::mem::swap(&mut client.p, &mut client.q)),
        ("another p", |client| client.p += 2),
        ("another q", |client| client.q -= 2),
        ("p twice", |client| client.q = client.p),
        ("one as a factor", |client| (client.p, client.q) = (1, client.q)),
        ("an unknown key", |client| client.fingerprint ^= 1),
        ("no key", |client| client.fingerprint = 0),
    ];
    for (name, change) in cases {
        let mut server = Handshake::new();
        let mut client = begun(&mut server);
        let encrypted = client.encrypted(Padding::Modern);
        change(&mut client);
        let step = server.on_plain(NOW, &client.req_dh_params(&encrypted), server_keys(), &mut SystemEntropy);
        assert_dead(&mut server, &step, name);
    }
}

/// K2: the clear part of `set_client_DH_params`.
#[test]
fn a_last_message_with_other_nonces_is_refused_before_any_work() {
    let cases: [(&str, Change); 5] = [
        ("another nonce", |client| client.nonce[0] ^= 1),
        ("no nonce", |client| client.nonce = [0; 16]),
        ("another server_nonce", |client| client.server_nonce[15] ^= 1),
        ("no server_nonce", |client| client.server_nonce = [0; 16]),
        ("nonces swapped", |client| std::mem::swap(&mut client.nonce, &mut client.server_nonce)),
    ];
    for (name, change) in cases {
        let mut server = Handshake::new();
        let mut client = opened(&mut server);
        let encrypted = client.sealed(&client.client_data(super::by_hand::share().public()));
        change(&mut client);
        let step = server.on_plain(NOW, &client.set_client_dh_params(&encrypted), server_keys(), &mut SystemEntropy);
        assert_dead(&mut server, &step, name);
    }
}

/// K14: each message has its place, and each is used once.
#[test]
fn messages_out_of_order_are_refused() {
    let mut server = Handshake::new();
    let client = begun(&mut server);
    let step = feed(&mut server, &client.good_last_message());
    assert_dead(&mut server, &step, "the last before the second");

    let mut server = Handshake::new();
    let client = opened(&mut server);
    let step = feed(&mut server, &client.req_dh_params(&client.encrypted(Padding::Modern)));
    assert_dead(&mut server, &step, "the second twice");

    let mut server = Handshake::new();
    let client = begun(&mut server);
    let request = client.req_dh_params(&client.encrypted(Padding::Modern));
    let Step::Compute(_) = server.on_plain(NOW, &request, server_keys(), &mut SystemEntropy) else { panic!("a job") };
    let step = feed(&mut server, &request);
    assert_dead(&mut server, &step, "the second again while the first is computed");

    let mut server = Handshake::new();
    let client = opened(&mut server);
    let Step::Store(_) = feed(&mut server, &client.good_last_message()) else { panic!("a key is due") };
    let step = feed(&mut server, &client.good_last_message());
    assert_dead(&mut server, &step, "the last again while its key is stored");

    let mut server = Handshake::new();
    let client = opened(&mut server);
    let Step::Store(key) = feed(&mut server, &client.good_last_message()) else { panic!("a key is due") };
    reply(server.on_stored(key.key.id(), Verdict::Durable));
    let step = feed(&mut server, &client.good_last_message());
    assert_dead(&mut server, &step, "the last again after it was answered");
}

/// A verdict or a result that arrives after a failure changes nothing.
#[test]
fn the_dead_stay_dead() {
    let mut server = Handshake::new();
    let client = opened(&mut server);
    let Step::Store(key) = feed(&mut server, &client.good_last_message()) else { panic!("a key is due") };
    let step = feed(&mut server, &[]);
    assert_dead(&mut server, &step, "rubbish");
    assert!(matches!(server.on_stored(key.key.id(), Verdict::Durable), Step::Nothing));
    assert!(matches!(feed(&mut server, &req_pq(&[1; 16])), Step::Refuse));
}

/// K14: the deadline counts from the first message and is not moved by later ones.
#[test]
fn an_exchange_expires() {
    let last = NOW + i32::try_from(HANDSHAKE_SECONDS).expect("short");
    for (now, is_accepted) in [(NOW, true), (last, true), (last + 1, false), (i32::MAX, false)] {
        let mut server = Handshake::new();
        let client = begun(&mut server);
        assert_eq!(server.deadline(), Some(i64::from(last)));
        let request = client.req_dh_params(&client.encrypted(Padding::Modern));
        let step = server.on_plain(now, &request, server_keys(), &mut SystemEntropy);
        assert_eq!(matches!(step, Step::Compute(_)), is_accepted, "{now}");

        let mut server = Handshake::new();
        let client = opened(&mut server);
        let step = server.on_plain(now, &client.good_last_message(), server_keys(), &mut SystemEntropy);
        assert_eq!(matches!(step, Step::Compute(_)), is_accepted, "{now}");
        if !is_accepted {
            assert_dead(&mut server, &step, "expired");
        }
    }
}

/// K14: a connection cannot ask for offers without end.
#[test]
fn beginnings_are_bounded() {
    let mut server = Handshake::new();
    for _ in 0..HANDSHAKE_STARTS {
        reply(feed(&mut server, &req_pq(&[1; 16])));
    }
    let step = feed(&mut server, &req_pq(&[1; 16]));
    assert_dead(&mut server, &step, "one too many");
}

#[test]
fn nothing_secret_is_printed() {
    let mut server = Handshake::new();
    let client = opened(&mut server);
    let printed = format!("{server:?}");
    assert!(!printed.contains(&format!("{:?}", client.new_nonce)), "{printed}");
    assert!(printed.contains("Exchange { retries: 0, .. }"), "{printed}");
}
