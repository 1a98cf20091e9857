//! A client that costs little: one connection, one session, no task of its own.
//!
//! Whoever drives it asks for the next thing that happened; others on the same thread may give it calls meanwhile, which
//! are written at once. It acknowledges as real clients do, with the next call or when enough came. It does not come back
//! from a broken connection: that is the scene's to decide.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::net::{Ipv4Addr, SocketAddr};
use std::task::{Context, Poll};

use anyhow::{Context as _, Result, anyhow, bail};
use bytes::{BufMut, Bytes, BytesMut};
use crypto::SystemEntropy;
use mtproto::client::{Answer, Handshake, NewKey, Options, Padding};
use mtproto::envelope::{parse_plain, write_plain};
use mtproto::session::schema::{
    BAD_MSG_NOTIFICATION, BAD_SERVER_SALT, MSG_DETAILED_INFO, MSG_NEW_DETAILED_INFO, MSGS_ACK, NEW_SESSION_CREATED,
    PING, PONG, RPC_ERROR, RPC_RESULT, msgs_ack,
};
use mtproto::transport::{Codec, Frame};
use mtproto::wire::{Reader, Writer, constructor_of};
use smallvec::SmallVec;
use tl::{Deserializable, RemoteCall, Serializable};
use tokio::time::timeout;

use super::limits;
use super::line::Line;
use super::place::{Dialled, Place};
use crate::client::{CallError, read_error, unpacked};
use crate::session::{Identity, Outgoing, Received, Session};

/// Something that happened to a client.
#[derive(Debug)]
pub enum Event {
    /// The answer to a call, by the number that [`Client::send`] gave it: `rpc_error` or the result.
    Answer(i64, Bytes),
    /// What the server says without being asked: a serialised `Updates`.
    Push(Bytes),
}

/// A connection before and beside its session.
pub struct Wire {
    line: Line,
    codec: Codec,
    inbox: BytesMut,
    outbox: BytesMut,
}

impl Wire {
    /// Dials.
    ///
    /// # Errors
    /// When nobody is there.
    pub async fn dial(place: &Place, source: Option<Ipv4Addr>) -> Result<Self> {
        Ok(Self::new(place.dial(source).await?))
    }

    /// Dials somebody else than the server.
    ///
    /// # Errors
    /// When nobody is there.
    pub async fn dial_at(place: &Place, address: SocketAddr, source: Option<Ipv4Addr>) -> Result<Self> {
        Ok(Self::new(place.dial_at(address, source).await?))
    }

    /// On a connection.
    #[must_use]
    pub fn new((line, codec, announcement): Dialled) -> Self {
        Self { line, codec, inbox: BytesMut::new(), outbox: BytesMut::from(&announcement[..]) }
    }

    /// Makes a key; a temporary one if it is to expire. All of it must be over in the time that TDLib gives it.
    ///
    /// # Errors
    /// When the server closes, falls silent, or fails a check.
    pub async fn exchange(&mut self, place: &Place, expires_in: Option<i32>) -> Result<NewKey> {
        timeout(limits::EXCHANGE_TIMEOUT, self.exchange_patiently(place, expires_in)).await.context("a key exchange")?
    }

    async fn exchange_patiently(&mut self, place: &Place, expires_in: Option<i32>) -> Result<NewKey> {
        let options = Options { padding: Padding::Modern, dialled: None, expires_in };
        let (mut handshake, mut body) = Handshake::start(options, &mut SystemEntropy);
        loop {
            let mut payload = BytesMut::new();
            write_plain(0, &body, &mut payload);
            self.codec.encode(&payload, &mut SystemEntropy, &mut self.outbox);
            let frame = self.answer().await?;
            let answer = parse_plain(&frame).context("not a plain message")?;
            match handshake.on_answer(answer.body, &place.known, &mut SystemEntropy)? {
                Answer::Send(next) => body = next,
                Answer::Done(key) => return Ok(key),
            }
        }
    }

    async fn answer(&mut self) -> Result<BytesMut> {
        poll_fn(|context| {
            loop {
                if let Some(frame) = self.frame()? {
                    let is_error = frame.len() <= 4;
                    return Poll::Ready(if is_error {
                        Err(anyhow!("the server refuses the exchange"))
                    } else {
                        Ok(frame)
                    });
                }
                self.poll_give(context)?;
                if !std::task::ready!(self.poll_take(context))? {
                    return Poll::Ready(Err(anyhow!("closed during a key exchange")));
                }
            }
        })
        .await
    }

    fn frame(&mut self) -> Result<Option<BytesMut>> {
        while let Some(frame) = self.codec.decode(&mut self.inbox)? {
            if let Frame::Payload { bytes, .. } = frame {
                return Ok(Some(bytes));
            }
        }
        if self.inbox.is_empty() {
            // A client at rest holds no buffer.
            self.inbox = BytesMut::new();
        }
        Ok(None)
    }

    /// Reads once; false at the end of the connection.
    fn poll_take(&mut self, context: &mut Context<'_>) -> Poll<Result<bool>> {
        thread_local! {
            static CHUNK: RefCell<Vec<u8>> = RefCell::new(vec![0; limits::READ_CHUNK_BYTES]);
        }
        CHUNK.with_borrow_mut(|chunk| self.line.poll_take(context, chunk, &mut self.inbox))
    }

    /// Gives what there is, and asks to be woken when the rest can be given.
    fn poll_give(&mut self, context: &mut Context<'_>) -> Result<()> {
        while !self.line.give(&mut self.outbox)? && self.line.poll_room(context)?.is_ready() {}
        Ok(())
    }

    /// Gives what can be given now.
    fn give(&mut self) -> Result<()> {
        self.line.give(&mut self.outbox).map(drop)
    }
}

/// A session on a connection.
pub struct Client {
    core: RefCell<Core>,
}

struct Core {
    wire: Wire,
    session: Session,
    acks: Vec<i64>,
    recent: VecDeque<i64>,
    events: VecDeque<Event>,
    /// Calls without an answer, for the day the server wants them again.
    calls: Vec<(i64, Bytes)>,
    /// Numbers that calls were given when they had to be written again, and their first ones.
    renamed: Vec<(i64, i64)>,
}

impl Client {
    /// Begins a session of this identity.
    #[must_use]
    pub fn new(wire: Wire, identity: Identity) -> Self {
        let core = Core {
            wire,
            session: Session::new(identity),
            acks: Vec::new(),
            recent: VecDeque::new(),
            events: VecDeque::new(),
            calls: Vec::new(),
            renamed: Vec::new(),
        };
        Self { core: RefCell::new(core) }
    }

    /// Writes a call; its number is in the answer.
    ///
    /// # Errors
    /// When the connection is broken.
    pub fn send(&self, body: Bytes) -> Result<i64> {
        self.core.borrow_mut().send(body)
    }

    /// Writes a call whose body holds its own number and the session's.
    ///
    /// # Errors
    /// When the connection is broken.
    pub fn send_with(&self, body: impl FnOnce(i64, i64) -> Bytes) -> Result<i64> {
        let mut core = self.core.borrow_mut();
        let mut outgoing = core.session.content(Bytes::new());
        outgoing.body = body(outgoing.msg_id, core.session.id());
        core.send_numbered(outgoing)
    }

    /// The id of the key that it speaks under.
    #[must_use]
    pub fn key_id(&self) -> i64 {
        self.core.borrow().session.key().id()
    }

    /// Asks for nothing but a sign of life.
    ///
    /// # Errors
    /// When the connection is broken.
    pub fn ping(&self) -> Result<()> {
        let mut core = self.core.borrow_mut();
        let ping = core.session.service(Writer::sized(PING, 12).long(1).done().into());
        let mut messages = SmallVec::from_iter([ping]);
        core.carry_acks(&mut messages, 1);
        core.write(messages)
    }

    /// The next thing that happens.
    ///
    /// # Errors
    /// When the connection breaks, or the server says that the key is none (`transport error -404`).
    pub async fn next(&self) -> Result<Event> {
        // Nothing is borrowed between two looks, so that others may write meanwhile.
        poll_fn(|context| self.core.borrow_mut().poll_next(context)).await
    }

    /// Calls and waits for the result; what is pushed meanwhile goes to `pushes`.
    ///
    /// # Errors
    /// A broken connection; the inner one: what the server answered.
    pub async fn call<F: RemoteCall + Serializable>(
        &self,
        function: &F,
        pushes: &mut impl FnMut(&[u8]),
    ) -> Result<Result<F::Return, CallError>>
    where
        F::Return: Deserializable,
    {
        let number = self.send(function.to_bytes().into())?;
        let waiting = timeout(limits::ANSWER_TIMEOUT, self.answer_to(number, pushes));
        let body = waiting.await.context("no answer")??;
        Ok(parse::<F::Return>(body))
    }

    /// Waits for the answer to a call.
    ///
    /// # Errors
    /// A broken connection.
    pub async fn answer_to(&self, number: i64, pushes: &mut impl FnMut(&[u8])) -> Result<Bytes> {
        loop {
            match self.next().await? {
                Event::Answer(of, body) if of == number => return Ok(body),
                Event::Answer(..) => {}
                Event::Push(body) => pushes(&body),
            }
        }
    }
}

/// What an answer says.
///
/// # Errors
/// [`CallError`]: an error of the server, or bytes that are not what the schema says.
pub fn parse<R: Deserializable>(body: Bytes) -> Result<R, CallError> {
    let body = unpacked(body)?;
    if constructor_of(&body) == RPC_ERROR {
        return Err(read_error(&body)?);
    }
    R::from_bytes(&body).map_err(|_| CallError::Unreadable)
}

/// The error in an answer, if it is one.
#[must_use]
pub fn error_of(body: &[u8]) -> Option<CallError> {
    (constructor_of(body) == RPC_ERROR).then(|| read_error(body).unwrap_or(CallError::Unreadable))
}

impl Core {
    fn send(&mut self, body: Bytes) -> Result<i64> {
        let outgoing = self.session.content(body);
        self.send_numbered(outgoing)
    }

    fn send_numbered(&mut self, outgoing: Outgoing) -> Result<i64> {
        let number = outgoing.msg_id;
        self.calls.push((number, outgoing.body.clone()));
        let mut messages = SmallVec::from_iter([outgoing]);
        self.carry_acks(&mut messages, limits::ACKS_CARRIED_MIN);
        self.write(messages)?;
        Ok(number)
    }

    fn carry_acks(&mut self, messages: &mut SmallVec<[Outgoing; 2]>, at_least: usize) {
        if self.acks.len() >= at_least {
            messages.push(self.session.service(msgs_ack(&self.acks)));
            self.acks.clear();
        }
    }

    fn write(&mut self, messages: SmallVec<[Outgoing; 2]>) -> Result<()> {
        self.session.seal_frame(messages, &mut self.wire.codec, &mut self.wire.outbox);
        self.wire.give()
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Result<Event>> {
        loop {
            if let Some(event) = self.next_event()? {
                return Poll::Ready(Ok(event));
            }
            self.wire.poll_give(context)?;
            if !std::task::ready!(self.wire.poll_take(context))? {
                return Poll::Ready(Err(anyhow!("the server closed the connection")));
            }
        }
    }

    fn next_event(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            let Some(frame) = self.wire.frame()? else { return Ok(None) };
            if let Ok(code) = <[u8; 4]>::try_from(&frame[..]) {
                bail!("transport error {}", i32::from_le_bytes(code));
            }
            for received in self.session.open(frame)? {
                self.take(received)?;
            }
            if self.acks.len() >= limits::ACKS_WAITING_MAX {
                let mut messages = SmallVec::new();
                self.carry_acks(&mut messages, 1);
                self.write(messages)?;
            }
        }
    }

    fn take(&mut self, received: Received) -> Result<()> {
        let Received { msg_id, is_content, body } = received;
        if is_content && self.is_repeated(msg_id) {
            return Ok(());
        }
        let mut reader = Reader::new(body.get(4..).unwrap_or_default());
        match constructor_of(&body) {
            RPC_RESULT => self.take_answer(reader.long()?, body.slice(12..)),
            NEW_SESSION_CREATED => {
                let (_first, _unique) = (reader.long()?, reader.long()?);
                self.session.learn_salt(reader.long()?);
            }
            BAD_SERVER_SALT => {
                let (bad, _seq_no, _code) = (reader.long()?, reader.int()?, reader.int()?);
                self.session.learn_salt(reader.long()?);
                self.repeat(bad)?;
            }
            BAD_MSG_NOTIFICATION => {
                let (bad, _seq_no, code) = (reader.long()?, reader.int()?, reader.int()?);
                bail!("the server refuses message {bad} with code {code}");
            }
            MSGS_ACK | PONG | MSG_DETAILED_INFO | MSG_NEW_DETAILED_INFO => {}
            _ => self.events.push_back(Event::Push(body)),
        }
        Ok(())
    }

    /// Notes that it came; true when it had come before, which is what the protocol does when an acknowledgement is late.
    fn is_repeated(&mut self, msg_id: i64) -> bool {
        self.acks.push(msg_id);
        if self.recent.contains(&msg_id) {
            return true;
        }
        if self.recent.len() >= limits::RECENT_MESSAGES {
            self.recent.pop_front();
        }
        self.recent.push_back(msg_id);
        false
    }

    fn take_answer(&mut self, number: i64, body: Bytes) {
        let at = self.renamed.iter().position(|(new, _)| *new == number);
        let first = at.map_or(number, |at| self.renamed.swap_remove(at).1);
        if let Some(at) = self.calls.iter().position(|(known, _)| *known == first) {
            self.calls.swap_remove(at);
            self.events.push_back(Event::Answer(first, body));
        }
    }

    /// Writes a call again that came under an old salt; what was in a container with it is written again as well.
    fn repeat(&mut self, bad: i64) -> Result<()> {
        let first = self.renamed.iter().find(|(new, _)| *new == bad).map_or(bad, |(_, first)| *first);
        let is_named = self.calls.iter().any(|(known, _)| *known == first);
        let mut again: Vec<_> = self.calls.iter().filter(|(known, _)| !is_named || *known == first).cloned().collect();
        again.sort_unstable_by_key(|(known, _)| *known);
        for (known, body) in again {
            let outgoing = self.session.content(body);
            self.renamed.push((outgoing.msg_id, known));
            self.write(SmallVec::from_iter([outgoing]))?;
        }
        Ok(())
    }
}

/// A call as the first of a key: it tells the layer and the client's description.
#[must_use]
pub fn introduced<F: Serializable>(function: &F) -> Bytes {
    const INIT_CONNECTION: u32 = 0xc1cd_5ea9;
    let mut body = BytesMut::with_capacity(256);
    body.put_u32_le(crate::client::INVOKE_WITH_LAYER);
    body.put_i32_le(tl::LAYER);
    let described = ["storm", "storm", "1", "en", "", "en"]
        .iter()
        .fold(Writer::object(INIT_CONNECTION).int(0).int(1), |writer, text| writer.string(text.as_bytes()));
    body.extend_from_slice(&described.done());
    body.extend_from_slice(&function.to_bytes());
    body.freeze()
}
