//! Packing, acknowledgements, repetition after a reconnect, server ids (E14, E16).

use super::*;

#[test]
fn what_waits_travels_in_one_container_with_the_acknowledgements() {
    let mut peer = Peer::new();
    let (first, second) = (peer.request(), peer.request());
    peer.answer(first, b"....");
    peer.session.push(Bytes::from_static(b"push"), peer.now);
    let envelopes = peer.envelopes();
    assert_eq!(envelopes.len(), 1);
    let ack = envelopes[0].iter().find(|got| got.constructor() == MSGS_ACK).expect("acknowledgements");
    let ids: Vec<i64> = ack.fields().longs(9).expect("ids").collect();
    assert!(ids.contains(&second) && !ids.contains(&first), "an answer acknowledges its request");
}

#[test]
fn an_answer_alone_is_not_wrapped() {
    let mut peer = Peer::new();
    let request = peer.request();
    peer.answer(request, b"....");
    peer.session.acks.clear();
    let got = peer.read();
    assert_eq!((got.len(), got[0].in_container, got[0].seq_no % 2), (1, false, 1));
    assert_eq!(got[0].msg_id % 4, 1);
    peer.session.push(Bytes::from_static(b"push"), peer.now);
    assert_eq!(peer.read()[0].msg_id % 4, 3);
}

#[test]
fn unacknowledged_messages_come_again_after_a_reconnect_in_a_container() {
    let mut peer = Peer::new();
    let request = peer.request();
    peer.answer(request, b"....");
    let first = peer.read();
    let result = first.iter().find(|got| got.constructor() == RPC_RESULT).expect("a result").clone();
    peer.session.reconnected(peer.now);
    let again = peer.read();
    let same = again.iter().find(|got| got.msg_id == result.msg_id).expect("again");
    assert!(same.in_container && same.body == result.body && same.seq_no == result.seq_no);
    peer.send(&msgs_ack(&again.iter().map(|got| got.msg_id).collect::<Vec<_>>()));
    peer.read();
    peer.session.reconnected(peer.now);
    assert!(peer.read().is_empty(), "acknowledged: not again");
}

#[test]
fn after_240_seconds_only_under_a_new_id() {
    for (age, same_id) in [(RENEW_AFTER_MS - 1, true), (RENEW_AFTER_MS, false), (RENEW_AFTER_MS * 3, false)] {
        let mut peer = Peer::new();
        let request = peer.request();
        peer.answer(request, b"....");
        let first = peer.read();
        let result = first.iter().find(|got| got.constructor() == RPC_RESULT).expect("a result").clone();
        peer.now.0 += age;
        peer.session.reconnected(peer.now);
        let again = peer.read();
        let same = again.iter().find(|got| got.body == result.body).expect("again");
        assert_eq!(same.msg_id == result.msg_id, same_id, "{age}");
        assert!(same.msg_id >> 32 >= peer.now.seconds() - 300, "Pyrogram closes on older ones");
    }
}

#[test]
fn what_waited_without_a_connection_gets_a_new_id_too() {
    let mut peer = Peer::new();
    peer.session.push(Bytes::from_static(b"push"), peer.now);
    peer.now.0 += RENEW_AFTER_MS + 60_000;
    assert!(peer.read().iter().all(|got| got.msg_id >> 32 >= peer.now.seconds() - 1));
}

#[test]
fn long_answers_are_announced_and_come_on_demand() {
    let mut peer = Peer::new();
    let request = peer.request();
    peer.session.answer(request, vec![1; DETAILED_INFO_MIN_BYTES].into(), peer.now);
    let answer = peer.read().into_iter().find(|got| got.body.len() > 1000).expect("the answer");
    peer.session.reconnected(peer.now);
    let info = peer.read().into_iter().find(|got| got.constructor() == MSG_DETAILED_INFO).expect("the notice");
    let mut fields = info.fields();
    assert_eq!((fields.long(), fields.long()), (Ok(request), Ok(answer.msg_id)));
    assert_eq!(fields.int(), Ok(i32::try_from(DETAILED_INFO_MIN_BYTES).expect("small")));
    peer.send(&Writer::object(MSG_RESEND_REQ).longs(&[answer.msg_id]).done());
    assert!(peer.read().iter().any(|got| got.msg_id == answer.msg_id && got.body == answer.body));
    peer.send(&Writer::object(MSG_RESEND_ANS_REQ).longs(&[request]).done());
    assert!(peer.read().iter().any(|got| got.msg_id == answer.msg_id && got.body == answer.body));
}

#[test]
fn what_cannot_be_sent_again_is_told() {
    let mut peer = Peer::new();
    for unknown in [0, 1, 4, i64::MAX, i64::MIN] {
        for constructor in [MSG_RESEND_REQ, MSG_RESEND_ANS_REQ] {
            peer.send(&Writer::object(constructor).longs(&[unknown]).done());
            assert!(peer.read().iter().any(|got| got.constructor() == MSGS_STATE_INFO));
        }
    }
}

#[test]
fn memory_for_the_unacknowledged_is_bounded() {
    let mut peer = Peer::new();
    for _ in 0..200 {
        peer.session.push(vec![0; 20_000].into(), peer.now);
        peer.read();
        assert!(peer.session.kept_bytes() <= UNACKED_MAX_BYTES);
    }
    peer.session.reconnected(peer.now);
    assert!(peer.read().iter().any(|got| got.constructor() == UPDATES_TOO_LONG), "forgotten updates are confessed");
    peer.session.shrink_to(100);
    assert!(peer.session.kept_bytes() <= 100);
}

#[test]
fn updates_for_a_slow_reader_are_left_out_and_confessed_later() {
    let mut peer = Peer::new();
    let taken = (0..100).filter(|_| peer.session.push(vec![0; 20_000].into(), peer.now)).count();
    assert!(taken < 20);
    assert!(!peer.session.is_overfull());
    let got = peer.read();
    assert_eq!(got.last().expect("messages").constructor(), UPDATES_TOO_LONG);
}

#[test]
fn server_ids_rise_whatever_the_clock_does() {
    let mut peer = Peer::new();
    let mut last = 0;
    for step in [0, 0, 0, 5, -60_000, -3_600_000, 0, 1] {
        peer.now.0 += step;
        peer.session.push(Bytes::from_static(b"push"), peer.now);
        let msg_id = peer.session.outbox.pack(&[], peer.now, &mut Vec::new()).expect("it waits").msg_id;
        assert!(msg_id > last && matches!(msg_id % 4, 1 | 3));
        last = msg_id;
    }
}

#[test]
fn the_same_message_is_never_in_two_lone_envelopes() {
    let mut peer = Peer::new();
    peer.session.acks.clear();
    peer.session.push(Bytes::from_static(b"push"), peer.now);
    let mut lone = Vec::new();
    for _ in 0..5 {
        lone.extend(peer.read().into_iter().filter(|got| !got.in_container).map(|got| got.msg_id));
        peer.session.reconnected(peer.now);
    }
    let before = lone.len();
    lone.dedup();
    assert_eq!(lone.len(), before);
}
