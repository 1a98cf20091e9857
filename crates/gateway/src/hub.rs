//! Fan-out: every person with a session on this node has one pump, which reads what is new for them and writes it to one
//! session of each of their authorisations.
//!
//! A pump is called by signals. Since signals may be lost, the heads of all people followed here are looked at every few
//! seconds, in memory, and whoever stands behind is called. It begins at the present head
//! when a person's first session here asks for anything; what came before, the client fetches itself.

mod pump;
mod turn;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bus::Signal;
use parking_lot::Mutex;
use platform::{AuthKeyId, AuthKeyState, UserId};

use self::pump::Pump;
use self::turn::Line;
use crate::limits::{PUMP_CATCH_UP, PUMP_EVERY, PUMP_PARTS};
use crate::live::LiveSession;
use crate::node::Node;

/// The pumps of this node.
pub(crate) struct Hub {
    pumps: Mutex<HashMap<UserId, Arc<Pump>>>,
    line: Line,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self { pumps: Mutex::default(), line: Line::default() }
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
                self.call(node, &pump);
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

    /// The person's pump.
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
        Some(pumps.entry(user).or_insert_with(|| Arc::new(Pump::new(user, cursor))).clone())
    }

    /// Lets a pump have its turn.
    fn call(&self, node: &Arc<Node>, pump: &Arc<Pump>) {
        if pump.call() {
            self.line.join(node, pump.clone());
        }
    }

    /// Takes a pump out that nobody needs, unless somebody came meanwhile.
    fn retire(&self, pump: &Pump) -> bool {
        let mut pumps = self.pumps.lock();
        if pump.has_targets() {
            return false;
        }
        pumps.remove(&pump.user);
        true
    }

    /// Hears a signal of the bus.
    pub(crate) fn hear(&self, node: &Arc<Node>, signal: &Signal) {
        match signal {
            Signal::Moved { user_id, by } => {
                self.with(node, *user_id, |pump| pump.moved(by.map(AuthKeyId), node.age_us()));
            }
            Signal::Ephemeral { user_id, payload } => {
                self.with(node, *user_id, |pump| pump.post(payload.clone()));
            }
            Signal::KeyChanged { auth_key_id } => key_changed(node, *auth_key_id),
            Signal::LoginToken { auth_key_id } => login_token_accepted(node, *auth_key_id),
        }
    }

    /// Lets a person's pump, if they are followed, have its turn when `hears` says that there is something to do.
    fn with(&self, node: &Arc<Node>, user_id: i64, hears: impl FnOnce(&Pump) -> bool) {
        let pump = self.pumps.lock().get(&UserId(user_id)).cloned();
        if let Some(pump) = pump.filter(|pump| hears(pump)) {
            self.call(node, &pump);
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

    /// Calls the pumps that have something to do although no signal said so, a part at a time.
    pub(crate) async fn look_again(&self, node: &Arc<Node>) {
        let pumps: Vec<Arc<Pump>> = self.pumps.lock().values().cloned().collect();
        let parts = u32::try_from(pumps.len()).unwrap_or(u32::MAX).clamp(1, PUMP_PARTS);
        for part in pumps.chunks(pumps.len().div_ceil(parts as usize).max(1)) {
            for pump in part {
                let is_over = !pump.has_targets();
                if is_over || !node.platform().is_at(pump.user, *pump.reached.lock()) {
                    self.call(node, pump);
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
        if is_reached && let Some(body) = home.for_layer(session.key.state.layer()) {
            session.push(body, node.now());
        }
    }
}
