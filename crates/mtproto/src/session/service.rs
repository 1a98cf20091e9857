//! Answers to the service messages (service messages pages).

use super::limits::IDS_MAX;
use super::schema::{self, *};
use super::seen::Fate;
use super::{Event, ProtocolTime, Session, Violation};
use crate::wire::{Malformed, Reader, constructor_of};
use std::collections::{HashMap, HashSet};

/// `msgs_state_info`: received.
const RECEIVED: u8 = 4;
/// `msgs_state_info`: a request that is being worked on or done.
const REQUEST: u8 = 32;
/// `msgs_state_info`: its answer exists.
const ANSWERED: u8 = 64;
/// `msgs_state_info`: the other side knows that it was received.
const KNOWN: u8 = 128;
/// `msgs_state_info`: needs no acknowledgement.
const NO_ACK_NEEDED: u8 = 16;

impl Session {
    /// Acts on one service message.
    pub(super) fn serve(
        &mut self,
        msg_id: i64,
        body: &[u8],
        now: ProtocolTime,
        events: &mut Vec<Event>,
    ) -> Result<(), Violation> {
        let mut reader = Reader::new(body);
        reader.constructor()?;
        let fields = &mut reader;
        match constructor_of(body) {
            PING => self.serve_ping(msg_id, fields.long()?, now),
            PING_DELAY_DISCONNECT => {
                self.serve_ping(msg_id, fields.long()?, now);
                events.push(Event::DisconnectAfter { seconds: fields.int()? });
            }
            MSGS_ACK => self.serve_acks(fields)?,
            GET_FUTURE_SALTS => self.serve_future_salts(msg_id, fields.int()?, now),
            HTTP_WAIT => events.push(http_wait(fields)?),
            MSGS_STATE_REQ => self.serve_state_request(msg_id, fields, now)?,
            MSG_RESEND_REQ => self.serve_resend_request(msg_id, fields, now)?,
            MSG_RESEND_ANS_REQ => self.serve_resend_answers(msg_id, fields, now)?,
            RPC_DROP_ANSWER => self.serve_drop_answer(msg_id, fields.long()?, now),
            DESTROY_SESSION => self.serve_destroy_session(fields.long()?, now, events),
            DESTROY_AUTH_KEY => events.push(Event::DestroyAuthKey),
            // What a client says of its own account about messages of ours: nothing hangs on it.
            MSGS_STATE_INFO | MSGS_ALL_INFO | MSG_DETAILED_INFO | MSG_NEW_DETAILED_INFO => return Ok(()),
            _ => return Err(Malformed.into()),
        }
        Ok(reader.end()?)
    }

    fn serve_ping(&mut self, msg_id: i64, ping_id: i64, now: ProtocolTime) {
        self.say(schema::pong(msg_id, ping_id), now);
    }

    fn serve_acks(&mut self, fields: &mut Reader<'_>) -> Result<(), Malformed> {
        for acknowledged in fields.longs(IDS_MAX)? {
            if let Some(request) = self.outbox.acknowledge(acknowledged) {
                self.seen.set_fate(request, Fate::Acknowledged);
            }
        }
        Ok(())
    }

    fn serve_future_salts(&mut self, msg_id: i64, count: i32, now: ProtocolTime) {
        let salts = self.salts;
        self.say(schema::future_salts(msg_id, now.date(), salts.future(count, now)), now);
    }

    fn serve_state_request(
        &mut self,
        msg_id: i64,
        fields: &mut Reader<'_>,
        now: ProtocolTime,
    ) -> Result<(), Malformed> {
        let info: Vec<u8> = fields.longs(IDS_MAX)?.map(|asked| self.state_of(asked)).collect();
        self.say(schema::msgs_state_info(msg_id, &info), now);
        Ok(())
    }

    fn state_of(&self, msg_id: i64) -> u8 {
        match self.seen.fate(msg_id) {
            None => self.seen.unknown_state(msg_id),
            Some(Fate::Taken | Fate::Container) => RECEIVED | NO_ACK_NEEDED,
            Some(Fate::Running | Fate::Dropped) => RECEIVED | REQUEST,
            Some(Fate::Answered) => RECEIVED | REQUEST | ANSWERED,
            Some(Fate::Acknowledged) => RECEIVED | REQUEST | ANSWERED | KNOWN,
        }
    }

    /// "Explicit request to re-send messages": at once; if one is forgotten or was never sent, the states are told.
    fn serve_resend_request(
        &mut self,
        msg_id: i64,
        fields: &mut Reader<'_>,
        now: ProtocolTime,
    ) -> Result<(), Malformed> {
        let kept = self.outbox.kept().map(|(kept, _)| (kept, kept)).collect();
        self.resend(msg_id, fields.longs(IDS_MAX)?, kept, now);
        Ok(())
    }

    /// "Explicit request to re-send answers": the ids are those of the client's requests.
    fn serve_resend_answers(
        &mut self,
        msg_id: i64,
        fields: &mut Reader<'_>,
        now: ProtocolTime,
    ) -> Result<(), Malformed> {
        let kept = self.outbox.kept().filter_map(|(kept, request)| Some((request?, kept))).collect();
        self.resend(msg_id, fields.longs(IDS_MAX)?, kept, now);
        Ok(())
    }

    /// Sends again what is kept, each at most once however often it is named.
    fn resend(
        &mut self,
        msg_id: i64,
        asked: impl ExactSizeIterator<Item = i64>,
        kept: HashMap<i64, i64>,
        now: ProtocolTime,
    ) {
        let mut sent = HashSet::new();
        let mut info = Vec::with_capacity(asked.len());
        let mut complete = true;
        for one in asked {
            let message = kept.get(&one).copied();
            complete &= message.is_some();
            info.push(if message.is_some() { RECEIVED } else { self.state_of(one) });
            if let Some(message) = message.filter(|message| sent.insert(*message)) {
                self.outbox.resend(message, now);
            }
        }
        if !complete {
            self.say(schema::msgs_state_info(msg_id, &info), now);
        }
    }

    /// "Cancellation of an RPC query": unknown, still running (then its answer says so too), or taken from the queue.
    fn serve_drop_answer(&mut self, msg_id: i64, request: i64, now: ProtocolTime) {
        let outcome = match self.seen.fate(request) {
            Some(Fate::Running | Fate::Dropped) => {
                self.seen.set_fate(request, Fate::Dropped);
                schema::bare(RPC_ANSWER_DROPPED_RUNNING)
            }
            Some(Fate::Answered) => self.drop_answer(request),
            _ => schema::bare(RPC_ANSWER_UNKNOWN),
        };
        let body = schema::rpc_result(msg_id, &outcome);
        self.outbox.queue(super::Kind::Answer { req_msg_id: msg_id }, body, now);
        self.seen.set_fate(msg_id, Fate::Answered);
    }

    fn drop_answer(&mut self, request: i64) -> bytes::Bytes {
        let Some(answer) = self.outbox.drop_answer(request) else { return schema::bare(RPC_ANSWER_UNKNOWN) };
        self.seen.set_fate(request, Fate::Acknowledged);
        let bytes = i32::try_from(answer.body.len()).unwrap_or(i32::MAX);
        schema::rpc_answer_dropped(answer.msg_id, answer.seq_no, bytes)
    }

    /// "Request to destroy session": of another one of the same key; of this one it is refused.
    fn serve_destroy_session(&mut self, session_id: i64, now: ProtocolTime, events: &mut Vec<Event>) {
        if session_id == self.id {
            self.session_destroyed(session_id, false, now);
        } else {
            events.push(Event::DestroySession { session_id });
        }
    }
}

fn http_wait(fields: &mut Reader<'_>) -> Result<Event, Malformed> {
    Ok(Event::HttpWait { max_delay: fields.int()?, wait_after: fields.int()?, max_wait: fields.int()? })
}
