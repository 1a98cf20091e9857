//! What this side has to say: messages waiting to be written, and content-related ones written but not acknowledged.
//!
//! Every message gets its id and sequence number when it is queued. Whatever is sent again travels inside a container,
//! hence in a new envelope, and after 240 seconds under a new id (Pyrogram closes on ids older than 300 s).

use super::clock::ProtocolTime;
use super::limits::{
    CONTAINER_OUT_MAX_MESSAGES, CONTAINER_OUT_TARGET_BYTES, DETAILED_INFO_MIN_BYTES, OUTBOX_MAX_BYTES,
    OUTBOX_MAX_MESSAGES, OUTBOX_PUSH_MAX_BYTES, RENEW_AFTER_MS, UNACKED_FIRST_MESSAGES, UNACKED_MAX_BYTES,
    UNACKED_MAX_MESSAGES,
};
use super::schema::{self, MSG_CONTAINER};
use bytes::Bytes;
use std::collections::VecDeque;

/// Bytes of msg_id, seq_no and length in front of a body.
const MESSAGE_HEADER_BYTES: usize = 16;

/// What a message is, as far as keeping it is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Answers a service message; need not be acknowledged.
    Service,
    /// The answer to this request.
    Answer {
        /// The request's msg_id.
        req_msg_id: i64,
    },
    /// Content that nobody asked for: an update.
    Push,
    /// `new_session_created`: content, but no update.
    Notice,
}

impl Kind {
    const fn is_content(self) -> bool {
        !matches!(self, Self::Service)
    }

    /// Server msg_ids are 1 modulo 4 in answer to a client's message, else 3 (description page).
    const fn low_bits(self) -> i64 {
        match self {
            Self::Service | Self::Answer { .. } => 1,
            Self::Push | Self::Notice => 3,
        }
    }
}

/// One outgoing message.
#[derive(Clone, Debug)]
pub struct Message {
    /// Its id.
    pub msg_id: i64,
    /// Its sequence number.
    pub seq_no: i32,
    /// What it is.
    pub kind: Kind,
    /// The serialised object; updates share one copy among receivers.
    pub body: Bytes,
    made_at: ProtocolTime,
    again: bool,
}

/// The two queues and the two counters.
#[derive(Debug, Default)]
pub struct Outbox {
    waiting: VecDeque<Message>,
    waiting_bytes: usize,
    unacked: VecDeque<Message>,
    unacked_bytes: usize,
    last_msg_id: i64,
    last_outer_msg_id: i64,
    content_count: i32,
    /// An update was left out or forgotten: the client must be told to fetch the difference.
    missed: bool,
    /// An update was forgotten before it was acknowledged: missed, if the connection it was written to is gone.
    forgot_push: bool,
}

impl Outbox {
    /// Queues a message.
    pub fn queue(&mut self, kind: Kind, body: Bytes, now: ProtocolTime) {
        let (msg_id, seq_no) = self.number(kind, now);
        self.waiting_bytes += body.len();
        self.waiting.push_back(Message { msg_id, seq_no, kind, body, made_at: now, again: false });
    }

    /// Queues an update unless too much waits already; then it is left out and that is remembered.
    pub fn queue_push(&mut self, body: Bytes, now: ProtocolTime) -> bool {
        if self.waiting_bytes + body.len() > OUTBOX_PUSH_MAX_BYTES && !self.waiting.is_empty() {
            self.missed = true;
            return false;
        }
        self.queue(Kind::Push, body, now);
        true
    }

    /// Whether more waits than a reader may leave lying.
    #[must_use]
    pub fn is_overfull(&self) -> bool {
        self.waiting_bytes > OUTBOX_MAX_BYTES || self.waiting.len() > OUTBOX_MAX_MESSAGES
    }

    /// Whether anything waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Bytes of bodies kept, written or not.
    #[must_use]
    pub const fn kept_bytes(&self) -> usize {
        self.waiting_bytes + self.unacked_bytes
    }

    /// Takes the note that updates were left out.
    pub fn take_missed(&mut self) -> bool {
        std::mem::take(&mut self.missed)
    }

    /// Notes that an update was left out by somebody else.
    pub fn mark_missed(&mut self) {
        self.missed = true;
    }

    /// The client has this one: the answered request's id is returned.
    pub fn acknowledge(&mut self, msg_id: i64) -> Option<i64> {
        let place = self.unacked.iter().rposition(|message| message.msg_id == msg_id)?;
        let message = self.unacked.remove(place)?;
        self.unacked_bytes -= message.body.len();
        match message.kind {
            Kind::Answer { req_msg_id } => Some(req_msg_id),
            _ => None,
        }
    }

    /// Finds the answer to a request among all that is kept.
    #[must_use]
    pub fn answer_to(&self, req_msg_id: i64) -> Option<&Message> {
        let wanted = Kind::Answer { req_msg_id };
        self.waiting.iter().chain(&self.unacked).find(|message| message.kind == wanted)
    }

    /// Forgets the answer to a request.
    pub fn drop_answer(&mut self, req_msg_id: i64) -> Option<Message> {
        let wanted = Kind::Answer { req_msg_id };
        if let Some(place) = self.waiting.iter().position(|message| message.kind == wanted) {
            let message = self.waiting.remove(place)?;
            self.waiting_bytes -= message.body.len();
            return Some(message);
        }
        let place = self.unacked.iter().position(|message| message.kind == wanted)?;
        let message = self.unacked.remove(place)?;
        self.unacked_bytes -= message.body.len();
        Some(message)
    }

    /// Every message that is kept, with the request it answers.
    pub fn kept(&self) -> impl Iterator<Item = (i64, Option<i64>)> {
        self.waiting.iter().chain(&self.unacked).map(|message| match message.kind {
            Kind::Answer { req_msg_id } => (message.msg_id, Some(req_msg_id)),
            _ => (message.msg_id, None),
        })
    }

    /// Queues one kept message again; it is enough that it waits already.
    pub fn resend(&mut self, msg_id: i64, now: ProtocolTime) -> bool {
        if self.waiting.iter().any(|message| message.msg_id == msg_id) {
            return true;
        }
        let Some(place) = self.unacked.iter().position(|message| message.msg_id == msg_id) else { return false };
        let Some(message) = self.unacked.remove(place) else { return false };
        self.unacked_bytes -= message.body.len();
        self.wait_again(message, now);
        true
    }

    /// A new connection carries the session: what was not acknowledged is sent again, long answers only announced.
    pub fn resend_all(&mut self, now: ProtocolTime) {
        let unacked = std::mem::take(&mut self.unacked);
        self.missed |= std::mem::take(&mut self.forgot_push);
        self.unacked_bytes = 0;
        for message in unacked {
            let is_old = now.0 - message.made_at.0 >= RENEW_AFTER_MS;
            if message.body.len() >= DETAILED_INFO_MIN_BYTES && !is_old {
                self.announce(message, now);
            } else {
                self.wait_again(message, now);
            }
        }
    }

    fn announce(&mut self, message: Message, now: ProtocolTime) {
        let req_msg_id = match message.kind {
            Kind::Answer { req_msg_id } => Some(req_msg_id),
            _ => None,
        };
        self.queue(Kind::Service, schema::detailed_info(req_msg_id, message.msg_id, message.body.len()), now);
        self.unacked_bytes += message.body.len();
        self.unacked.push_back(message);
    }

    fn wait_again(&mut self, mut message: Message, now: ProtocolTime) {
        if now.0 - message.made_at.0 >= RENEW_AFTER_MS {
            (message.msg_id, message.seq_no) = self.number(message.kind, now);
            message.made_at = now;
        }
        message.again = true;
        self.waiting_bytes += message.body.len();
        self.waiting.push_back(message);
    }

    fn number(&mut self, kind: Kind, now: ProtocolTime) -> (i64, i32) {
        let seq_no = self.content_count.wrapping_mul(2);
        if !kind.is_content() {
            return (self.next_msg_id(kind.low_bits(), now), seq_no);
        }
        self.content_count = self.content_count.wrapping_add(1) & 0x3fff_ffff;
        (self.next_msg_id(kind.low_bits(), now), seq_no | 1)
    }

    fn next_msg_id(&mut self, low_bits: i64, now: ProtocolTime) -> i64 {
        let base = now.msg_id().max((self.last_msg_id & !3) + 4);
        self.last_msg_id = base | low_bits;
        self.last_msg_id
    }

    /// Appends the body of the next envelope, one message or one container, to `out`. Nothing is written when nothing
    /// waits. `acks` travel along.
    pub fn pack(&mut self, acks: &[i64], now: ProtocolTime, out: &mut Vec<u8>) -> Option<Outer> {
        self.renew_stale(now);
        if !acks.is_empty() {
            let ack = self.service_message(schema::msgs_ack(acks), now);
            self.waiting_bytes += ack.body.len();
            self.waiting.push_back(ack);
        }
        let count = self.batch_len();
        let first = self.waiting.front()?;
        let outer = if count == 1 && !first.again && first.msg_id > self.last_outer_msg_id {
            out.extend_from_slice(&first.body);
            Outer { msg_id: first.msg_id, seq_no: first.seq_no }
        } else {
            self.write_container(count, now, out)
        };
        self.last_outer_msg_id = outer.msg_id;
        self.settle(count);
        Some(outer)
    }

    fn service_message(&mut self, body: Bytes, now: ProtocolTime) -> Message {
        let (msg_id, seq_no) = self.number(Kind::Service, now);
        Message { msg_id, seq_no, kind: Kind::Service, body, made_at: now, again: false }
    }

    /// How many of the waiting messages the next envelope takes.
    fn batch_len(&self) -> usize {
        let mut bytes = 0;
        let fits = |message: &&Message| {
            let fits = bytes == 0 || bytes + message.body.len() <= CONTAINER_OUT_TARGET_BYTES;
            bytes += message.body.len() + MESSAGE_HEADER_BYTES;
            fits
        };
        self.waiting.iter().take(CONTAINER_OUT_MAX_MESSAGES).take_while(fits).count()
    }

    fn write_container(&mut self, count: usize, now: ProtocolTime, out: &mut Vec<u8>) -> Outer {
        let is_answer = self.waiting.iter().take(count).any(|message| message.kind.low_bits() == 1);
        let msg_id = self.next_msg_id(if is_answer { 1 } else { 3 }, now);
        out.extend_from_slice(&MSG_CONTAINER.to_le_bytes());
        out.extend_from_slice(&length(count).to_le_bytes());
        self.waiting.iter().take(count).for_each(|message| write_message(message, out));
        Outer { msg_id, seq_no: self.content_count.wrapping_mul(2) }
    }

    /// What waited long (no connection carried the session) gets a new id before it is written.
    fn renew_stale(&mut self, now: ProtocolTime) {
        let stale = |message: &Message| now.0 - message.made_at.0 >= RENEW_AFTER_MS;
        if !self.waiting.front().is_some_and(stale) {
            return;
        }
        for place in 0..self.waiting.len() {
            if stale(&self.waiting[place]) {
                let (msg_id, seq_no) = self.number(self.waiting[place].kind, now);
                let message = &mut self.waiting[place];
                (message.msg_id, message.seq_no, message.made_at) = (msg_id, seq_no, now);
            }
        }
    }

    /// Moves what was written to the unacknowledged, if it is content.
    fn settle(&mut self, count: usize) {
        for mut message in self.waiting.drain(..count) {
            self.waiting_bytes -= message.body.len();
            if message.kind.is_content() {
                if matches!(message.kind, Kind::Answer { .. }) {
                    // Whoever made the body may count it until it is written; what is kept is counted here. Updates are
                    // shared by many and stay so.
                    message.body = Bytes::copy_from_slice(&message.body);
                }
                self.unacked_bytes += message.body.len();
                if self.unacked.capacity() == 0 {
                    self.unacked.reserve_exact(UNACKED_FIRST_MESSAGES);
                }
                self.unacked.push_back(message);
            }
        }
        while self.unacked.len() > 1
            && (self.unacked_bytes > UNACKED_MAX_BYTES || self.unacked.len() > UNACKED_MAX_MESSAGES)
        {
            self.forget_oldest();
        }
        // Nobody has anything to say for most of the time.
        if self.waiting.is_empty() {
            self.waiting = VecDeque::new();
        }
    }

    /// Gives back the room of what was acknowledged.
    pub fn rest(&mut self) {
        if self.unacked.capacity() > self.unacked.len() {
            self.unacked.shrink_to_fit();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some(message) = self.unacked.pop_front() {
            self.unacked_bytes -= message.body.len();
            self.forgot_push |= message.kind == Kind::Push;
        }
    }

    /// Forgets what is kept of answers and updates beyond this many bytes, oldest first; for sessions without connection.
    pub fn shrink_to(&mut self, bytes: usize) {
        while self.kept_bytes() > bytes && !self.unacked.is_empty() {
            self.forget_oldest();
        }
        while self.kept_bytes() > bytes {
            let Some(message) = self.waiting.pop_front() else { return };
            self.waiting_bytes -= message.body.len();
            self.missed |= message.kind == Kind::Push;
        }
    }
}

/// The id and the sequence number of an envelope.
#[derive(Clone, Copy, Debug)]
pub struct Outer {
    /// Its id.
    pub msg_id: i64,
    /// Its sequence number.
    pub seq_no: i32,
}

fn write_message(message: &Message, out: &mut Vec<u8>) {
    out.reserve(MESSAGE_HEADER_BYTES + message.body.len());
    out.extend_from_slice(&message.msg_id.to_le_bytes());
    out.extend_from_slice(&message.seq_no.to_le_bytes());
    out.extend_from_slice(&length(message.body.len()).to_le_bytes());
    out.extend_from_slice(&message.body);
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("an outgoing message is bounded far below 4 GiB")
}
