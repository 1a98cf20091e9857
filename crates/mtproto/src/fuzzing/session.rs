//! Script: what happens, then its bytes, again and again. 0 answers the oldest request, 1 pushes an update, 2 writes all
//! that waits, 3 is another connection, 4 lets time pass; else a message comes: how far its id is from the latest, its
//! number, its length and its body.

use std::collections::VecDeque;

use super::Script;
use crate::session::limits::{OUTBOX_MAX_BYTES, UNACKED_MAX_BYTES};
use crate::session::{Event, Incoming, ProtocolTime, Salts, Session, rpc_result};

const MOST_BYTES: usize = 1 << 18;
const START_MS: i64 = 1_700_000_000_000;

/// Feeds a session messages that only the holder of its key can send.
///
/// # Panics
/// When the ids of its envelopes do not rise, or it keeps more than it may.
pub fn session(input: &[u8]) {
    let mut script = Script::new(&input[..input.len().min(MOST_BYTES)]);
    let salts = Salts::of_key(&[0x5e; 256]);
    let mut run = Run {
        session: Session::new(1, 2, salts).expect("the id is not zero"),
        salts,
        now: ProtocolTime(START_MS),
        last_id: ProtocolTime(START_MS).msg_id(),
        last_written: 0,
        requests: VecDeque::new(),
    };
    while !script.is_over() && run.step(&mut script) {
        let kept = run.session.kept_bytes();
        assert!(run.session.is_overfull() || kept <= OUTBOX_MAX_BYTES + UNACKED_MAX_BYTES, "{kept} bytes are kept");
    }
    run.write();
}

struct Run {
    session: Session,
    salts: Salts,
    now: ProtocolTime,
    last_id: i64,
    last_written: i64,
    requests: VecDeque<i64>,
}

impl Run {
    /// False when the session is over.
    fn step(&mut self, script: &mut Script<'_>) -> bool {
        match script.byte() % 16 {
            0 => self.answer(script),
            1 => drop(self.session.push(words(script), self.now)),
            2 => self.write(),
            3 => self.session.reconnected(self.now),
            4 => self.now.0 += i64::from(script.word()) * 16,
            _ => return self.receive(script),
        }
        !self.session.is_overfull()
    }

    fn answer(&mut self, script: &mut Script<'_>) {
        if let Some(request) = self.requests.pop_front() {
            self.session.answer(request, rpc_result(request, &words(script)), self.now);
        }
    }

    fn receive(&mut self, script: &mut Script<'_>) -> bool {
        self.last_id = self.last_id.max(self.now.msg_id()) + i64::from(script.byte().cast_signed()) * 2;
        let seq_no = i32::from(script.byte());
        let length = usize::from(script.word()) / 64 * 4;
        let message = Incoming { msg_id: self.last_id, seq_no, body: script.take(length) };
        let mut events = Vec::new();
        let salt = self.salts.current(self.now);
        let is_allowed = self.session.receive(salt, &message, self.now, &mut events).is_ok();
        self.requests.extend(events.into_iter().filter_map(|event| match event {
            Event::Rpc { msg_id, .. } => Some(msg_id),
            _ => None,
        }));
        is_allowed
    }

    fn write(&mut self) {
        let mut body = Vec::new();
        while let Some(header) = self.session.pack(self.now, &mut body) {
            assert!(header.msg_id > self.last_written && body.len().is_multiple_of(4));
            self.last_written = header.msg_id;
            body.clear();
        }
    }
}

/// A body of whole words.
fn words(script: &mut Script<'_>) -> bytes::Bytes {
    vec![7; usize::from(script.word()) / 4 * 4].into()
}
