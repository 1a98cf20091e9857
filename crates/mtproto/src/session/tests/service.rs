//! Service messages (E10, E15 and the rest of the page).

use super::*;

#[test]
fn pings_are_answered_and_may_set_a_deadline() {
    let mut peer = Peer::new();
    let msg_id = peer.send(&ping(5));
    let pong = peer.read().into_iter().find(|got| got.constructor() == PONG).expect("a pong");
    let mut fields = pong.fields();
    assert_eq!((fields.long(), fields.long(), pong.seq_no % 2), (Ok(msg_id), Ok(5), 0));
    peer.send(&Writer::object(PING_DELAY_DISCONNECT).long(6).int(75).done());
    assert_eq!(peer.events, [Event::DisconnectAfter { seconds: 75 }]);
}

#[test]
fn malformed_service_messages_are_violations() {
    for body in [
        bare(PING).to_vec(),
        Writer::object(PING).long(1).constructor(0).done(),
        bare(PING_DELAY_DISCONNECT).to_vec(),
        bare(MSGS_ACK).to_vec(),
        Writer::object(MSGS_ACK).constructor(1).constructor(0).done(),
        Writer::object(DESTROY_AUTH_KEY).constructor(0).done(),
        Writer::object(HTTP_WAIT).int(1).done(),
        bare(RPC_DROP_ANSWER).to_vec(),
    ] {
        assert!(Peer::new().violates(&body), "{body:?}");
    }
}

#[test]
fn lists_of_ids_are_bounded() {
    let most = vec![4; IDS_MAX];
    let more = vec![4; IDS_MAX + 1];
    for constructor in [MSGS_ACK, MSGS_STATE_REQ, MSG_RESEND_REQ, MSG_RESEND_ANS_REQ] {
        assert!(!Peer::new().violates(&Writer::object(constructor).longs(&most).done()));
        assert!(Peer::new().violates(&Writer::object(constructor).longs(&more).done()));
        assert!(
            Peer::new().violates(&Writer::object(constructor).constructor(0x1cb5_c415).constructor(u32::MAX).done())
        );
    }
}

#[test]
fn future_salts_are_promised_in_pairs_at_least() {
    let mut peer = Peer::new();
    for (asked, count) in [(1, 2), (64, 64), (0, 2), (-5, 2), (65, 64), (i32::MAX, 64)] {
        let msg_id = peer.send(&Writer::object(GET_FUTURE_SALTS).int(asked).done());
        let got = peer.read().into_iter().find(|got| got.constructor() == FUTURE_SALTS).expect("salts");
        let mut fields = got.fields();
        assert_eq!((fields.long(), fields.int()), (Ok(msg_id), Ok(peer.now.date())));
        assert_eq!(fields.size(), Ok(count));
        let (_, until) = (fields.int().expect("since"), fields.int().expect("until"));
        assert!(until > peer.now.date());
        assert_eq!(fields.long(), Ok(peer.salt()), "the first is the current one");
        assert_eq!(fields.rest().len(), (count - 1) * 16);
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
    peer.send(&Writer::object(MSGS_STATE_REQ).longs(&asked).done());
    let got = peer.read().into_iter().find(|got| got.constructor() == MSGS_STATE_INFO).expect("states");
    let mut fields = got.fields();
    fields.long().expect("req_msg_id");
    assert_eq!(fields.string(), Ok(&[36, 100, 228, 2, 3, 1][..]));
    assert!(!sent.is_empty());
}

#[test]
fn answers_can_be_dropped() {
    let mut peer = Peer::new();
    let drop_answer = |peer: &mut Peer, request: i64| {
        let (msg_id, seq_no) = (peer.id(), peer.odd());
        peer.send_raw(msg_id, seq_no, &Writer::object(RPC_DROP_ANSWER).long(request).done());
        let got = peer.read();
        let is_answer = |got: &&Got| got.constructor() == RPC_RESULT && got.fields().long() == Ok(msg_id);
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
    peer.send(&Writer::object(DESTROY_SESSION).long(SESSION_ID).done());
    assert!(peer.events.is_empty());
    let constructors = |peer: &mut Peer| peer.read().iter().map(Got::constructor).collect::<Vec<_>>();
    assert!(constructors(&mut peer).contains(&DESTROY_SESSION_NONE));
    peer.send(&Writer::object(DESTROY_SESSION).long(5).done());
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
    peer.send(&Writer::object(HTTP_WAIT).int(1).int(2).int(3).done());
    assert_eq!(peer.events, [Event::HttpWait { max_delay: 1, wait_after: 2, max_wait: 3 }]);
}
