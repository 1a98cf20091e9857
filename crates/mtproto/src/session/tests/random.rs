//! Whatever a client sends in whatever order: no panic, bounded memory, rising ids, nothing done twice.

use super::super::limits::{OUTBOX_MAX_BYTES, UNACKED_MAX_BYTES};
use super::*;
use proptest::prelude::*;
use std::collections::HashSet;

/// What happens to a session.
#[derive(Clone, Debug)]
enum Deed {
    /// A message whose id is so many steps from the latest, and whose number is off by so much.
    Send { step: i64, seq_no_off: i32, body: Vec<u8>, is_salted: bool },
    /// The oldest request that runs is answered with so many bytes.
    Answer(usize),
    /// An update of so many bytes.
    Push(usize),
    /// The client acknowledges the latest so many messages.
    Acknowledge(usize),
    /// Everything that waits is written.
    Read,
    /// Another connection.
    Reconnect,
    /// Time passes, in milliseconds.
    Pass(i64),
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let constructors = prop::sample::select(vec![
        FUNCTION,
        PING,
        PING_DELAY_DISCONNECT,
        MSGS_ACK,
        MSGS_STATE_REQ,
        MSG_RESEND_REQ,
        MSG_RESEND_ANS_REQ,
        MSG_CONTAINER,
        GZIP_PACKED,
        GET_FUTURE_SALTS,
        RPC_DROP_ANSWER,
        DESTROY_SESSION,
        DESTROY_AUTH_KEY,
        HTTP_WAIT,
    ]);
    let rest = prop::collection::vec(any::<u32>(), 0..12);
    (constructors, rest).prop_map(|(constructor, rest)| {
        rest.iter().fold(Writer::object(constructor), |writer, word| writer.constructor(*word)).done()
    })
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        6 => (-40i64..40, -3i32..4, body(), prop::bool::weighted(0.95))
            .prop_map(|(step, seq_no_off, body, is_salted)| Deed::Send { step, seq_no_off, body, is_salted }),
        3 => (0usize..100_000).prop_map(Deed::Answer),
        2 => (0usize..100_000).prop_map(Deed::Push),
        1 => (0usize..20).prop_map(Deed::Acknowledge),
        2 => Just(Deed::Read),
        1 => Just(Deed::Reconnect),
        1 => (0i64..200_000).prop_map(Deed::Pass),
    ]
}

/// A client that does these deeds, and what it holds the server to.
struct Random {
    peer: Peer,
    last_server_id: i64,
    sent: Vec<i64>,
    running: Vec<i64>,
    begun: HashSet<i64>,
    is_over: bool,
}

impl Random {
    fn new() -> Self {
        let (running, begun) = (Vec::new(), HashSet::new());
        Self { peer: Peer::fresh(), last_server_id: 0, sent: Vec::new(), running, begun, is_over: false }
    }

    fn act(&mut self, deed: Deed) {
        let now = self.peer.now;
        match deed {
            Deed::Send { step, seq_no_off, body, is_salted } => self.send(step, seq_no_off, &body, is_salted),
            Deed::Answer(bytes) if !self.running.is_empty() => {
                let request = self.running.remove(0);
                self.peer.session.answer(request, schema::rpc_result(request, &vec![1; bytes / 4 * 4]), now);
            }
            Deed::Push(bytes) => {
                self.peer.session.push(vec![2; bytes / 4 * 4].into(), now);
            }
            Deed::Acknowledge(count) => {
                let ids: Vec<i64> = self.sent.iter().rev().take(count).copied().collect();
                self.send(1, 0, &msgs_ack(&ids), true);
            }
            Deed::Read => self.read(),
            Deed::Reconnect => self.peer.session.reconnected(now),
            Deed::Pass(milliseconds) => self.peer.now.0 += milliseconds,
            Deed::Answer(_) => {}
        }
    }

    fn send(&mut self, step: i64, seq_no_off: i32, body: &[u8], is_salted: bool) {
        let is_odd = i32::from(constructor_of(body) == FUNCTION || constructor_of(body) == GZIP_PACKED);
        self.peer.content += is_odd;
        let seq_no = self.peer.content * 2 - is_odd + seq_no_off;
        let msg_id = self.peer.id() + step * 4;
        let salt = if is_salted { self.peer.salt() } else { 0 };
        let message = Incoming { msg_id, seq_no, body };
        let Peer { session, now, events, .. } = &mut self.peer;
        self.is_over = session.receive(salt, &message, *now, events).is_err();
        for event in self.peer.events.drain(..) {
            if let Event::Rpc { msg_id, .. } = event {
                assert!(self.begun.insert(msg_id), "a request is begun once");
                self.running.push(msg_id);
            }
        }
    }

    fn read(&mut self) {
        let mut body = Vec::new();
        while let Some(header) = self.peer.session.pack(self.peer.now, &mut body) {
            assert!(header.msg_id > self.last_server_id, "the ids of envelopes rise");
            self.last_server_id = header.msg_id;
            let inner = take_apart(header.msg_id, header.seq_no, &body);
            self.sent.extend(inner.iter().map(|got| got.msg_id));
            body.clear();
        }
        assert!(!self.peer.session.has_output(self.peer.now));
        assert!(self.peer.session.kept_bytes() <= UNACKED_MAX_BYTES);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_session_keeps_its_promises(deeds in prop::collection::vec(deed(), 1..120)) {
        let mut random = Random::new();
        for deed in deeds {
            random.act(deed);
            if random.is_over || random.peer.session.is_overfull() {
                break;
            }
            prop_assert!(random.peer.session.kept_bytes() <= OUTBOX_MAX_BYTES + UNACKED_MAX_BYTES);
        }
        random.read();
    }
}
