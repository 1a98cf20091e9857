//! Salts, ids, duplicates, the announcement of a session, packed requests (E5, E6, E7, E11).

use super::super::limits::{INFLATED_ANY_RATIO_BYTES, INFLATED_FRAME_MAX_BYTES};
use super::*;

#[test]
fn a_session_id_of_zero_is_a_violation() {
    assert_eq!(Session::new(0, 1, Salts::of_key(&[5; 256])).err(), Some(Violation::ZeroSession));
    assert!(Session::new(-1, 1, Salts::of_key(&[5; 256])).is_ok());
}

#[test]
fn an_unknown_session_is_announced_once_before_the_rest() {
    let mut peer = Peer::fresh();
    let first = peer.request();
    let got = peer.read();
    assert_eq!(got[0].constructor(), NEW_SESSION_CREATED);
    assert_eq!(got[0].seq_no % 2, 1);
    let mut fields = got[0].fields();
    assert_eq!((fields.long(), fields.long(), fields.long()), (Ok(first), Ok(99), Ok(peer.salt())));
    peer.request();
    assert!(peer.read().iter().all(|got| got.constructor() != NEW_SESSION_CREATED));
}

#[test]
fn a_wrong_salt_is_answered_with_the_right_one_and_nothing_is_done() {
    let mut peer = Peer::fresh();
    let right = peer.salt();
    let (msg_id, body) = (peer.id(), function());
    for wrong in [0, 1, -1, right ^ 2, right.swap_bytes(), i64::MIN] {
        let message = Incoming { msg_id, seq_no: 1, body: &body };
        peer.session.receive(wrong, &message, START, &mut peer.events).expect("no violation");
        let got = peer.read();
        assert_eq!((got.len(), got[0].constructor()), (1, BAD_SERVER_SALT));
        let mut fields = got[0].fields();
        assert_eq!((fields.long(), fields.int(), fields.int(), fields.long()), (Ok(msg_id), Ok(1), Ok(48), Ok(right)));
        assert!(peer.events.is_empty());
    }
    peer.send_raw(msg_id, 1, &body);
    assert_eq!(peer.requests(), [msg_id], "the same message with the right salt is new");
}

#[test]
fn the_salt_of_the_hour_before_is_honoured_for_1800_seconds() {
    let mut peer = Peer::fresh();
    let old = peer.salt();
    let hour = (START.seconds() / 3600 + 1) * 3600;
    for (second, taken) in [(hour, true), (hour + 1799, true), (hour + 1800, false), (hour + 3600, false)] {
        peer.now = ProtocolTime(second * 1000);
        let (msg_id, seq_no, body) = (peer.id(), peer.odd(), function());
        let message = Incoming { msg_id, seq_no, body: &body };
        peer.session.receive(old, &message, peer.now, &mut peer.events).expect("no violation");
        assert_eq!(peer.requests() == [msg_id], taken, "{second}");
    }
}

#[test]
fn ids_out_of_time_or_with_wrong_bits_are_refused_by_their_codes() {
    let seconds = START.seconds();
    let cases = [
        ((seconds << 32) + 5, 18),
        ((seconds << 32) + 6, 18),
        ((seconds << 32) + 7, 18),
        (((seconds - 301) << 32) + 4, 16),
        (((seconds - 86_400) << 32) + 4, 16),
        (8, 16),
        (((seconds + 31) << 32) + 4, 17),
        (((seconds + 86_400) << 32) + 4, 17),
    ];
    for (msg_id, code) in cases {
        let mut peer = Peer::new();
        peer.send_raw(msg_id, 99, &function());
        assert_eq!(peer.bad_codes(), [(msg_id, code)]);
        assert!(peer.events.is_empty());
    }
}

#[test]
fn a_duplicate_is_acknowledged_but_not_done_again() {
    let mut peer = Peer::new();
    let (msg_id, seq_no) = (peer.id(), peer.odd());
    for _ in 0..6 {
        peer.send_raw(msg_id, seq_no, &function());
    }
    assert_eq!(peer.requests(), [msg_id]);
    assert!(peer.read().is_empty(), "acknowledgements wait for company");
    peer.now.0 += 1_000;
    let got = peer.read();
    assert_eq!(got[0].constructor(), MSGS_ACK);
    assert!(got[0].fields().longs(10).expect("ids").any(|id| id == msg_id));
}

#[test]
fn a_duplicate_of_an_answered_request_gets_the_same_answer_in_a_new_envelope() {
    let mut peer = Peer::new();
    let (msg_id, seq_no) = (peer.id(), peer.odd());
    peer.send_raw(msg_id, seq_no, &function());
    assert!(peer.answer(msg_id, b"data"));
    let first = peer.read();
    for _ in 0..5 {
        peer.send_raw(msg_id, seq_no, &function());
        let again = peer.read();
        assert!(again.iter().any(|got| got.in_container && got.msg_id == first[0].msg_id && got.body == first[0].body));
    }
    assert_eq!(peer.requests(), [msg_id]);
    let ack = msgs_ack(&[first[0].msg_id]);
    peer.send(&ack);
    peer.send_raw(msg_id, seq_no, &function());
    assert!(peer.read().iter().all(|got| got.constructor() != RPC_RESULT), "acknowledged: not said again");
    assert!(peer.requests().is_empty());
}

#[test]
fn an_answer_that_was_forgotten_is_code_20() {
    let mut peer = Peer::new();
    let (msg_id, seq_no) = (peer.id(), peer.odd());
    peer.send_raw(msg_id, seq_no, &function());
    peer.answer(msg_id, b"data");
    peer.read();
    for _ in 0..3 {
        let other = peer.request();
        peer.session.answer(other, vec![0; UNACKED_MAX_BYTES / 2].into(), peer.now);
        peer.read();
    }
    peer.send_raw(msg_id, seq_no, &function());
    assert_eq!(peer.bad_codes(), [(msg_id, 20)]);
}

fn zlib(plain: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(plain).expect("a vector takes all");
    Writer::object(GZIP_PACKED).string(&encoder.finish().expect("a vector takes all")).done()
}

#[test]
fn what_a_frame_inflates_to_is_bounded() {
    let mut peer = Peer::new();
    let steep = Bytes::from(zlib(&vec![0; INFLATED_ANY_RATIO_BYTES]));
    let inner: Vec<_> = (0..100).map(|_| (peer.id(), peer.odd(), steep.clone())).collect();
    peer.send(&container(&inner));
    let inflated = |event: &Event| matches!(event, Event::Rpc { body, .. } if body.len() == INFLATED_ANY_RATIO_BYTES);
    let taken = peer.events.iter().filter(|event| inflated(event)).count();
    assert_eq!(taken, INFLATED_FRAME_MAX_BYTES / INFLATED_ANY_RATIO_BYTES);
    let refused = peer.read().into_iter().filter(|got| got.constructor() == RPC_RESULT).filter(|got| {
        let mut fields = got.fields();
        (fields.long().is_ok(), fields.constructor(), fields.int()) == (true, Ok(RPC_ERROR), Ok(420))
    });
    assert_eq!(refused.count(), inner.len() - taken);
    peer.events.clear();
    let (msg_id, seq_no) = (peer.id(), peer.odd());
    peer.send_raw(msg_id, seq_no, &steep);
    assert_eq!(peer.events.len(), 1, "the next frame has room again");
}

#[test]
fn packed_requests_arrive_unpacked_and_bad_ones_are_answered() {
    let mut peer = Peer::new();
    let (msg_id, seq_no) = (peer.id(), peer.odd());
    peer.send_raw(msg_id, seq_no, &zlib(&function()));
    assert_eq!(peer.events, [Event::Rpc { msg_id, body: function() }]);
    peer.events.clear();
    let bad = [
        zlib(&zlib(&function())),
        zlib(&container(&[])),
        zlib(&vec![0; 2 << 20]),
        Writer::object(GZIP_PACKED).string(b"????").done(),
        Writer::object(GZIP_PACKED).constructor(u32::MAX).done(),
        bare(GZIP_PACKED).to_vec(),
    ];
    for body in bad {
        let (msg_id, seq_no) = (peer.id(), peer.odd());
        peer.send_raw(msg_id, seq_no, &body);
        assert!(peer.events.is_empty());
        let got = peer.read();
        let result = got.iter().find(|got| got.constructor() == RPC_RESULT).expect("an answer");
        let mut fields = result.fields();
        assert_eq!((fields.long(), fields.constructor(), fields.int()), (Ok(msg_id), Ok(RPC_ERROR), Ok(400)));
    }
}
