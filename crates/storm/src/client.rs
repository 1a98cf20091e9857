//! A client that lives through everything: calls are written in order, repeated under new numbers whenever the connection
//! was lost, and answered once; what the server pushes goes to a listener.
//!
//! Each client is one task; [`Client`] is its handle. It ends with its last handle. It never gives up a key: a server that
//! says it knows none (-404) or nobody behind it (401) is noted in [`Alarms`], and asked again.

use std::collections::{BTreeMap, HashMap};
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Result, bail};
use bytes::{BufMut, Bytes, BytesMut};
use mtproto::session::schema::{
    BAD_MSG_NOTIFICATION, BAD_SERVER_SALT, GZIP_PACKED, MSG_DETAILED_INFO, MSG_NEW_DETAILED_INFO, MSGS_ACK,
    NEW_SESSION_CREATED, PING, PONG, RPC_ERROR, RPC_RESULT, msgs_ack,
};
use mtproto::wire::{Reader, Writer, constructor_of};
use tl::{Deserializable, RemoteCall, Serializable};
use tokio::io::Interest;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Interval, interval, sleep};

use crate::connection::{Connection, Door};
use crate::limits;
use crate::session::{Identity, Outgoing, Received, Session};

pub(crate) const INVOKE_WITH_LAYER: u32 = 0xda9b_0d0d;

/// Why a call has no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The server answered with an error.
    #[error("{code} {name}")]
    Rpc {
        /// Its code.
        code: i32,
        /// Its name.
        name: String,
    },
    /// The answer is not what the schema says.
    #[error("the answer cannot be read")]
    Unreadable,
    /// The client ended.
    #[error("the client ended")]
    Ended,
}

impl CallError {
    /// How long the server wants to be left alone, if that is all it says.
    #[must_use]
    pub fn flood_wait(&self) -> Option<std::time::Duration> {
        let Self::Rpc { code: 420, name } = self else { return None };
        let seconds = name.strip_prefix("FLOOD_WAIT_")?.parse().ok()?;
        Some(std::time::Duration::from_secs(seconds))
    }
}

/// What no server may say of a valid key, counted over all clients.
#[derive(Debug, Default)]
pub struct Alarms {
    /// Transport error -404.
    pub unknown_key: AtomicU64,
    /// Errors with code 401.
    pub unauthorized: AtomicU64,
    /// Errors with code 500 and others of the server's own.
    pub internal: AtomicU64,
}

impl Alarms {
    /// How often it happened in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        [&self.unknown_key, &self.unauthorized, &self.internal].iter().map(|count| count.load(Ordering::Acquire)).sum()
    }
}

/// Hears what the server says without being asked.
pub trait Listener: Send + Sync {
    /// A serialised `Updates` at the home layer.
    fn updates(&self, body: &[u8]);
}

/// Nobody.
impl Listener for () {
    fn updates(&self, _: &[u8]) {}
}

struct Command {
    body: Bytes,
    reply: oneshot::Sender<Bytes>,
}

/// The handle of a client.
#[derive(Clone)]
pub struct Client {
    commands: mpsc::Sender<Command>,
    is_closed: Arc<watch::Sender<bool>>,
    alarms: Arc<Alarms>,
}

/// A call that was taken: its answer comes.
#[must_use = "an answer is to be waited for"]
pub struct Ticket<R> {
    answer: oneshot::Receiver<Bytes>,
    alarms: Arc<Alarms>,
    result: PhantomData<fn() -> R>,
}

impl Client {
    /// Begins a session of this identity.
    #[must_use]
    pub fn start(door: Door, identity: Identity, alarms: Arc<Alarms>, listener: Arc<dyn Listener>) -> Self {
        let (commands, taken) = mpsc::channel(limits::COMMANDS_MAX);
        let driver = Driver {
            door,
            session: Session::new(identity),
            commands: taken,
            calls: BTreeMap::new(),
            numbers: HashMap::new(),
            next_number: 0,
            acks: Vec::new(),
            alarms: alarms.clone(),
            listener,
            heard: Instant::now(),
        };
        let is_closed = Arc::new(watch::Sender::new(false));
        let closed = is_closed.subscribe();
        tokio::spawn(async move {
            tokio::select! {
                () = driver.run() => {}
                () = closing(closed) => {}
            }
        });
        Self { commands, is_closed, alarms }
    }

    /// Ends it: whoever is gone need not come back after every restart. Calls without an answer end with
    /// [`CallError::Ended`].
    pub fn close(&self) {
        self.is_closed.send_replace(true);
    }

    /// Makes a key and begins a session with it; patient while the server comes and goes.
    ///
    /// # Errors
    /// When no exchange succeeds, however often it is tried.
    pub async fn connect(door: &Door, alarms: Arc<Alarms>, listener: Arc<dyn Listener>) -> Result<(Self, Identity)> {
        let mut last = None;
        for _ in 0..limits::EXCHANGE_ATTEMPTS {
            match Self::exchange(door).await {
                Ok(identity) => return Ok((Self::start(door.clone(), identity.clone(), alarms, listener), identity)),
                Err(error) => last = Some(error),
            }
            sleep(limits::REDIAL).await;
        }
        Err(last.unwrap_or_else(|| anyhow::anyhow!("never tried")).context("no key could be made"))
    }

    async fn exchange(door: &Door) -> Result<Identity> {
        let key = Connection::open(door).await?.exchange(&door.known).await?;
        Ok(Identity::from(&key))
    }

    /// Takes a call: calls of one client are written in the order of this function's returns.
    pub async fn begin<F: RemoteCall + Serializable>(&self, function: &F) -> Ticket<F::Return> {
        let mut body = BytesMut::with_capacity(256);
        body.put_u32_le(INVOKE_WITH_LAYER);
        body.put_i32_le(tl::LAYER);
        body.extend_from_slice(&function.to_bytes());
        let (reply, answer) = oneshot::channel();
        // A client that has ended drops the reply, which the ticket tells.
        let _ = self.commands.send(Command { body: body.freeze(), reply }).await;
        Ticket { answer, alarms: self.alarms.clone(), result: PhantomData }
    }

    /// Calls and waits.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn call<F: RemoteCall + Serializable>(&self, function: &F) -> Result<F::Return, CallError>
    where
        F::Return: Deserializable,
    {
        self.begin(function).await.wait().await
    }

    /// Calls, and calls again as long as the server wants to be left alone for a while.
    ///
    /// # Errors
    /// [`CallError`]; a `FLOOD_WAIT` when patience ends.
    pub async fn insist<F: RemoteCall + Serializable>(&self, function: &F) -> Result<F::Return, CallError>
    where
        F::Return: Deserializable,
    {
        let mut outcome = self.call(function).await;
        for _ in 1..limits::PERSISTENCE {
            let Some(pause) = outcome.as_ref().err().and_then(CallError::flood_wait) else { break };
            sleep(pause.min(limits::COME_BACK_MAX)).await;
            outcome = self.call(function).await;
        }
        outcome
    }
}

impl<R: Deserializable> Ticket<R> {
    /// Waits for the answer, over as many connections as it takes.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn wait(self) -> Result<R, CallError> {
        let body = self.answer.await.map_err(|_| CallError::Ended)?;
        let body = unpacked(body)?;
        if constructor_of(&body) == RPC_ERROR {
            return Err(self.alarms.noted(read_error(&body)?));
        }
        R::from_bytes(&body).map_err(|_| CallError::Unreadable)
    }
}

impl Alarms {
    fn noted(&self, error: CallError) -> CallError {
        match &error {
            CallError::Rpc { code: 401, .. } => self.unauthorized.fetch_add(1, Ordering::AcqRel),
            CallError::Rpc { code, .. } if !(300..500).contains(code) => self.internal.fetch_add(1, Ordering::AcqRel),
            _ => 0,
        };
        error
    }
}

/// Waits for the order to end; a client that nobody holds any more ends by itself.
async fn closing(mut closed: watch::Receiver<bool>) {
    if closed.wait_for(|is_closed| *is_closed).await.is_err() {
        std::future::pending().await
    }
}

pub(crate) fn unpacked(body: Bytes) -> Result<Bytes, CallError> {
    if constructor_of(&body) != GZIP_PACKED {
        return Ok(body);
    }
    let unpacked = mtproto::session::unpack(&body, &mut { limits::ANSWER_MAX_BYTES });
    unpacked.map(Into::into).map_err(|_| CallError::Unreadable)
}

pub(crate) fn read_error(body: &[u8]) -> Result<CallError, CallError> {
    let mut reader = Reader::new(&body[4..]);
    let code = reader.int().map_err(|_| CallError::Unreadable)?;
    let name = reader.string().map_err(|_| CallError::Unreadable)?;
    Ok(CallError::Rpc { code, name: String::from_utf8_lossy(name).into_owned() })
}

/// A call without an answer.
struct Call {
    body: Bytes,
    /// Every number it was ever written under: an answer to any of them is its answer.
    msg_ids: Vec<i64>,
    reply: oneshot::Sender<Bytes>,
}

/// The task of a client.
struct Driver {
    door: Door,
    session: Session,
    commands: mpsc::Receiver<Command>,
    calls: BTreeMap<u64, Call>,
    /// Which call a message is.
    numbers: HashMap<i64, u64>,
    next_number: u64,
    /// Messages to acknowledge.
    acks: Vec<i64>,
    alarms: Arc<Alarms>,
    listener: Arc<dyn Listener>,
    heard: Instant,
}

/// Why a connection is served no longer.
enum End {
    /// Nobody holds the handle.
    Over,
    /// It broke, or is of no use.
    Lost,
}

impl Driver {
    async fn run(mut self) {
        loop {
            let Ok(connection) = Connection::open(&self.door).await else {
                if self.commands.is_closed() && self.commands.is_empty() && self.calls.is_empty() {
                    return;
                }
                sleep(limits::REDIAL).await;
                continue;
            };
            match self.serve(connection).await {
                Ok(End::Over) => return,
                Ok(End::Lost) | Err(_) if self.commands.is_closed() => return,
                Ok(End::Lost) | Err(_) => sleep(limits::REDIAL).await,
            }
        }
    }

    async fn serve(&mut self, mut connection: Connection) -> Result<End> {
        let mut beat = interval(limits::TICK);
        self.heard = Instant::now();
        self.repeat_all(&mut connection);
        loop {
            connection.give_bytes()?;
            match self.next(&mut connection, &mut beat).await? {
                Event::Socket => {
                    if !connection.take_bytes()? {
                        return Ok(End::Lost);
                    }
                    self.take_frames(&mut connection)?;
                }
                Event::Command(Some(command)) => self.take_commands(command, &mut connection),
                Event::Command(None) => return Ok(End::Over),
                Event::Beat => self.beat(&mut connection)?,
            }
        }
    }

    async fn next(&mut self, connection: &mut Connection, beat: &mut Interval) -> Result<Event> {
        let has_room =
            self.calls.len() < limits::CALLS_IN_FLIGHT_MAX && connection.outbox.len() < limits::OUTBOX_MAX_BYTES;
        let interest = match connection.outbox.is_empty() {
            true => Interest::READABLE,
            false => Interest::READABLE | Interest::WRITABLE,
        };
        tokio::select! {
            ready = connection.stream.ready(interest) => { ready?; Ok(Event::Socket) }
            command = self.commands.recv(), if has_room => Ok(Event::Command(command)),
            _ = beat.tick() => Ok(Event::Beat),
        }
    }

    /// Writes this call and those behind it in one container.
    fn take_commands(&mut self, first: Command, connection: &mut Connection) {
        let mut next = Some(first);
        let mut messages = Vec::new();
        let mut bytes = 0;
        while let Some(Command { body, reply }) = next {
            bytes += body.len();
            self.next_number += 1;
            self.calls.insert(self.next_number, Call { body, msg_ids: Vec::new(), reply });
            messages.extend(self.number(self.next_number));
            let has_room = messages.len() < limits::CONTAINER_MAX_MESSAGES && bytes < limits::CONTAINER_MAX_BYTES;
            next = if has_room { self.commands.try_recv().ok() } else { None };
        }
        self.write(messages, connection);
    }

    /// Gives a call a new number.
    fn number(&mut self, number: u64) -> Option<Outgoing> {
        let call = self.calls.get_mut(&number)?;
        let outgoing = self.session.content(call.body.clone());
        call.msg_ids.push(outgoing.msg_id);
        self.numbers.insert(outgoing.msg_id, number);
        Some(outgoing)
    }

    fn write(&mut self, mut messages: Vec<Outgoing>, connection: &mut Connection) {
        if !self.acks.is_empty() {
            messages.push(self.session.service(msgs_ack(&std::mem::take(&mut self.acks))));
        }
        if let Some(sealed) = self.session.seal(messages) {
            connection.queue(&sealed);
        }
    }

    /// Writes everything without an answer again, in its order, under new numbers.
    fn repeat_all(&mut self, connection: &mut Connection) {
        let numbers: Vec<u64> = self.calls.keys().copied().collect();
        for chunk in numbers.chunks(limits::CONTAINER_MAX_MESSAGES) {
            let mut messages: Vec<Outgoing> = Vec::new();
            let mut bytes = 0;
            for number in chunk {
                messages.extend(self.number(*number));
                bytes += messages.last().map_or(0, |last| last.body.len());
                if bytes >= limits::CONTAINER_MAX_BYTES {
                    self.write(std::mem::take(&mut messages), connection);
                    bytes = 0;
                }
            }
            self.write(messages, connection);
        }
        if numbers.is_empty() {
            self.ping(connection);
        }
    }

    fn ping(&mut self, connection: &mut Connection) {
        let ping = self.session.service(Writer::sized(PING, 12).long(1).done().into());
        self.write(vec![ping], connection);
    }

    fn beat(&mut self, connection: &mut Connection) -> Result<()> {
        if !self.calls.is_empty() && self.heard.elapsed() > limits::SILENCE {
            bail!("the server is silent");
        }
        if !self.acks.is_empty() {
            self.write(Vec::new(), connection);
        }
        Ok(())
    }

    fn take_frames(&mut self, connection: &mut Connection) -> Result<()> {
        while let Some(frame) = connection.frame()? {
            self.heard = Instant::now();
            if let Ok(code) = <[u8; 4]>::try_from(&frame[..]) {
                return self.take_transport_error(i32::from_le_bytes(code));
            }
            for received in self.session.open(frame)? {
                self.take(received, connection)?;
            }
            if self.acks.len() >= limits::ACKS_WAITING_MAX {
                self.write(Vec::new(), connection);
            }
        }
        Ok(())
    }

    fn take_transport_error(&self, code: i32) -> Result<()> {
        if code == -404 {
            self.alarms.unknown_key.fetch_add(1, Ordering::AcqRel);
        }
        bail!("transport error {code}")
    }

    fn take(&mut self, received: Received, connection: &mut Connection) -> Result<()> {
        let Received { msg_id, is_content, body } = received;
        if is_content {
            self.acks.push(msg_id);
        }
        let mut reader = Reader::new(body.get(4..).unwrap_or_default());
        match constructor_of(&body) {
            RPC_RESULT => {
                let req_msg_id = reader.long()?;
                self.answer(req_msg_id, body.slice(12..));
            }
            NEW_SESSION_CREATED => {
                let (_first, _unique) = (reader.long()?, reader.long()?);
                self.session.learn_salt(reader.long()?);
            }
            BAD_SERVER_SALT => {
                let (bad, _seq_no, _code) = (reader.long()?, reader.int()?, reader.int()?);
                self.session.learn_salt(reader.long()?);
                self.repeat_one_or_all(bad, connection);
            }
            BAD_MSG_NOTIFICATION => {
                self.session.renew(msg_id);
                self.acks.clear();
                self.repeat_all(connection);
            }
            MSGS_ACK | PONG | MSG_DETAILED_INFO | MSG_NEW_DETAILED_INFO => {}
            _ => self.listener.updates(&body),
        }
        Ok(())
    }

    /// A container that was refused holds calls that nobody can name any more.
    fn repeat_one_or_all(&mut self, bad: i64, connection: &mut Connection) {
        match self.numbers.get(&bad).copied() {
            Some(number) => {
                let again = self.number(number);
                self.write(again.into_iter().collect(), connection);
            }
            None => self.repeat_all(connection),
        }
    }

    fn answer(&mut self, req_msg_id: i64, result: Bytes) {
        let Some(call) = self.numbers.get(&req_msg_id).and_then(|number| self.calls.remove(number)) else { return };
        for msg_id in &call.msg_ids {
            self.numbers.remove(msg_id);
        }
        // Whoever asked may have left.
        let _ = call.reply.send(result);
    }
}

enum Event {
    Socket,
    Command(Option<Command>),
    Beat,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarms_after(code: i32) -> u64 {
        let alarms = Alarms::default();
        let _ = alarms.noted(CallError::Rpc { code, name: "X".to_owned() });
        alarms.total()
    }

    #[test]
    fn what_a_valid_key_may_never_hear_is_counted() {
        for bad in [401, 500, 503, -503, 0] {
            assert_eq!(alarms_after(bad), 1, "{bad}");
        }
        for usual in [303, 400, 403, 406, 420] {
            assert_eq!(alarms_after(usual), 0, "{usual}");
        }
    }
}
