//! Service messages (E10, E15 and the rest of the page).

use super::*;

#[test]
fn pings_are_answered_and_may_set_a_deadline() {
    let mut peer = Peer::new();
    let msg_id = peer.send(&ping(5));
    let pong = peer.read().into_iter().find(|got| got.constructor() == PONG).expect("a pong");
    let mut fields = pong.fields();
    assert_eq!((fields.i64(), fields.i64(), pong.seq_no % 2), (Ok(msg_id), Ok(5), 0));
    peer.send(&Writer::new(PING_DELAY_DISCONNECT, 0).i64(6).i32(75).finish());
    assert_eq!(peer.events, [Event::DisconnectAfter { seconds: 75 }]);
}

#[test]
fn malformed_service_messages_are_violations() {
    for body in [
        bare(PING),
        Writer::new(PING, 0).i64(1).u32(0).finish(),
        bare(PING_DELAY_DISCONNECT),
        bare(MSGS_ACK),
        Writer::new(MSGS_ACK, 0).u32(1).u32(0).finish(),
        Writer::new(DESTROY_AUTH_KEY, 0).u32(0).finish(),
        Writer::new(HTTP_WAIT, 0).i32(1).finish(),
        bare(RPC_DROP_ANSWER),
    ] {
        assert!(Peer::new().violates(&body), "{body:?}");
    }
}

#[test]
fn lists_of_ids_are_bounded() {
    let most = vec![4; IDS_MAX];
    let more = vec![4; IDS_MAX + 1];
    for constructor in [MSGS_ACK, MSGS_STATE_REQ, MSG_RESEND_REQ, MSG_RESEND_ANS_REQ] {
        assert!(!Peer::new().violates(&Writer::new(constructor, 0).longs(&most).finish()));
        assert!(Peer::new().violates(&Writer::new(constructor, 0).longs(&more).finish()));
        assert!(Peer::new().violates(&Writer::new(constructor, 0).u32(0x1cb5_c415).u32(u32::MAX).finish()));
    }
}

#[test]
fn future_salts_are_promised_in_pairs_at_least() {
    let mut peer = Peer::new();
    for (asked, count) in [(1, 2), (64, 64), (0, 2), (-5, 2), (65, 64), (i32::MAX, 64)] {
        let msg_id = peer.send(&Writer::new(GET_FUTURE_SALTS, 0).i32(asked).finish());
        let got = peer.read().into_iter().find(|got| got.constructor() == FUTURE_SALTS).expect("salts");
        let mut fields = got.fields();
        assert_eq!((fields.i64(), fields.i32()), (Ok(msg_id), Ok(peer.now.date())));
        assert_eq!(fields.u32(), Ok(count));
        let (_, until) = (fields.i32().expect("since"), fields.i32().expect("until"));
        assert!(until > peer.now.date());
        assert_eq!(fields.i64(), Ok(peer.salt()), "the first is the current one");
        assert_eq!(fields.left(), (count as usize - 1) * 16);
    }
}

#[test]
fn states_of_messages_are_told() {
    let mut peer = Peer::new();
    let running = peer.request();
    let answered = peer.request();
    peer.answer(answered, b"....");
    let sent = peer.read();
    let acknowledged = peer.request();
    peer.answer(acknowledged, b"....");
    let result = peer.read().into_iter().find(|got| got.constructor() == RPC_RESULT).expect("a result");
    peer.send(&msgs_ack(&[result.msg_id]));
    let asked = [running, answered, acknowledged, running + 2, i64::MAX, 4];
    peer.send(&Writer::new(MSGS_STATE_REQ, 0).longs(&asked).finish());
    let got = peer.read().into_iter().find(|got| got.constructor() == MSGS_STATE_INFO).expect("states");
    let mut fields = got.fields();
    fields.i64().expect("req_msg_id");
    assert_eq!(fields.bytes(), Ok(&[36, 100, 228, 2, 3, 1][..]));
    assert!(!sent.is_empty());
}

#[test]
fn answers_can_be_dropped() {
    let mut peer = Peer::new();
    let drop_answer = |peer: &mut Peer, request: i64| {
        let (msg_id, seq_no) = (peer.id(), peer.odd());
        peer.send_raw(msg_id, seq_no, &Writer::new(RPC_DROP_ANSWER, 0).i64(request).finish());
        let got = peer.read();
        let is_answer = |got: &&Got| got.constructor() == RPC_RESULT && got.fields().i64() == Ok(msg_id);
        let result = got.iter().find(is_answer).expect("an answer").clone();
        constructor_of(&result.body[12..])
    };
    for unknown in [0, 4, i64::MAX, i64::MIN, peer.last_id + 8000] {
        assert_eq!(drop_answer(&mut peer, unknown), RPC_ANSWER_UNKNOWN);
    }
    let running = peer.request();
    assert_eq!(drop_answer(&mut peer, running), RPC_ANSWER_DROPPED_RUNNING);
    assert!(!peer.answer(running, b"unwanted"));
    let got = peer.read().into_iter().find(|got| got.constructor() == RPC_RESULT).expect("an answer");
    assert_eq!(constructor_of(&got.body[12..]), RPC_ANSWER_DROPPED_RUNNING);
    let answered = peer.request();
    peer.answer(answered, b"....");
    peer.read();
    assert_eq!(drop_answer(&mut peer, answered), RPC_ANSWER_DROPPED);
    assert_eq!(drop_answer(&mut peer, answered), RPC_ANSWER_UNKNOWN);
}

#[test]
fn only_another_session_can_be_destroyed() {
    let mut peer = Peer::new();
    peer.send(&Writer::new(DESTROY_SESSION, 0).i64(SESSION_ID).finish());
    assert!(peer.events.is_empty());
    let constructors = |peer: &mut Peer| peer.read().iter().map(Got::constructor).collect::<Vec<_>>();
    assert!(constructors(&mut peer).contains(&DESTROY_SESSION_NONE));
    peer.send(&Writer::new(DESTROY_SESSION, 0).i64(5).finish());
    assert_eq!(peer.events, [Event::DestroySession { session_id: 5 }]);
    peer.session.session_destroyed(5, true, START);
    peer.session.session_destroyed(6, false, START);
    assert_eq!(constructors(&mut peer), [DESTROY_SESSION_OK, DESTROY_SESSION_NONE]);
}

#[test]
fn keys_are_destroyed_by_the_owner() {
    let mut peer = Peer::new();
    peer.send(&bare(DESTROY_AUTH_KEY));
    assert_eq!(peer.events, [Event::DestroyAuthKey]);
    for (outcome, constructor) in [
        (KeyDestruction::Done, DESTROY_AUTH_KEY_OK),
        (KeyDestruction::None, DESTROY_AUTH_KEY_NONE),
        (KeyDestruction::Failed, DESTROY_AUTH_KEY_FAIL),
    ] {
        peer.session.key_destroyed(outcome, START);
        assert!(peer.read().iter().any(|got| got.constructor() == constructor));
    }
}

#[test]
fn http_wait_is_passed_on() {
    let mut peer = Peer::new();
    peer.send(&Writer::new(HTTP_WAIT, 0).i32(1).i32(2).i32(3).finish());
    assert_eq!(peer.events, [Event::HttpWait { max_delay: 1, wait_after: 2, max_wait: 3 }]);
}
