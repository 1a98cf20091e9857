//! A session that is alive on this node: the protocol's state, the connection that carries it, and its requests.
//!
//! It outlives its connection for a while, so that a client that comes back finds its answers.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::task::AtomicWaker;
use mtproto::envelope::AuthKey;
use mtproto::session::{ProtocolTime, Salts, Session};
use parking_lot::{Mutex, MutexGuard};
use platform::{AuthKeyState, UserId};
use tokio::sync::Notify;

use crate::lane::Lane;
use crate::limits::{SESSION_KEPT_BYTES, SESSION_KEPT_STRANGER_BYTES, SESSIONS_KEPT_BYTES};
use crate::reading::Rooms;

/// An auth key in use: what opens and seals, and what is known of it.
pub(crate) struct KeyHandle {
    /// Opens and seals.
    pub(crate) auth: AuthKey,
    /// What the platform knows of it; shared by everybody on this node.
    pub(crate) state: Arc<AuthKeyState>,
    /// Its salts.
    pub(crate) salts: Salts,
}

impl KeyHandle {
    pub(crate) fn new(state: Arc<AuthKeyState>, salts: Salts) -> Self {
        Self { auth: AuthKey::shared(state.key.clone()), salts, state }
    }
}

/// What others may do to a connection: wake it to write, or cut it. One task at a time waits on it: the connection's.
pub(crate) struct Link {
    /// Tells connections apart.
    pub(crate) id: u64,
    waker: AtomicWaker,
    /// Bits: [`WOKEN`], [`CUT`], [`FINISHED`].
    told: AtomicU8,
}

/// Somebody has called since the connection looked last.
const WOKEN: u8 = 1;
/// The connection ends without a further word.
const CUT: u8 = 2;
/// The connection ends once everything that waits is written.
const FINISHED: u8 = 4;

impl Link {
    pub(crate) fn new(id: u64) -> Self {
        Self { id, waker: AtomicWaker::new(), told: AtomicU8::new(0) }
    }

    fn tell(&self, what: u8) {
        // Whoever called first, and was not heard yet, wakes for all.
        if self.told.fetch_or(what | WOKEN, Ordering::AcqRel) & WOKEN == 0 {
            self.waker.wake();
        }
    }

    /// Something waits to be written.
    pub(crate) fn wake(&self) {
        self.tell(0);
    }

    /// The connection ends without a further word.
    pub(crate) fn cut(&self) {
        self.tell(CUT);
    }

    /// The connection ends once everything that waits is written.
    pub(crate) fn finish(&self) {
        self.tell(FINISHED);
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.told.load(Ordering::Acquire) & FINISHED != 0
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.told.load(Ordering::Acquire) & CUT != 0
    }

    /// Ready once somebody has called since the last time.
    pub(crate) fn poll_woken(&self, context: &mut Context<'_>) -> Poll<()> {
        self.waker.register(context.waker());
        match self.told.fetch_and(!WOKEN, Ordering::AcqRel) & WOKEN {
            0 => Poll::Pending,
            _ => Poll::Ready(()),
        }
    }

    /// Until woken.
    pub(crate) async fn woken(&self) {
        std::future::poll_fn(|context| self.poll_woken(context)).await;
    }
}

/// How many sessions there are.
#[derive(Default)]
pub(crate) struct Census(pub(crate) AtomicUsize);

impl Census {
    /// Bytes that a session without connection may keep.
    fn share_bytes(&self) -> usize {
        (SESSIONS_KEPT_BYTES / self.0.load(Ordering::Relaxed).max(1)).min(SESSION_KEPT_BYTES)
    }
}

/// How much a session recommends itself for pushes: what it called, and when (protocol-checks, point 17).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Claim {
    /// 0: nothing that asks for updates; 1: only what file connections call too; 2: a call of a person's client.
    pub(crate) rank: u8,
    /// When, in milliseconds.
    pub(crate) at: i64,
}

/// One session.
pub(crate) struct LiveSession {
    /// The key it is under.
    pub(crate) key: Arc<KeyHandle>,
    /// Its id.
    pub(crate) id: i64,
    /// Told whenever a request ends, for those that wait for others.
    pub(crate) finished: Notify,
    /// For answers with pieces of files that are not written yet.
    pub(crate) reads: OnceLock<Rooms>,
    /// Held by a request from its first poll until the API has polled it: what waits on that way keeps its place.
    pub(crate) entry: tokio::sync::Mutex<()>,
    inner: Mutex<Inner>,
}

/// What is behind the lock; held for as long as it takes to queue or pack, never across an await.
pub(crate) struct Inner {
    /// The protocol's state.
    pub(crate) protocol: Session,
    /// Its requests.
    pub(crate) lane: Lane,
    /// Its claim to pushes.
    pub(crate) claim: Claim,
    /// For whom it is registered with the hub.
    pub(crate) registered: Option<UserId>,
    /// Whether somebody was signed in when its last request began, be it under the permanent key that its own acts for.
    pub(crate) is_known: bool,
    census: Arc<Census>,
    link: Option<Arc<Link>>,
    /// Since when no connection carries it, in milliseconds.
    detached_at: Option<i64>,
}

impl LiveSession {
    pub(crate) fn new(key: Arc<KeyHandle>, protocol: Session, now: ProtocolTime, census: Arc<Census>) -> Self {
        metrics::SESSIONS_OPEN.inc();
        let id = protocol.id();
        let inner = Inner {
            protocol,
            lane: Lane::default(),
            claim: Claim::default(),
            registered: None,
            is_known: false,
            census,
            link: None,
            detached_at: Some(now.0),
        };
        Self {
            key,
            id,
            finished: Notify::new(),
            reads: OnceLock::new(),
            entry: Default::default(),
            inner: Mutex::new(inner),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock()
    }

    /// Takes an update; false when it was left out. A session without connection only notes that it missed one.
    pub(crate) fn push(&self, body: Bytes, now: ProtocolTime) -> bool {
        let mut inner = self.lock();
        let Some(link) = inner.link.clone() else {
            inner.protocol.mark_missed();
            return false;
        };
        let is_taken = inner.protocol.push(body, now);
        link.wake();
        is_taken
    }

    /// Queues something with the session's lock held and wakes the connection. Without one, what is kept stays bounded.
    pub(crate) fn say<T>(&self, say: impl FnOnce(&mut Session) -> T) -> T {
        let mut inner = self.lock();
        let said = say(&mut inner.protocol);
        inner.wake();
        inner.keep_little();
        said
    }
}

impl Drop for LiveSession {
    fn drop(&mut self) {
        metrics::SESSIONS_OPEN.dec();
    }
}

impl Inner {
    /// From now on this connection carries the session. True if it is another one than before.
    pub(crate) fn attach(&mut self, link: &Arc<Link>) -> bool {
        let is_same = self.link.as_ref().is_some_and(|present| present.id == link.id);
        if !is_same {
            self.link = Some(link.clone());
            self.detached_at = None;
        }
        !is_same
    }

    /// This connection ends; false when another carries the session already.
    pub(crate) fn detach(&mut self, link: &Link, now: ProtocolTime) -> bool {
        let was_carried = self.is_carried_by(link);
        if was_carried {
            self.link = None;
            self.detached_at = Some(now.0);
            self.keep_little();
        }
        was_carried
    }

    /// Without a connection: forgets the oldest of what is kept beyond this session's share. Answers that are finished
    /// only now count, too: a client could ask for much and be gone before it comes.
    fn keep_little(&mut self) {
        if self.link.is_none() {
            let most = self.census.share_bytes();
            self.protocol.shrink_to(if self.registered.is_some() {
                most
            } else {
                most.min(SESSION_KEPT_STRANGER_BYTES)
            });
        }
    }

    /// Whether this connection carries the session.
    pub(crate) fn is_carried_by(&self, link: &Link) -> bool {
        self.link.as_ref().is_some_and(|present| present.id == link.id)
    }

    /// When acknowledgements go out alone, if this connection is to write them.
    pub(crate) fn ack_by(&self, link: &Link) -> Option<ProtocolTime> {
        self.is_carried_by(link).then(|| self.protocol.ack_by()).flatten()
    }

    /// Whether any connection carries the session.
    pub(crate) const fn is_attached(&self) -> bool {
        self.link.is_some()
    }

    /// Since when no connection carries the session, in milliseconds.
    pub(crate) const fn detached_at(&self) -> Option<i64> {
        self.detached_at
    }

    /// Lets the connection write; cuts it if it has not written for too long.
    pub(crate) fn wake(&self) {
        match &self.link {
            Some(link) if self.protocol.is_overfull() => {
                metrics::CONNECTIONS_CLOSED.inc("slow reader");
                link.cut();
            }
            Some(link) => link.wake(),
            None => {}
        }
    }

    /// Ends the connection that carries the session once everything that waits is written.
    pub(crate) fn cut_when_written(&self) {
        if let Some(link) = &self.link {
            link.finish();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::SESSION_BYTES;
    use crate::testing::key_handle;

    const NOW: ProtocolTime = ProtocolTime(1_700_000_000_000);

    fn session(others: usize) -> LiveSession {
        let key = key_handle(1);
        let protocol = Session::new(7, 1, key.salts).expect("a session");
        LiveSession::new(key, protocol, NOW, Arc::new(Census(AtomicUsize::new(others))))
    }

    /// Asks for much and is gone before it comes.
    fn answers_after_leaving(session: &LiveSession) -> usize {
        let link = Arc::new(Link::new(1));
        session.lock().attach(&link);
        session.lock().detach(&link, NOW);
        for request in 1..=4096 {
            session.say(|protocol| protocol.answer(request, vec![0; 16 * 1024].into(), NOW));
        }
        session.lock().protocol.kept_bytes()
    }

    #[test]
    fn answers_that_nobody_fetches_are_bounded() {
        let stranger = session(1);
        assert!(answers_after_leaving(&stranger) <= SESSION_KEPT_STRANGER_BYTES);
        let (member, crowded) = (session(1), session(SESSIONS_KEPT_BYTES / 20_000));
        member.lock().registered = Some(UserId(1));
        crowded.lock().registered = Some(UserId(1));
        assert!((32 * 1024..=SESSION_KEPT_BYTES).contains(&answers_after_leaving(&member)), "the latest stay");
        assert!(answers_after_leaving(&crowded) <= 20_000, "the more there are, the less each keeps");
    }

    /// Everybody who is here has a session, and most say nothing: what each of them takes is watched.
    #[test]
    fn a_session_is_small() {
        let bytes = size_of::<LiveSession>();
        assert!(bytes <= SESSION_BYTES, "{bytes} bytes");
        assert!(bytes * 2 > SESSION_BYTES, "the bound says nothing: {bytes} bytes");
    }

    #[test]
    fn nothing_is_forgotten_while_a_connection_reads() {
        let stranger = session(1);
        stranger.lock().attach(&Arc::new(Link::new(1)));
        for request in 1..=64 {
            stranger.say(|protocol| protocol.answer(request, vec![0; 16 * 1024].into(), NOW));
        }
        assert_eq!(stranger.lock().protocol.kept_bytes(), 64 * 16 * 1024);
    }
}
