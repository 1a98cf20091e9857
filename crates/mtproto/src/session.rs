//! One session of the protocol, server's side: (auth key, session id) as a pure state machine.
//!
//! In go decrypted messages and the time; out come requests for the API and plaintexts to encrypt. It holds the salts,
//! the window of the client's msg_ids, the order of sequence numbers, containers, acknowledgements, repetition of what
//! was not acknowledged, and answers every service message. It knows no sockets, keys, tasks or clocks, and does not know
//! what a request means.

mod clock;
mod container;
mod gzip;
pub mod limits;
mod outbox;
mod salts;
pub mod schema;
mod seen;
mod service;

#[cfg(test)]
mod tests;

pub use clock::{ProtocolClock, ProtocolTime};
pub use gzip::{GzipError, rpc_result, unpack};
pub use salts::{FutureSalt, Salts};

use crate::envelope::Header;
use crate::wire::{Malformed, constructor_of};
use bytes::Bytes;
use limits::{ACK_DELAY_MS, ACK_MAX_WAITING, IDS_MAX, INFLATED_FRAME_MAX_BYTES, INFLATED_FRAME_WAIT_SECONDS};
use outbox::{Kind, Outbox, Outer};
use schema::{BadMsg, GZIP_PACKED, MSG_CONTAINER};
use seen::{Fate, Seen};

/// One message as it came out of an envelope or a container.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// Its id.
    pub msg_id: i64,
    /// Its sequence number.
    pub seq_no: i32,
    /// The serialised object.
    pub body: &'a [u8],
}

/// What the owner of the session has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Answer this request with [`Session::answer`].
    Rpc {
        /// The request's id.
        msg_id: i64,
        /// The serialised function, unpacked.
        body: Bytes,
    },
    /// Close the connection unless another such event comes within so many seconds.
    DisconnectAfter {
        /// Seconds.
        seconds: i32,
    },
    /// How long an HTTP response may be held back.
    HttpWait {
        /// Milliseconds after which a response goes out even if empty.
        max_wait: i32,
        /// Milliseconds to wait for more after the first message.
        wait_after: i32,
        /// Milliseconds a message may wait for company at most.
        max_delay: i32,
    },
    /// Forget another session of this key, then call [`Session::session_destroyed`].
    DestroySession {
        /// The session to forget.
        session_id: i64,
    },
    /// Forget the key, then call [`Session::key_destroyed`] and close.
    DestroyAuthKey,
}

/// What a client that follows the protocol cannot send: the connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A service message that is not what the schema says.
    #[error("malformed service message: {0}")]
    Malformed(#[from] Malformed),
    /// A session id of zero.
    #[error("the session id is zero")]
    ZeroSession,
}

/// How the destruction of a key ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyDestruction {
    /// The key is gone.
    Done,
    /// There was none.
    None,
    /// It could not be done now.
    Failed,
}

/// The state of one session.
#[derive(Debug)]
pub struct Session {
    id: i64,
    unique_id: i64,
    salts: Salts,
    seen: Seen,
    outbox: Outbox,
    acks: Vec<i64>,
    ack_by: Option<ProtocolTime>,
    is_announced: bool,
    /// What the frame at hand may still inflate to, in bytes.
    inflatable: usize,
}

impl Session {
    /// A session nobody knew. `unique_id` is random and tells the client apart runs of the server.
    pub fn new(session_id: i64, unique_id: i64, salts: Salts) -> Result<Self, Violation> {
        if session_id == 0 {
            return Err(Violation::ZeroSession);
        }
        Ok(Self {
            id: session_id,
            unique_id,
            salts,
            seen: Seen::default(),
            outbox: Outbox::default(),
            acks: Vec::new(),
            ack_by: None,
            is_announced: false,
            inflatable: 0,
        })
    }

    /// The session id.
    #[must_use]
    pub const fn id(&self) -> i64 {
        self.id
    }

    /// Whether a message of this id can only come from the client itself, now: it is of this time, and was not seen before.
    #[must_use]
    pub fn is_fresh(&self, msg_id: i64, now: ProtocolTime) -> bool {
        let is_timely = self.seen.check_id(msg_id, now).is_ok() && self.seen.check_age(msg_id).is_ok();
        is_timely && self.seen.fate(msg_id).is_none()
    }

    /// Takes one decrypted message with the salt of its envelope.
    pub fn receive(
        &mut self,
        salt: i64,
        message: &Incoming<'_>,
        now: ProtocolTime,
        events: &mut Vec<Event>,
    ) -> Result<(), Violation> {
        // Description page, "Server salt": a wrong one is answered with the right one, and the message not acted upon.
        if !self.salts.accepts(salt, now) {
            self.refuse(message, BadMsg::Salt, now);
            return Ok(());
        }
        self.inflatable = INFLATED_FRAME_MAX_BYTES;
        match constructor_of(message.body) {
            MSG_CONTAINER => self.receive_container(message, now, events),
            _ => self.receive_single(message, now, events),
        }
    }

    fn receive_single(
        &mut self,
        message: &Incoming<'_>,
        now: ProtocolTime,
        events: &mut Vec<Event>,
    ) -> Result<(), Violation> {
        match self.judge(message, now) {
            Ok(true) => {
                self.announce(message.msg_id, now);
                self.take(message, now, events)
            }
            Ok(false) => {
                self.repeat(message, now);
                Ok(())
            }
            Err(code) => {
                self.refuse(message, code, now);
                Ok(())
            }
        }
    }

    /// A container is taken or refused as a whole: first all is checked, then all is done.
    fn receive_container(
        &mut self,
        outer: &Incoming<'_>,
        now: ProtocolTime,
        events: &mut Vec<Event>,
    ) -> Result<(), Violation> {
        let messages = match self.judge_container(outer, now) {
            Ok(messages) => messages,
            Err(code) => {
                self.refuse(outer, code, now);
                return Ok(());
            }
        };
        let lowest = messages.iter().map(|inner| inner.msg_id).min().unwrap_or(outer.msg_id);
        self.announce(lowest, now);
        self.seen.insert(outer.msg_id, outer.seq_no, Fate::Container, now);
        for inner in &messages {
            match self.seen.fate(inner.msg_id) {
                None => self.take(inner, now, events)?,
                Some(_) => self.repeat(inner, now),
            }
        }
        Ok(())
    }

    fn judge_container<'a>(&self, outer: &Incoming<'a>, now: ProtocolTime) -> Result<container::Messages<'a>, BadMsg> {
        self.seen.check_id(outer.msg_id, now)?;
        if self.seen.fate(outer.msg_id).is_some() {
            return Err(BadMsg::ContainerIdReused);
        }
        self.seen.check_age(outer.msg_id)?;
        if outer.seq_no % 2 != 0 {
            return Err(BadMsg::SeqNotEven);
        }
        self.seen.check_seq_no(outer.msg_id, outer.seq_no)?;
        let messages = container::read(outer).ok_or(BadMsg::Container)?;
        for inner in &messages {
            self.judge(inner, now)?;
        }
        container::check_seq_nos(outer, &messages)?;
        Ok(messages)
    }

    /// Ok(true) for a new message, Ok(false) for one seen before.
    fn judge(&self, message: &Incoming<'_>, now: ProtocolTime) -> Result<bool, BadMsg> {
        self.seen.check_id(message.msg_id, now)?;
        if self.seen.fate(message.msg_id).is_some() {
            return Ok(false);
        }
        self.seen.check_age(message.msg_id)?;
        check_seq_no_bit(message)?;
        self.seen.check_seq_no(message.msg_id, message.seq_no)?;
        Ok(true)
    }

    /// Service messages page, "New session creation": said once, before anything else.
    fn announce(&mut self, first_msg_id: i64, now: ProtocolTime) {
        if !self.is_announced {
            self.is_announced = true;
            let salt = self.salts.current(now);
            let body = schema::new_session_created(first_msg_id, self.unique_id, salt);
            self.outbox.queue(Kind::Notice, body, now);
        }
    }

    /// Acts on a new message.
    fn take(&mut self, message: &Incoming<'_>, now: ProtocolTime, events: &mut Vec<Event>) -> Result<(), Violation> {
        if message.seq_no % 2 != 0 && !schema::has_own_answer(constructor_of(message.body)) {
            self.acknowledge_later(message.msg_id, now);
        }
        if constructor_of(message.body) == GZIP_PACKED {
            return self.take_packed(message, now, events);
        }
        self.take_plain(message, message.body, now, events)
    }

    fn take_plain(
        &mut self,
        message: &Incoming<'_>,
        body: &[u8],
        now: ProtocolTime,
        events: &mut Vec<Event>,
    ) -> Result<(), Violation> {
        if schema::is_service(constructor_of(body)) {
            self.seen.insert(message.msg_id, message.seq_no, Fate::Taken, now);
            return self.serve(message.msg_id, body, now, events);
        }
        self.seen.insert(message.msg_id, message.seq_no, Fate::Running, now);
        events.push(Event::Rpc { msg_id: message.msg_id, body: Bytes::copy_from_slice(body) });
        Ok(())
    }

    fn take_packed(
        &mut self,
        message: &Incoming<'_>,
        now: ProtocolTime,
        events: &mut Vec<Event>,
    ) -> Result<(), Violation> {
        match gzip::unpack(message.body, &mut self.inflatable) {
            Ok(body) if constructor_of(&body) != MSG_CONTAINER => self.take_plain(message, &body, now, events),
            outcome => {
                self.seen.insert(message.msg_id, message.seq_no, Fate::Running, now);
                let error = match outcome {
                    Err(GzipError::NoRoom) => {
                        schema::rpc_error(420, &format!("FLOOD_WAIT_{INFLATED_FRAME_WAIT_SECONDS}"))
                    }
                    Err(GzipError::TooLong { .. }) => schema::rpc_error(400, "INPUT_REQUEST_TOO_LONG"),
                    _ => schema::rpc_error(400, "INPUT_FETCH_FAIL"),
                };
                self.answer(message.msg_id, schema::rpc_result(message.msg_id, &error), now);
                Ok(())
            }
        }
    }

    /// A message seen before is not acted upon again: it is acknowledged, or answered with the answer that is kept.
    fn repeat(&mut self, message: &Incoming<'_>, now: ProtocolTime) {
        if message.seq_no % 2 != 0 {
            self.acknowledge_later(message.msg_id, now);
        }
        if self.seen.fate(message.msg_id) != Some(Fate::Answered) {
            return;
        }
        match self.outbox.answer_to(message.msg_id).map(|answer| answer.msg_id) {
            Some(answer) => _ = self.outbox.resend(answer, now),
            None => self.refuse(message, BadMsg::TooOld, now),
        }
    }

    /// Queues the answer to a request: a body made by [`rpc_result`]. Returns false if nobody waits for it.
    pub fn answer(&mut self, req_msg_id: i64, body: Bytes, now: ProtocolTime) -> bool {
        let dropped = match self.seen.fate(req_msg_id) {
            Some(Fate::Dropped) => true,
            Some(Fate::Answered | Fate::Acknowledged | Fate::Taken | Fate::Container) => return false,
            // Forgotten after a long run: the client may still wait.
            Some(Fate::Running) | None => false,
        };
        let body = if dropped {
            schema::rpc_result(req_msg_id, &schema::bare(schema::RPC_ANSWER_DROPPED_RUNNING))
        } else {
            body
        };
        self.seen.set_fate(req_msg_id, Fate::Answered);
        // An answer acknowledges its request.
        self.acks.retain(|waiting| *waiting != req_msg_id);
        self.outbox.queue(Kind::Answer { req_msg_id }, body, now);
        !dropped
    }

    /// Queues an update, which many sessions may share. Returns false if it was left out because too much waits.
    pub fn push(&mut self, body: Bytes, now: ProtocolTime) -> bool {
        self.outbox.queue_push(body, now)
    }

    /// Notes that an update was left out: the client is told to fetch the difference as soon as there is room.
    pub fn mark_missed(&mut self) {
        self.outbox.mark_missed();
    }

    /// The answer to [`Event::DestroySession`].
    pub fn session_destroyed(&mut self, session_id: i64, found: bool, now: ProtocolTime) {
        self.say(schema::destroy_session(found, session_id), now);
    }

    /// The answer to [`Event::DestroyAuthKey`].
    pub fn key_destroyed(&mut self, outcome: KeyDestruction, now: ProtocolTime) {
        let constructor = match outcome {
            KeyDestruction::Done => schema::DESTROY_AUTH_KEY_OK,
            KeyDestruction::None => schema::DESTROY_AUTH_KEY_NONE,
            KeyDestruction::Failed => schema::DESTROY_AUTH_KEY_FAIL,
        };
        self.say(schema::bare(constructor), now);
    }

    /// Another connection carries the session from now on: everything unacknowledged is written again.
    pub fn reconnected(&mut self, now: ProtocolTime) {
        self.outbox.resend_all(now);
    }

    /// Whether [`Self::pack`] has something to write now.
    #[must_use]
    pub fn has_output(&self, now: ProtocolTime) -> bool {
        !self.outbox.is_empty() || self.acks.len() >= ACK_MAX_WAITING || self.ack_by.is_some_and(|due| due <= now)
    }

    /// When acknowledgements that wait for company go out alone.
    #[must_use]
    pub const fn ack_by(&self) -> Option<ProtocolTime> {
        self.ack_by
    }

    /// Whether more waits to be written than is allowed: cut the connection.
    #[must_use]
    pub fn is_overfull(&self) -> bool {
        self.outbox.is_overfull()
    }

    /// Bytes of message bodies held.
    #[must_use]
    pub const fn kept_bytes(&self) -> usize {
        self.outbox.kept_bytes()
    }

    /// Forgets kept messages beyond this many bytes, oldest first.
    pub fn shrink_to(&mut self, bytes: usize) {
        self.outbox.shrink_to(bytes);
    }

    /// To be called now and then while nothing happens: gives back the room of what is over.
    pub fn rest(&mut self, now: ProtocolTime) {
        self.seen.rest(now);
        self.outbox.rest();
        if self.acks.is_empty() {
            self.acks = Vec::new();
        }
    }

    /// Appends the body of the next envelope to `out`; none when nothing waits. Call until then.
    pub fn pack(&mut self, now: ProtocolTime, out: &mut Vec<u8>) -> Option<Header> {
        if self.outbox.is_empty() && self.outbox.take_missed() {
            self.outbox.queue(Kind::Push, schema::bare(schema::UPDATES_TOO_LONG), now);
        }
        if !self.has_output(now) {
            return None;
        }
        let acks = std::mem::take(&mut self.acks);
        self.ack_by = None;
        let Outer { msg_id, seq_no } = self.outbox.pack(&acks, now, out)?;
        Some(Header { salt: self.salts.current(now), session_id: self.id, msg_id, seq_no })
    }

    fn refuse(&mut self, message: &Incoming<'_>, code: BadMsg, now: ProtocolTime) {
        metrics::BAD_MESSAGE.inc(code.name());
        let body = match code {
            BadMsg::Salt => schema::bad_server_salt(message.msg_id, message.seq_no, self.salts.current(now)),
            code => schema::bad_msg(message.msg_id, message.seq_no, code),
        };
        self.say(body, now);
    }

    fn say(&mut self, body: Bytes, now: ProtocolTime) {
        self.outbox.queue(Kind::Service, body, now);
    }

    fn acknowledge_later(&mut self, msg_id: i64, now: ProtocolTime) {
        if self.acks.len() < IDS_MAX && !self.acks.contains(&msg_id) {
            self.acks.push(msg_id);
            self.ack_by.get_or_insert(ProtocolTime(now.0 + ACK_DELAY_MS));
        }
    }
}

/// Description page, "Message sequence number": requests are odd, containers even. Service messages are sent either way by
/// real clients, and taken so; acknowledgements too, which ought to be even: mtcute numbers them as content.
fn check_seq_no_bit(message: &Incoming<'_>) -> Result<(), BadMsg> {
    let is_odd = message.seq_no % 2 != 0;
    match constructor_of(message.body) {
        MSG_CONTAINER if is_odd => Err(BadMsg::SeqNotEven),
        MSG_CONTAINER => Ok(()),
        constructor if schema::is_service(constructor) => Ok(()),
        _ if is_odd => Ok(()),
        _ => Err(BadMsg::SeqNotOdd),
    }
}
