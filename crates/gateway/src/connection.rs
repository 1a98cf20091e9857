//! One connection: bytes become frames, frames become messages of sessions, and what sessions have to say is sealed and
//! written. One task, which sleeps without buffers; what acting upon a message takes beyond that is allocated while it lasts.
//!
//! A connection begins among newcomers. Once somebody is signed in on it, or has come back with a key of theirs, its task ends
//! and another goes on among the people, with everything that was read, and with the socket ([`crate::socket`]).

mod encrypted;
mod plain;

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use crypto::SystemEntropy;
use mtproto::envelope;
use mtproto::session::ProtocolTime;
use mtproto::transport::{Codec, Detection, ERROR_KEY_NOT_FOUND, Frame, Surface, detect};
use smallvec::SmallVec;
use tokio::time::{Instant, Sleep};

use crate::admission::Place;
use crate::budget::Held;
use crate::exchange::Exchange;
use crate::limits::{CLOSE_TIMEOUT, FRAME_FREE_BYTES, FRAME_TIMEOUT, IDLE_TIMEOUT, WRITE_CHUNK_BYTES};
use crate::live::{KeyHandle, Link, LiveSession};
use crate::node::{Node, Phase};
use crate::outgoing;
use crate::proxy::{self, Said};
use crate::runtimes::Side;
use crate::wire::Wire;

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The client closed, or the network did.
    Gone,
    /// The first bytes are of no transport.
    Unknown,
    /// Something did not come in time.
    Timeout,
    /// Bytes that no client sends.
    Malformed,
    /// The first frames took too much, or there are too many sessions or jobs.
    Refused,
    /// A TLS handshake came to nothing.
    Handshake,
    /// The client does not read.
    SlowReader,
    /// The store could not say whether the key exists.
    Trouble,
    /// The key is not there, which the client has been told.
    NoKey,
    /// The server stops, or somebody ended it on purpose.
    Cut,
}

impl End {
    const fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Unknown => "unknown transport",
            Self::Timeout => "timeout",
            Self::Malformed => "malformed",
            Self::Refused => "refused",
            Self::Handshake => "tls handshake",
            Self::SlowReader => "slow reader",
            Self::Trouble => "store",
            Self::NoKey => "no key",
            Self::Cut => "cut",
        }
    }
}

/// What is needed to serve a connection.
pub(crate) struct Arrival {
    pub(crate) node: Arc<Node>,
    pub(crate) place: Place,
    pub(crate) ip: IpAddr,
    /// A trusted proxy's connection, of which nothing has been read: it may say for whom it is.
    pub(crate) may_introduce: bool,
}

/// A connection whose transport is known.
pub(crate) struct Connection<W> {
    node: Arc<Node>,
    wire: W,
    codec: Codec,
    /// What was read and is no whole frame yet; without allocation while empty.
    inbox: BytesMut,
    /// What is to be written next; without allocation while empty.
    outbox: BytesMut,
    place: Place,
    ip: IpAddr,
    link: Arc<Link>,
    key: Option<Arc<KeyHandle>>,
    exchange: Option<Box<Exchange>>,
    sessions: SmallVec<[Arc<LiveSession>; 1]>,
    deadlines: Deadlines,
    /// The room that a long frame takes in `inbox`.
    held: Held,
    /// A message of somebody who came back, to be taken among the people.
    deferred: Option<Box<Deferred>>,
}

/// An encrypted message that nothing was done about yet.
struct Deferred {
    frame: BytesMut,
    quick_ack: bool,
}

/// Why a connection's task ends.
enum Stop {
    /// The connection is over.
    Over(End),
    /// It goes on among the people.
    Moves,
}

/// When the connection ends if nothing happens before.
struct Deadlines {
    /// Until a key is proved.
    pre_auth: Option<Instant>,
    /// Until the frame that has begun is whole.
    frame: Option<Instant>,
    /// Until the next byte.
    idle: Instant,
    /// As the client asked with `ping_delay_disconnect`.
    asked: Option<Instant>,
}

impl Deadlines {
    fn new(now: Instant, pre_auth: Duration) -> Self {
        Self { pre_auth: Some(now + pre_auth), frame: None, idle: now + IDLE_TIMEOUT, asked: None }
    }

    /// Whether something is overdue that no further bytes put off: whoever sends without a pause is held to it, too.
    fn is_late(&self, now: Instant) -> bool {
        [self.pre_auth, self.frame].into_iter().flatten().any(|deadline| deadline < now)
    }

    fn next(&self) -> Instant {
        [self.pre_auth, self.frame, self.asked].into_iter().flatten().fold(self.idle, Instant::min)
    }
}

/// Reads the first bytes (T1, T4). None of ours: closed; HTTP and TLS: given back with what was read.
///
/// A trusted proxy may say before them for whom it connects; from then on that is who is here.
pub(crate) async fn sniff<W: Wire>(wire: &mut W, arrival: &mut Arrival, surface: Surface) -> Result<Sniffed, End> {
    let mut inbox = BytesMut::new();
    let until = Instant::now() + arrival.node.config.header_timeout;
    loop {
        let is_introduced = introduce(arrival, &mut inbox)?;
        match detect(&inbox, surface) {
            _ if !is_introduced => {}
            Detection::Incomplete => {}
            Detection::Http => return Ok(Sniffed::Http(inbox)),
            Detection::Tls => return Ok(Sniffed::Tls(inbox)),
            Detection::Mtproto { codec, header_bytes } => {
                inbox.advance(header_bytes);
                return Ok(Sniffed::Mtproto(codec, inbox));
            }
            Detection::Unknown => return Err(End::Unknown),
        }
        let read = std::future::poll_fn(|context| wire.poll_read(context, &mut inbox));
        match tokio::time::timeout_at(until, read).await.map_err(|_| End::Timeout)? {
            Ok(0) | Err(_) => return Err(End::Gone),
            Ok(bytes) if arrival.place.count(bytes) => {}
            Ok(_) => return Err(End::Refused),
        }
    }
}

/// Hears a trusted proxy out; false while it has not said everything.
fn introduce(arrival: &mut Arrival, inbox: &mut BytesMut) -> Result<bool, End> {
    if !arrival.may_introduce {
        return Ok(true);
    }
    match proxy::read(inbox) {
        Said::Incomplete => return Ok(false),
        Said::Malformed => return Err(End::Malformed),
        Said::Nothing => {}
        Said::Header(bytes, source) => {
            inbox.advance(bytes);
            if let Some(ip) = source {
                arrival.place = arrival.node.admission.admit(ip).ok_or(End::Refused)?;
                arrival.ip = ip;
            }
        }
    }
    arrival.may_introduce = false;
    Ok(true)
}

/// What the first bytes were.
pub(crate) enum Sniffed {
    /// HTTP; here is what was read.
    Http(BytesMut),
    /// TLS; here is what was read.
    Tls(BytesMut),
    /// MTProto in this transport; here is what was read beyond its header.
    Mtproto(Codec, BytesMut),
}

/// Counts the end of a connection.
pub(crate) fn ended(end: End) {
    metrics::CONNECTIONS_CLOSED.inc(end.name());
    tracing::debug!(reason = end.name(), "connection ended");
}

/// Serves MTProto until the connection ends or moves. The future is what a connection takes while it sleeps: it should be a
/// task's of its own and not a part of one that has more to remember.
pub(crate) fn serve<W: Wire + 'static>(
    arrival: Arrival,
    wire: W,
    codec: Codec,
    inbox: BytesMut,
) -> impl Future<Output = ()> {
    let mut connection = Connection::new(arrival, wire, codec, inbox);
    // A block and no function: what a function is given takes its place twice.
    async move {
        let stranger = connection.node.runtimes.enter();
        let stop = connection.run().await;
        drop(stranger);
        match stop {
            Stop::Over(end) => connection.close(end).await,
            Stop::Moves => {
                let node = connection.node.clone();
                node.runtimes.spawn_for_people(go_on(connection));
            }
        }
    }
}

/// Serves a connection that moved, until it ends.
fn go_on<W: Wire>(connection: Connection<W>) -> impl Future<Output = ()> {
    let mut connection = connection;
    async move {
        if let Stop::Over(end) = connection.run().await {
            connection.close(end).await;
        }
    }
}

/// What a connection waited for.
enum Happening {
    /// It begins.
    Begun,
    /// Somebody has something to write, acknowledgements are due, or the server stops.
    Write,
    /// Bytes, or the end of the stream.
    Read(std::io::Result<usize>),
    /// The time is over.
    Deadline,
}

impl<W: Wire> Connection<W> {
    fn new(arrival: Arrival, wire: W, codec: Codec, inbox: BytesMut) -> Self {
        let Arrival { node, place, ip, .. } = arrival;
        Self {
            link: node.links.listed(),
            held: node.frames.hold(),
            deadlines: Deadlines::new(Instant::now(), node.config.pre_auth_timeout),
            node,
            wire,
            codec,
            inbox,
            outbox: BytesMut::new(),
            place,
            ip,
            key: None,
            exchange: None,
            sessions: SmallVec::new(),
            deferred: None,
        }
    }

    async fn run(&mut self) -> Stop {
        // One timer for all deadlines, set anew only when one of them comes sooner than it: most that is waited for happens.
        let mut timer = std::pin::pin!(tokio::time::sleep_until(self.deadlines.next()));
        let mut happened = Happening::Begun;
        loop {
            // Boxed, so that those who only wait, the many, do not carry the room for it.
            if let Err(end) = Box::pin(self.act(happened)).await {
                return Stop::Over(end);
            }
            if self.moves() {
                return Stop::Moves;
            }
            happened = self.happening(timer.as_mut()).await;
        }
    }

    /// Says goodbye, unless nobody is to hear it.
    async fn close(&mut self, end: End) {
        self.detach();
        ended(end);
        if end == End::Refused {
            return self.wire.abort();
        }
        // The other side may be gone, or not read: then there is nobody to say goodbye to.
        let _ = Box::pin(tokio::time::timeout(CLOSE_TIMEOUT, self.wire.close())).await;
    }

    /// Whether this is a connection among newcomers on which somebody is signed in.
    fn moves(&self) -> bool {
        let is_known = || self.sessions.iter().any(|session| session.lock().is_known);
        Side::here() == Side::Newcomers && (self.deferred.is_some() || is_known())
    }

    async fn act(&mut self, happened: Happening) -> Result<(), End> {
        match happened {
            Happening::Begun => self.begin().await,
            Happening::Write => self.flush().await,
            Happening::Read(Ok(0) | Err(_)) => Err(End::Gone),
            Happening::Read(Ok(bytes)) => self.arrived(bytes).await,
            Happening::Deadline => Err(End::Timeout),
        }?;
        self.may_stay()
    }

    /// Until something happens. Bytes come first: whatever arrives ends with writing.
    fn happening(&mut self, mut timer: Pin<&mut Sleep>) -> impl Future<Output = Happening> {
        let deadline = self.deadlines.next();
        let next = self.write_at().map_or(deadline, |write_at| write_at.min(deadline));
        if next < timer.deadline() {
            timer.as_mut().reset(next);
        }
        let reads = self.node.phase() == Phase::Serving;
        std::future::poll_fn(move |context| {
            if reads && let Poll::Ready(read) = self.wire.poll_read(context, &mut self.inbox) {
                return Poll::Ready(Happening::Read(read));
            }
            if self.link.poll_woken(context).is_ready() {
                return Poll::Ready(Happening::Write);
            }
            loop {
                ready!(timer.as_mut().poll(context));
                match timer.deadline() {
                    early if early < next => timer.as_mut().reset(next),
                    _ if next < deadline => return Poll::Ready(Happening::Write),
                    _ => return Poll::Ready(Happening::Deadline),
                }
            }
        })
    }

    /// When acknowledgements of the sessions carried here go out alone, if any wait.
    fn write_at(&self) -> Option<Instant> {
        let due = self.sessions.iter().filter_map(|session| session.lock().ack_by(&self.link)).min()?;
        Some(Instant::now() + milliseconds(due.0 - self.node.now().0 + 1))
    }

    /// A drained connection ends when nothing of its sessions runs any more.
    fn may_stay(&self) -> Result<(), End> {
        let is_idle = || self.sessions.iter().all(|session| session.lock().lane.pending() == 0);
        match self.node.phase() {
            _ if self.link.is_cut() || self.link.is_finished() => Err(End::Cut),
            Phase::Serving => Ok(()),
            Phase::Draining if !is_idle() => Ok(()),
            Phase::Draining | Phase::Closing => Err(End::Cut),
        }
    }

    /// Takes what was read before this task.
    async fn begin(&mut self) -> Result<(), End> {
        if let Some(deferred) = self.deferred.take() {
            let Deferred { frame, quick_ack } = *deferred;
            let key_id = envelope::auth_key_id(&frame).ok_or(End::Malformed)?;
            self.take_encrypted(key_id, frame, quick_ack).await?;
        }
        self.take_frames().await
    }

    async fn arrived(&mut self, bytes: usize) -> Result<(), End> {
        if !self.place.count(bytes) {
            return Err(End::Refused);
        }
        let now = Instant::now();
        if self.deadlines.is_late(now) {
            return Err(End::Timeout);
        }
        self.deadlines.idle = now + IDLE_TIMEOUT;
        self.take_frames().await
    }

    /// Acts on every whole frame, then writes what came of them.
    async fn take_frames(&mut self) -> Result<(), End> {
        loop {
            let frame = self.codec.decode(&mut self.inbox).map_err(|_| End::Malformed)?;
            match frame {
                Some(Frame::Payload { bytes, quick_ack }) => {
                    self.take_frame(bytes, quick_ack).await?;
                    if self.deferred.is_some() {
                        return Ok(());
                    }
                }
                // Only clients get these.
                Some(Frame::QuickAck(_)) => return Err(End::Malformed),
                None => break,
            }
        }
        self.deadlines.frame = if self.inbox.is_empty() {
            self.inbox = BytesMut::new();
            None
        } else {
            self.deadlines.frame.or_else(|| Some(Instant::now() + FRAME_TIMEOUT))
        };
        let counted = if self.inbox.len() > FRAME_FREE_BYTES { self.inbox.len() } else { 0 };
        if !self.held.resize(counted) {
            return Err(End::Refused);
        }
        self.flush().await
    }

    async fn take_frame(&mut self, frame: BytesMut, quick_ack: bool) -> Result<(), End> {
        self.deadlines.frame = None;
        match envelope::auth_key_id(&frame) {
            Some(0) => self.take_plain(&frame).await,
            Some(key_id) => self.take_encrypted(key_id, frame, quick_ack).await,
            None => Err(End::Malformed),
        }
    }

    /// Writes what the sessions carried here have to say, until nothing is left: a wake-up that came during a write has
    /// been heard by it.
    async fn flush(&mut self) -> Result<(), End> {
        loop {
            self.seal_waiting();
            if self.outbox.is_empty() {
                return Ok(());
            }
            self.write_outbox().await?;
        }
    }

    fn seal_waiting(&mut self) {
        let mut body = Vec::new();
        for place in 0..self.sessions.len() {
            let session = self.sessions[place].clone();
            while self.outbox.len() < WRITE_CHUNK_BYTES && self.seal_next(&session, &mut body) {}
        }
    }

    /// E17: a session's messages are sealed with its own key, and only by the connection that carries it.
    fn seal_next(&mut self, session: &LiveSession, body: &mut Vec<u8>) -> bool {
        body.clear();
        let now = self.node.now();
        let header = {
            let mut inner = session.lock();
            if !inner.is_carried_by(&self.link) {
                return false;
            }
            inner.protocol.pack(now, body)
        };
        let Some(header) = header else { return false };
        outgoing::seal_frame(&session.key.auth, &header, body, &mut self.codec, &mut self.outbox);
        true
    }

    async fn write_outbox(&mut self) -> Result<(), End> {
        if self.outbox.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.outbox);
        let write = tokio::time::timeout(self.node.config.write_timeout, self.wire.write(&bytes));
        tokio::select! {
            biased;
            written = write => match written {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(End::Gone),
                Err(_) => Err(End::SlowReader),
            },
            end = cut(&self.node, &self.link) => Err(end),
        }
    }

    /// T3, K2: says -404, after which clients throw the key away.
    fn refuse_key(&mut self) {
        self.codec.encode_error(ERROR_KEY_NOT_FOUND, &mut self.outbox);
    }

    fn reply_plain(&mut self, body: &[u8]) {
        let mut payload = BytesMut::new();
        envelope::write_plain(self.node.now().msg_id() | 1, body, &mut payload);
        self.codec.encode(&payload, &mut SystemEntropy, &mut self.outbox);
    }

    fn detach(&mut self) {
        let now: ProtocolTime = self.node.now();
        for session in &self.sessions {
            let left = {
                let mut inner = session.lock();
                inner.detach(&self.link, now).then_some(inner.registered).flatten()
            };
            if let Some(user) = left {
                let node = self.node.clone();
                let there = node.clone();
                node.runtimes.spawn_for_people(async move { there.hub.left(&there, user).await });
            }
        }
    }
}

impl<W> Drop for Connection<W> {
    fn drop(&mut self) {
        self.node.links.forget(&self.link);
    }
}

/// Until the connection is cut or the server closes; wake-ups for writing are heard again later.
async fn cut(node: &Node, link: &Link) -> End {
    loop {
        link.woken().await;
        match node.phase() {
            _ if link.is_cut() => return End::SlowReader,
            Phase::Closing => return End::Cut,
            Phase::Serving | Phase::Draining => {}
        }
    }
}

fn milliseconds(count: i64) -> Duration {
    Duration::from_millis(count.max(0).unsigned_abs())
}
