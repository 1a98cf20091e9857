//! A client's session: message ids, sequence numbers, salts, envelopes, as a state machine without sockets.
//!
//! A server that finds the session's numbers wrong (its clock was set, it forgot the session) gets a new session; what has
//! no answer is then sent again by the client.

use anyhow::{Result, ensure};
use bytes::{Bytes, BytesMut};
use crypto::SystemEntropy;
use mtproto::client::NewKey;
use mtproto::envelope::{AuthKey, Direction, Header, Sealing, open, seal};
use mtproto::session::schema::MSG_CONTAINER;
use mtproto::transport::Codec;
use mtproto::wire::{Reader, Writer, constructor_of};
use smallvec::SmallVec;

/// What a client keeps of a server between two sessions.
#[derive(Clone)]
pub struct Identity {
    key: AuthKey,
    salt: i64,
    /// The server's clock minus ours, in seconds.
    ahead_seconds: i64,
}

impl Identity {
    /// The key behind it.
    pub(crate) fn key(&self) -> &AuthKey {
        &self.key
    }

    /// Its server's clock, in seconds since 1970.
    pub(crate) fn server_seconds(&self) -> i64 {
        clock::now_seconds() + self.ahead_seconds
    }
}

impl From<&NewKey> for Identity {
    fn from(made: &NewKey) -> Self {
        let ahead_seconds = i64::from(made.server_time) - clock::now_seconds();
        Self { key: made.key.clone(), salt: made.server_salt, ahead_seconds }
    }
}

/// A key known beforehand, whose server's clock is ours; its salt is to be learnt.
impl From<AuthKey> for Identity {
    fn from(key: AuthKey) -> Self {
        Self { key, salt: 0, ahead_seconds: 0 }
    }
}

/// A message of the server, out of its container.
pub(crate) struct Received {
    pub(crate) msg_id: i64,
    pub(crate) is_content: bool,
    pub(crate) body: Bytes,
}

/// One session.
pub(crate) struct Session {
    identity: Identity,
    id: i64,
    last_id: i64,
    content: i32,
}

/// A message to be written.
pub(crate) struct Outgoing {
    pub(crate) msg_id: i64,
    pub(crate) seq_no: i32,
    pub(crate) body: Bytes,
}

impl Session {
    pub(crate) fn new(identity: Identity) -> Self {
        Self { identity, id: random_id(), last_id: 0, content: 0 }
    }

    /// Everything numbered so far is worthless; `server_msg_id` tells the server's time.
    pub(crate) fn renew(&mut self, server_msg_id: i64) {
        self.identity.ahead_seconds = (server_msg_id >> 32) - clock::now_seconds();
        (self.id, self.last_id, self.content) = (random_id(), 0, 0);
    }

    /// Its number.
    pub(crate) fn id(&self) -> i64 {
        self.id
    }

    /// The key it is under.
    pub(crate) fn key(&self) -> &AuthKey {
        &self.identity.key
    }

    pub(crate) fn learn_salt(&mut self, salt: i64) {
        self.identity.salt = salt;
    }

    fn next_id(&mut self) -> i64 {
        let nanos = clock::now_nanos();
        let (seconds, rest) = (nanos / 1_000_000_000, nanos % 1_000_000_000);
        let now = ((seconds + self.identity.ahead_seconds) << 32) | ((rest << 2) & !3);
        self.last_id = now.max(self.last_id + 4);
        self.last_id
    }

    /// Numbers a call.
    pub(crate) fn content(&mut self, body: Bytes) -> Outgoing {
        self.content += 1;
        Outgoing { msg_id: self.next_id(), seq_no: self.content * 2 - 1, body }
    }

    /// Numbers what needs no acknowledgement.
    pub(crate) fn service(&mut self, body: Bytes) -> Outgoing {
        Outgoing { msg_id: self.next_id(), seq_no: self.content * 2, body }
    }

    /// Seals messages, several of them in a container; nothing for none.
    pub(crate) fn seal(&mut self, mut messages: Vec<Outgoing>) -> Option<BytesMut> {
        let single = if messages.len() <= 1 { messages.pop()? } else { self.contain(&messages) };
        let mut out = BytesMut::new();
        let plan = Sealing::plan(single.body.len(), &mut SystemEntropy);
        self.seal_into(&single, plan, &mut out);
        Some(out)
    }

    /// Appends a frame with these messages; nothing for none.
    pub(crate) fn seal_frame(&mut self, mut messages: SmallVec<[Outgoing; 2]>, codec: &mut Codec, out: &mut BytesMut) {
        let single = if messages.len() <= 1 { messages.pop() } else { Some(self.contain(&messages)) };
        let Some(single) = single else { return };
        let plan = Sealing::plan(single.body.len(), &mut SystemEntropy);
        let frame = codec.start_frame(plan.sealed_bytes(), &mut SystemEntropy, out);
        self.seal_into(&single, plan, out);
        codec.finish_frame(frame, &mut SystemEntropy, out);
    }

    fn seal_into(&self, message: &Outgoing, plan: Sealing, out: &mut BytesMut) {
        let Outgoing { msg_id, seq_no, ref body } = *message;
        let header = Header { salt: self.identity.salt, session_id: self.id, msg_id, seq_no };
        seal(&self.identity.key, Direction::ToServer, &header, body, plan, &mut SystemEntropy, out);
    }

    fn contain(&mut self, messages: &[Outgoing]) -> Outgoing {
        let writer = Writer::object(MSG_CONTAINER).size(messages.len());
        let written = messages
            .iter()
            .fold(writer, |writer, one| writer.long(one.msg_id).int(one.seq_no).size(one.body.len()).raw(&one.body));
        self.service(written.done().into())
    }

    /// Opens a frame. A message of a session that was given up is passed over.
    pub(crate) fn open(&self, frame: BytesMut) -> Result<Vec<Received>> {
        let opened = open(&self.identity.key, Direction::ToClient, frame)?;
        if opened.session_id != self.id {
            return Ok(Vec::new());
        }
        ensure!(opened.msg_id % 2 != 0, "a server's message with a client's number");
        let mut found = Vec::new();
        take_apart(opened.msg_id, opened.seq_no, opened.body.freeze(), &mut found)?;
        Ok(found)
    }
}

fn take_apart(msg_id: i64, seq_no: i32, body: Bytes, found: &mut Vec<Received>) -> Result<()> {
    if constructor_of(&body) != MSG_CONTAINER {
        found.push(Received { msg_id, is_content: seq_no % 2 != 0, body });
        return Ok(());
    }
    let mut reader = Reader::new(&body[4..]);
    for _ in 0..reader.size()? {
        let (msg_id, seq_no) = (reader.long()?, reader.int()?);
        let length = reader.size()?;
        let inner = reader.take(length)?;
        ensure!(constructor_of(inner) != MSG_CONTAINER, "a container in a container");
        found.push(Received { msg_id, is_content: seq_no % 2 != 0, body: body.slice_ref(inner) });
    }
    Ok(())
}

/// A number nobody else has.
pub(crate) fn random_id() -> i64 {
    i64::from_le_bytes(crypto::random_array(&mut SystemEntropy)) | 1
}

/// Seconds since 1970.
pub(crate) fn seconds_now() -> i64 {
    clock::now_seconds()
}

mod clock {
    use std::time::{SystemTime, UNIX_EPOCH};

    /// Nanoseconds since 1970.
    #[expect(clippy::disallowed_methods, reason = "a client lives in real time")]
    pub(super) fn now_nanos() -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
    }

    pub(super) fn now_seconds() -> i64 {
        now_nanos() / 1_000_000_000
    }
}
