//! A client, small enough to be wrong on purpose, against the session.

use super::limits::{CONTAINER_MAX_MESSAGES, DETAILED_INFO_MIN_BYTES, IDS_MAX, RENEW_AFTER_MS, UNACKED_MAX_BYTES};
use super::schema::*;
use super::*;
use crate::wire::{Reader, Writer, constructor_of};

mod messages;
mod order;
mod random;
mod resending;
mod service;

const START: ProtocolTime = ProtocolTime(1_700_000_000_500);
const SESSION_ID: i64 = 77;
/// Stands for any function of the API.
const FUNCTION: u32 = 0x1111_1111;

/// What the server wrote, containers taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Got {
    msg_id: i64,
    seq_no: i32,
    body: Vec<u8>,
    in_container: bool,
}

impl Got {
    fn constructor(&self) -> u32 {
        constructor_of(&self.body)
    }

    fn fields(&self) -> Reader<'_> {
        Reader::new(&self.body[4..])
    }
}

/// The client's side of one session.
struct Peer {
    session: Session,
    now: ProtocolTime,
    last_id: i64,
    content: i32,
    events: Vec<Event>,
}

impl Peer {
    /// A client whose session is announced already.
    fn new() -> Self {
        let mut peer = Self::fresh();
        peer.request();
        peer.events.clear();
        peer.read();
        peer
    }

    fn fresh() -> Self {
        let session = Session::new(SESSION_ID, 99, Salts::of_key(&[5; 256])).expect("the id is not zero");
        Self { session, now: START, last_id: 0, content: 0, events: Vec::new() }
    }

    fn salt(&self) -> i64 {
        Salts::of_key(&[5; 256]).current(self.now)
    }

    fn id(&mut self) -> i64 {
        self.last_id = (self.last_id + 4).max(self.now.msg_id() + 4);
        self.last_id
    }

    fn odd(&mut self) -> i32 {
        self.content += 1;
        self.content * 2 - 1
    }

    fn even(&self) -> i32 {
        self.content * 2
    }

    fn send_raw(&mut self, msg_id: i64, seq_no: i32, body: &[u8]) {
        let salt = self.salt();
        let message = Incoming { msg_id, seq_no, body };
        self.session.receive(salt, &message, self.now, &mut self.events).expect("no violation");
    }

    fn violates(&mut self, body: &[u8]) -> bool {
        let (msg_id, seq_no, salt) = (self.id(), self.even(), self.salt());
        let message = Incoming { msg_id, seq_no, body };
        self.session.receive(salt, &message, self.now, &mut self.events).is_err()
    }

    /// Sends a service message and returns its id.
    fn send(&mut self, body: &[u8]) -> i64 {
        let (msg_id, seq_no) = (self.id(), self.even());
        self.send_raw(msg_id, seq_no, body);
        msg_id
    }

    /// Sends a request and returns its id.
    fn request(&mut self) -> i64 {
        let (msg_id, seq_no) = (self.id(), self.odd());
        self.send_raw(msg_id, seq_no, &function());
        msg_id
    }

    fn answer(&mut self, request: i64, result: &[u8]) -> bool {
        self.session.answer(request, gzip::rpc_result(request, result), self.now)
    }

    /// Reads everything that waits, checking what holds for every server message.
    fn read(&mut self) -> Vec<Got> {
        self.envelopes().into_iter().flatten().collect()
    }

    fn envelopes(&mut self) -> Vec<Vec<Got>> {
        let mut all = Vec::new();
        let mut plain = Vec::new();
        while let Some(header) = self.session.pack(self.now, &mut plain) {
            assert_eq!((header.salt, header.session_id), (self.salt(), SESSION_ID));
            all.push(take_apart(header.msg_id, header.seq_no, &plain));
            plain.clear();
        }
        all
    }

    fn bad_codes(&mut self) -> Vec<(i64, i32)> {
        let bad = |got: &Got| {
            let mut fields = got.fields();
            let msg_id = fields.long().expect("bad_msg_id");
            fields.int().expect("bad_msg_seqno");
            (msg_id, fields.int().expect("error_code"))
        };
        let is_bad = |got: &&Got| matches!(got.constructor(), BAD_MSG_NOTIFICATION | BAD_SERVER_SALT);
        self.read().iter().filter(is_bad).map(bad).collect()
    }

    fn requests(&mut self) -> Vec<i64> {
        let ids = self.events.iter().filter_map(|event| match event {
            Event::Rpc { msg_id, .. } => Some(*msg_id),
            _ => None,
        });
        let ids = ids.collect();
        self.events.clear();
        ids
    }
}

fn take_apart(msg_id: i64, seq_no: i32, body: &[u8]) -> Vec<Got> {
    assert!(matches!(msg_id % 4, 1 | 3), "server ids are 1 or 3 modulo 4");
    if constructor_of(body) != MSG_CONTAINER {
        return vec![Got { msg_id, seq_no, body: body.to_vec(), in_container: false }];
    }
    assert_eq!(seq_no % 2, 0);
    let mut inner = Reader::new(&body[4..]);
    let count = inner.size().expect("count");
    let all: Vec<Got> = (0..count).flat_map(|_| read_message(&mut inner)).collect();
    assert_eq!(inner.end(), Ok(()));
    assert!(all.iter().all(|one| one.msg_id < msg_id), "inner ids are below the container's");
    all.into_iter().map(|one| Got { in_container: true, ..one }).collect()
}

fn read_message(reader: &mut Reader<'_>) -> Vec<Got> {
    let (msg_id, seq_no) = (reader.long().expect("msg_id"), reader.int().expect("seq_no"));
    let length = reader.size().expect("length");
    take_apart(msg_id, seq_no, reader.take(length).expect("body"))
}

fn function() -> Bytes {
    Writer::sized(FUNCTION, 8).int(1).done().into()
}

fn ping(ping_id: i64) -> Bytes {
    Writer::sized(PING, 12).long(ping_id).done().into()
}

fn container(messages: &[(i64, i32, Bytes)]) -> Bytes {
    let start = Writer::object(MSG_CONTAINER).size(messages.len());
    let add = |writer: Writer, (msg_id, seq_no, body): &(i64, i32, Bytes)| {
        writer.long(*msg_id).int(*seq_no).size(body.len()).raw(body)
    };
    messages.iter().fold(start, add).done().into()
}
