//! Fan-out: every person with a session on this node has one pump, which reads what is new for them and writes it to one
//! session of each of their authorisations.
//!
//! A pump is woken by signals. Since signals may be lost, the heads of all people followed here are looked at every few
//! seconds, in memory, and whoever stands behind is woken. It begins at the present head
//! when a person's first session here asks for anything; what came before, the client fetches itself.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use api::{PushBatch, PushItem};
use bus::Signal;
use bytes::Bytes;
use futures::FutureExt;
use parking_lot::Mutex;
use platform::mailbox::Cursor;
use platform::{AuthKeyId, AuthKeyState, UserId};
use smallvec::SmallVec;
use tokio::sync::Notify;

use crate::limits::{PUMP_BATCHES, PUMP_CATCH_UP, PUMP_EPHEMERALS, PUMP_EVERY, PUMP_PARTS, PUMP_PASSED_OVER_MAX};
use crate::live::LiveSession;
use crate::node::{Node, Phase, reached};

/// The pumps of this node.
pub(crate) struct Hub {
    pumps: Mutex<HashMap<UserId, Arc<Pump>>>,
}

/// What wakes a pump, and whom it serves.
struct Pump {
    user: UserId,
    wake: Notify,
    /// When it heard first of what it has not looked at yet; 0: nothing. In the node's microseconds.
    moved_at: AtomicU64,
    mail: Mutex<Mail>,
    targets: Mutex<Vec<Target>>,
    /// How far the pump has come, as of its last turn.
    reached: Mutex<Cursor>,
    /// Signals since that turn that told of nothing but what the person's only device did itself.
    passed_over: AtomicUsize,
    /// Signals heard and signals acted upon, to know whether pushes are still to come.
    heard: AtomicU64,
    done: AtomicU64,
    /// Told after every turn.
    turned: Notify,
}

#[derive(Default)]
struct Mail {
    ephemerals: Vec<Bytes>,
}

/// One session that may get pushes.
struct Target {
    /// The authorisation: its permanent key. In memory it is authoritative: signed out there, nothing more goes here.
    key: Arc<AuthKeyState>,
    session: Weak<LiveSession>,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self { pumps: Mutex::default() }
    }

    /// Makes a session one of those that may get pushes of the person its key belongs to, if anybody. Returns at once when
    /// it is already; else after the pump has its place in the person's updates, so that none falls in between.
    pub(crate) async fn register(&self, node: &Arc<Node>, session: &Arc<LiveSession>, key: &Arc<AuthKeyState>) {
        let user = key.user_id();
        if session.lock().registered == user {
            return;
        }
        let Some(user) = user else {
            session.lock().registered = None;
            return;
        };
        loop {
            let Some(pump) = self.pump(node, user).await else { return };
            if pump.is_behind_for(key.id) {
                // What was passed over is not for another device either: it happened before this one came.
                pump.moved(None, node.age_us());
                self.catch_up(user).await;
            }
            pump.add(key, session);
            // The pump may have retired in between.
            if self.pumps.lock().get(&user).is_some_and(|present| Arc::ptr_eq(present, &pump)) {
                break;
            }
        }
        session.lock().registered = Some(user);
    }

    /// The person's pump, running.
    async fn pump(&self, node: &Arc<Node>, user: UserId) -> Option<Arc<Pump>> {
        if let Some(pump) = self.pumps.lock().get(&user) {
            return Some(pump.clone());
        }
        let cursor = match node.api.cursor(user).await {
            Ok(cursor) => cursor,
            Err(error) => {
                tracing::warn!(%error, "a person's updates cannot be followed yet");
                return None;
            }
        };
        let mut pumps = self.pumps.lock();
        // Somebody else may have been quicker; then theirs began earlier and serves as well.
        let pump = pumps.entry(user).or_insert_with(|| {
            let pump = Arc::new(Pump::new(user, cursor));
            tokio::spawn(run(node.clone(), pump.clone(), cursor));
            pump
        });
        Some(pump.clone())
    }

    /// Hears a signal of the bus.
    pub(crate) fn hear(&self, node: &Node, signal: &Signal) {
        match signal {
            Signal::Moved { user_id, by } => {
                self.with(*user_id, |pump| pump.moved(by.map(AuthKeyId), node.age_us()));
            }
            Signal::Ephemeral { user_id, payload } => self.with(*user_id, |pump| pump.post(payload.clone())),
            Signal::KeyChanged { auth_key_id } => key_changed(node, *auth_key_id),
            Signal::LoginToken { auth_key_id } => login_token_accepted(node, *auth_key_id),
        }
    }

    fn with(&self, user_id: i64, act: impl FnOnce(&Pump)) {
        let pump = self.pumps.lock().get(&UserId(user_id)).cloned();
        if let Some(pump) = pump {
            act(&pump);
        }
    }

    /// Waits a moment for pushes that were signalled before now, so that a result does not overtake them.
    pub(crate) async fn catch_up(&self, user: UserId) {
        let Some(pump) = self.pumps.lock().get(&user).cloned() else { return };
        let heard = pump.heard.load(Ordering::Acquire);
        // A result that is early costs the client a question, no more.
        let _ = tokio::time::timeout(PUMP_CATCH_UP, pump.has_done(heard)).await;
    }

    /// A connection of this person's ended: if it was the last one, they are away.
    pub(crate) async fn left(&self, node: &Node, user: UserId) {
        let pump = self.pumps.lock().get(&user).cloned();
        let is_away = pump.is_none_or(|pump| !pump.is_reached());
        if is_away
            && node.platform().is_here(user)
            && let Err(error) = node.platform().update_status(user, true).await
        {
            tracing::debug!(%error, "when somebody left was not stored");
        }
    }

    /// Wakes the pumps that have something to do although no signal said so, a part at a time.
    pub(crate) async fn look_again(&self, node: &Node) {
        let pumps: Vec<Arc<Pump>> = self.pumps.lock().values().cloned().collect();
        let parts = u32::try_from(pumps.len()).unwrap_or(u32::MAX).clamp(1, PUMP_PARTS);
        for part in pumps.chunks(pumps.len().div_ceil(parts as usize).max(1)) {
            for pump in part {
                let is_over = !pump.has_targets();
                if is_over || !node.platform().is_at(pump.user, *pump.reached.lock()) {
                    pump.wake.notify_one();
                }
            }
            tokio::time::sleep(PUMP_EVERY / parts).await;
        }
    }

    /// People followed on this node.
    pub(crate) fn people(&self) -> usize {
        self.pumps.lock().len()
    }
}

/// A destroyed key's connections end; a key that merely changed hands gets no pushes any more, which every push checks.
fn key_changed(node: &Node, auth_key_id: i64) {
    let sessions = node.registry.of_key(auth_key_id);
    if sessions.iter().any(|session| session.key.state.is_destroyed()) {
        for session in &sessions {
            session.lock().cut_when_written();
        }
        node.registry.forget_key(auth_key_id);
    }
}

/// Page "api/qr-login": the device that waits hears that it may ask again. Nobody is signed in there yet, so that no pump
/// serves it: its sessions with a connection are told, whichever of them asked.
fn login_token_accepted(node: &Node, auth_key_id: i64) {
    let home = node.api.render_login_token();
    for session in node.registry.of_key(auth_key_id) {
        let is_reached = session.lock().is_attached();
        if is_reached && let Some(body) = translate(session.key.state.layer(), &home) {
            session.push(body, node.now());
        }
    }
}

impl Pump {
    fn new(user: UserId, cursor: Cursor) -> Self {
        Self {
            user,
            reached: Mutex::new(cursor),
            passed_over: AtomicUsize::new(0),
            wake: Notify::new(),
            moved_at: AtomicU64::new(0),
            mail: Mutex::default(),
            targets: Mutex::default(),
            heard: AtomicU64::new(0),
            done: AtomicU64::new(0),
            turned: Notify::new(),
        }
    }

    fn add(&self, key: &Arc<AuthKeyState>, session: &Arc<LiveSession>) {
        let mut targets = self.targets.lock();
        targets.retain(|target| target.session.strong_count() > 0);
        targets.push(Target { key: key.clone(), session: Arc::downgrade(session) });
    }

    /// What their only device did itself, its result tells it: then there is nobody to push to, and reading can wait until
    /// somebody else does something, as long as memory still holds what comes in between.
    fn moved(&self, by: Option<AuthKeyId>, now_us: u64) {
        if by.is_some()
            && by == self.sole_authorisation()
            && self.passed_over.fetch_add(1, Ordering::AcqRel) < PUMP_PASSED_OVER_MAX
        {
            return;
        }
        // Whoever heard first is measured.
        let _ = self.moved_at.compare_exchange(0, now_us, Ordering::Relaxed, Ordering::Relaxed);
        self.heard.fetch_add(1, Ordering::AcqRel);
        self.wake.notify_one();
    }

    /// Until so many signals have been acted upon.
    async fn has_done(&self, heard: u64) {
        while self.done.load(Ordering::Acquire) < heard {
            let mut turned = std::pin::pin!(self.turned.notified());
            turned.as_mut().enable();
            if self.done.load(Ordering::Acquire) < heard {
                turned.await;
            }
        }
    }

    fn post(&self, payload: Bytes) {
        let mut mail = self.mail.lock();
        if mail.ephemerals.len() < PUMP_EPHEMERALS {
            mail.ephemerals.push(payload);
            self.wake.notify_one();
        }
    }

    /// Forgets sessions that are gone or belong to somebody else by now; false when none is left. Who is forgotten here
    /// registers anew with their next call, should the person come back.
    fn has_targets(&self) -> bool {
        let mut targets = self.targets.lock();
        targets.retain(|target| {
            let Some(session) = target.session.upgrade() else { return false };
            let is_theirs = target.key.user_id() == Some(self.user);
            if !is_theirs {
                let mut inner = session.lock();
                inner.registered = inner.registered.filter(|user| *user != self.user);
            }
            is_theirs
        });
        !targets.is_empty()
    }

    /// Whether the pump stands behind, for want of a need to go on, while a session of another device than so far comes.
    fn is_behind_for(&self, key: AuthKeyId) -> bool {
        self.passed_over.load(Ordering::Acquire) > 0 && self.sole_authorisation() != Some(key)
    }

    /// Whether any session of the person has a connection.
    fn is_reached(&self) -> bool {
        let targets = self.targets.lock();
        targets.iter().filter_map(|target| target.session.upgrade()).any(|session| session.lock().is_attached())
    }

    /// The person's only authorisation, if there is only one: what it caused itself need not even be rendered.
    fn sole_authorisation(&self) -> Option<AuthKeyId> {
        let targets = self.targets.lock();
        let first = targets.first()?.key.id;
        targets.iter().all(|target| target.key.id == first).then_some(first)
    }

    /// One session per authorisation, the one with the best claim; those with a connection before those without.
    fn chosen(&self) -> SmallVec<[(Arc<AuthKeyState>, Arc<LiveSession>); 4]> {
        let targets = self.targets.lock();
        let mut best: SmallVec<[_; 4]> = SmallVec::new();
        for target in targets.iter().filter(|target| target.key.user_id() == Some(self.user)) {
            let Some(session) = target.session.upgrade() else { continue };
            let standing = {
                let inner = session.lock();
                (inner.is_attached(), inner.claim)
            };
            match best.iter_mut().find(|(key, ..): &&mut (AuthKeyId, _, _, _)| *key == target.key.id) {
                Some(present) if present.1 < standing => {
                    *present = (target.key.id, standing, target.key.clone(), session)
                }
                Some(_) => {}
                None => best.push((target.key.id, standing, target.key.clone(), session)),
            }
        }
        best.into_iter().map(|(_, _, key, session)| (key, session)).collect()
    }

    fn deliver(&self, node: &Node, item: &PushItem) {
        let mut rendered = Rendered::new(&item.body);
        for (key, session) in self.chosen() {
            if item.origin == Some(key.id) {
                continue;
            }
            let Some(body) = rendered.for_layer(key.layer()) else { continue };
            if session.push(body, node.now()) {
                metrics::UPDATES_PUSHED.inc();
            } else {
                metrics::UPDATES_LEFT_OUT.inc();
            }
        }
    }

    /// The log no longer reaches back: everybody fetches the difference.
    fn confess(&self) {
        for (_, session) in self.chosen() {
            let mut inner = session.lock();
            inner.protocol.mark_missed();
            inner.wake();
        }
    }
}

/// One update, serialised at most once per layer.
struct Rendered<'a> {
    home: &'a [u8],
    by_layer: SmallVec<[(i32, Option<Bytes>); 2]>,
}

impl<'a> Rendered<'a> {
    fn new(home: &'a [u8]) -> Self {
        Self { home, by_layer: SmallVec::new() }
    }

    fn for_layer(&mut self, layer: i32) -> Option<Bytes> {
        if let Some((_, body)) = self.by_layer.iter().find(|(known, _)| *known == layer) {
            return body.clone();
        }
        let body = translate(layer, self.home);
        self.by_layer.push((layer, body.clone()));
        body
    }
}

async fn run(node: Arc<Node>, pump: Arc<Pump>, mut cursor: Cursor) {
    let mut phase = node.phase.subscribe();
    loop {
        tokio::select! {
            () = pump.wake.notified() => {}
            () = reached(&mut phase, Phase::Closing) => return,
        }
        // What nobody would be told is not read: those who left are many after a flood.
        if !pump.has_targets() && retire(&node, &pump) {
            return;
        }
        let (heard, moved_at) = (pump.heard.load(Ordering::Acquire), pump.moved_at.swap(0, Ordering::Relaxed));
        pump.passed_over.store(0, Ordering::Release);
        // A pump that ended would be missed for as long as its person stays. Boxed, so that those who only wait, the many,
        // do not carry the room for it.
        if AssertUnwindSafe(turn(&node, &pump, &mut cursor)).catch_unwind().boxed().await.is_err() {
            tracing::error!("updates of one person could not be told; they are tried again");
        }
        if moved_at > 0 {
            metrics::DELIVERY_SECONDS.observe((node.age_us() - moved_at) as f64 / 1e6);
        }
        *pump.reached.lock() = cursor;
        pump.done.store(heard, Ordering::Release);
        pump.turned.notify_waiters();
    }
}

async fn turn(node: &Node, pump: &Pump, cursor: &mut Cursor) {
    drain(node, pump, cursor).await;
    let ephemerals = std::mem::take(&mut pump.mail.lock().ephemerals);
    for payload in ephemerals {
        if let Some(body) = node.api.render_ephemeral(pump.user, &payload).await {
            pump.deliver(node, &PushItem { origin: None, body });
        }
    }
}

/// Takes a pump nobody needs out of the hub, unless somebody came meanwhile.
fn retire(node: &Node, pump: &Pump) -> bool {
    let mut pumps = node.hub.pumps.lock();
    if pump.has_targets() {
        return false;
    }
    pumps.remove(&pump.user);
    true
}

async fn drain(node: &Node, pump: &Pump, cursor: &mut Cursor) {
    for _ in 0..PUMP_BATCHES {
        let PushBatch { next, items, too_long } =
            match node.api.push_since(pump.user, *cursor, pump.sole_authorisation()).await {
                Ok(batch) => batch,
                Err(error) => {
                    tracing::warn!(%error, "updates could not be read; they are tried again");
                    return;
                }
            };
        if next == *cursor {
            return;
        }
        *cursor = next;
        if too_long {
            pump.confess();
        }
        items.iter().for_each(|item| pump.deliver(node, item));
    }
    // There is more: let others have their turn first.
    pump.wake.notify_one();
}

/// The update for this layer. What cannot be told there is left out; the client's next difference says it another way.
fn translate(layer: i32, home: &[u8]) -> Option<Bytes> {
    let layer = if layer == 0 { tl::LAYER } else { layer };
    match tl::translate::updates(layer, home) {
        Ok(told) => told.map(|bytes| Bytes::copy_from_slice(&bytes)),
        Err(error) => {
            tracing::error!(%error, layer, "an update cannot be told to a client's layer");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a task that runs this function takes.
    const fn task_bytes<A, B, C, F: Future>(_: &impl FnOnce(A, B, C) -> F) -> usize {
        size_of::<F>()
    }

    /// Everybody who is online has a pump, and most pumps wait.
    #[test]
    fn the_task_of_a_pump_is_small() {
        let bytes = task_bytes(&run);
        assert!(bytes <= 384, "{bytes} bytes");
    }

    #[tokio::test]
    async fn what_a_sole_device_did_itself_wakes_nobody_for_a_while() {
        let pump = Pump::new(UserId(1), Cursor::default());
        let (handle, other) = (crate::testing::key_handle(1), crate::testing::key_handle(2));
        let (key, session) = (handle.state.clone(), crate::testing::session(&handle));
        pump.add(&key, &session);
        for _ in 0..PUMP_PASSED_OVER_MAX {
            pump.moved(Some(key.id), 1);
        }
        assert_eq!(pump.heard.load(Ordering::Acquire), 0);
        assert!(pump.is_behind_for(other.state.id) && !pump.is_behind_for(key.id));
        pump.moved(Some(key.id), 1);
        assert_eq!(pump.heard.load(Ordering::Acquire), 1, "memory holds only so much");
        pump.passed_over.store(0, Ordering::Release);
        pump.moved(Some(other.state.id), 1);
        assert_eq!(pump.heard.load(Ordering::Acquire), 2, "somebody else's deed");
        let second = crate::testing::session(&other);
        pump.add(&other.state, &second);
        pump.moved(Some(key.id), 1);
        assert_eq!(pump.heard.load(Ordering::Acquire), 3, "the other device is told");
        let waiting = pump.has_done(3);
        let mut waiting = std::pin::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending());
        pump.done.store(3, Ordering::Release);
        pump.turned.notify_waiters();
        waiting.await;
    }
}
