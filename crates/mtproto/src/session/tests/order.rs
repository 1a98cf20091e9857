//! Sequence numbers and containers (E8, E9).

use super::*;

#[test]
fn requests_are_odd_containers_even_and_service_messages_either() {
    let mut peer = Peer::new();
    for _ in 0..5 {
        let (msg_id, seq_no) = (peer.id(), peer.even());
        peer.send_raw(msg_id, seq_no, &function());
        assert_eq!(peer.bad_codes(), [(msg_id, 35)]);
        let msg_id = peer.id();
        peer.send_raw(msg_id, seq_no + 1, &container(&[(1, 1, function())]));
        assert_eq!(peer.bad_codes(), [(msg_id, 34)]);
    }
    for seq_no in [peer.even(), peer.odd()] {
        let msg_id = peer.id();
        peer.send_raw(msg_id, seq_no, &msgs_ack(&[1]));
        assert_eq!(peer.bad_codes(), [], "mtcute's acknowledgements are odd");
    }
    for seq_no in [peer.even(), peer.odd()] {
        let msg_id = peer.id();
        peer.send_raw(msg_id, seq_no, &ping(1));
        assert!(peer.read().iter().any(|got| got.constructor() == PONG), "pings come either way");
    }
}

#[test]
fn sequence_numbers_must_rise_with_ids() {
    let mut peer = Peer::new();
    let early: Vec<i64> = (0..5).map(|_| peer.id()).collect();
    let (msg_id, _) = (peer.id(), ());
    peer.send_raw(msg_id, 101, &function());
    assert_eq!(peer.requests().len(), 1);
    for bad in [1, 3, 99, 101] {
        let msg_id = peer.id();
        peer.send_raw(msg_id, bad, &function());
        assert_eq!(peer.bad_codes(), [(msg_id, 32)], "{bad}");
    }
    for (msg_id, bad) in early.iter().zip([101, 103, 105, i32::MAX]) {
        peer.send_raw(*msg_id, bad, &function());
        assert_eq!(peer.bad_codes(), [(*msg_id, 33)], "{bad}");
    }
    peer.send_raw(early[4], 99, &function());
    assert_eq!(peer.requests(), [early[4]], "late, but in order");
}

fn full(peer: &mut Peer, count: usize) -> Vec<(i64, i32, Bytes)> {
    (0..count).map(|_| (peer.id(), peer.odd(), function())).collect()
}

#[test]
fn a_container_of_many_messages_is_taken() {
    for count in [1, 2, 1020, CONTAINER_MAX_MESSAGES] {
        let mut peer = Peer::fresh();
        let inner = full(&mut peer, count);
        peer.send(&container(&inner));
        assert_eq!(peer.requests(), inner.iter().map(|one| one.0).collect::<Vec<_>>());
        let got = peer.read();
        assert_eq!((got[0].constructor(), got[0].fields().long()), (NEW_SESSION_CREATED, Ok(inner[0].0)));
    }
}

#[test]
fn a_container_is_refused_as_a_whole() {
    let mut peer = Peer::new();
    let too_many = full(&mut peer, CONTAINER_MAX_MESSAGES + 1);
    let good = (peer.id(), peer.odd(), function());
    let other = (peer.id(), peer.odd(), function());
    let far = (peer.last_id + 400, 2_000_001, function());
    let nested = (peer.id(), peer.even(), container(std::slice::from_ref(&good)));
    let mut cut = container(std::slice::from_ref(&good)).to_vec();
    cut.truncate(cut.len() - 4);
    let mut longer = container(std::slice::from_ref(&good)).to_vec();
    longer.extend_from_slice(&[0; 4]);
    let bad: [Bytes; 9] = [
        container(&too_many),
        container(&[good.clone(), nested]),
        container(&[good.clone(), far]),
        container(&[good.clone(), other.clone(), good.clone()]),
        container(&[good.clone(), (other.0, other.1, Bytes::from_static(b"abcde"))]),
        container(&[]),
        cut.into(),
        longer.into(),
        Writer::object(MSG_CONTAINER).constructor(u32::MAX).done().into(),
    ];
    for body in bad {
        let msg_id = peer.send(&body);
        assert_eq!(peer.bad_codes(), [(msg_id, 64)]);
        assert!(peer.events.is_empty());
    }
    peer.send(&container(&[good.clone(), other]));
    assert_eq!(peer.requests().len(), 2, "nothing of the refused ones was remembered");
}

#[test]
fn one_unacceptable_message_refuses_its_container_by_its_own_code() {
    let mut peer = Peer::new();
    let old = ((START.seconds() - 301) << 32) + 4;
    for (wrong, code) in [((old, 1), 16), ((peer.now.msg_id() + 2, 3), 18), ((0, 4), 35), ((0, 1), 32)] {
        let good = (peer.id(), peer.odd(), function());
        let id = if wrong.0 == 0 { peer.id() } else { wrong.0 };
        let msg_id = peer.send(&container(&[good, (id, wrong.1, function())]));
        assert_eq!(peer.bad_codes(), [(msg_id, code)]);
        assert!(peer.events.is_empty());
    }
}

#[test]
fn the_id_of_a_container_is_never_used_again() {
    let mut peer = Peer::new();
    let inner = full(&mut peer, 2);
    let (msg_id, seq_no) = (peer.id(), peer.even());
    peer.send_raw(msg_id, seq_no, &container(&inner));
    assert_eq!(peer.requests().len(), 2);
    for _ in 0..5 {
        peer.send_raw(msg_id, seq_no, &container(&inner));
        assert_eq!(peer.bad_codes(), [(msg_id, 19)]);
        assert!(peer.events.is_empty());
    }
}

#[test]
fn duplicates_in_a_container_are_not_done_again() {
    let mut peer = Peer::new();
    let first = (peer.id(), peer.odd(), function());
    peer.send_raw(first.0, first.1, &first.2);
    let second = (peer.id(), peer.odd(), function());
    peer.send(&container(&[first.clone(), second.clone()]));
    assert_eq!(peer.requests(), [first.0, second.0]);
}
