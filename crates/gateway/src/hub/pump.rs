//! One person who is followed here: where they stand, their sessions, and what the pump is at.
//!
//! A pump is no task: it is a row that waits in line when there is something to do, and is served by whoever takes it
//! ([`super::turn`]). So those who are merely connected, the many, cost a row each.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use api::PushItem;
use bytes::Bytes;
use parking_lot::Mutex;
use platform::mailbox::Cursor;
use platform::{AuthKeyId, AuthKeyState, UserId};
use smallvec::SmallVec;
use tokio::sync::Notify;

use crate::limits::{PUMP_EPHEMERALS, PUMP_PASSED_OVER_MAX};
use crate::live::LiveSession;
use crate::node::Node;

/// Whom a pump serves, and how far it has come.
pub(super) struct Pump {
    pub(super) user: UserId,
    stage: Mutex<Stage>,
    /// When it heard first of what it has not looked at yet; 0: nothing. In the node's microseconds.
    pub(super) moved_at: AtomicU64,
    ephemerals: Mutex<Vec<Bytes>>,
    targets: Mutex<SmallVec<[Target; 1]>>,
    /// How far it has come, as of its last turn.
    pub(super) reached: Mutex<Cursor>,
    /// Signals since that turn that told of nothing but what the person's only device did itself.
    pub(super) passed_over: AtomicUsize,
    /// Signals heard and signals acted upon, to know whether pushes are still to come.
    pub(super) heard: AtomicU64,
    done: AtomicU64,
    /// Told after every turn.
    turned: Notify,
}

/// What a pump is at. One turn at a time: two would write what happened in no order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing is to be done.
    Resting,
    /// It stands in line.
    Waiting,
    /// It has its turn.
    Serving,
    /// It has its turn, and something came meanwhile.
    Called,
}

/// One session that may get pushes.
struct Target {
    /// The authorisation: its permanent key. In memory it is authoritative: signed out there, nothing more goes here.
    key: Arc<AuthKeyState>,
    session: Weak<LiveSession>,
}

impl Pump {
    pub(super) fn new(user: UserId, cursor: Cursor) -> Self {
        Self {
            user,
            stage: Mutex::new(Stage::Resting),
            reached: Mutex::new(cursor),
            passed_over: AtomicUsize::new(0),
            moved_at: AtomicU64::new(0),
            ephemerals: Mutex::default(),
            targets: Mutex::default(),
            heard: AtomicU64::new(0),
            done: AtomicU64::new(0),
            turned: Notify::new(),
        }
    }

    /// There is something to do. True if it is to be put in line.
    pub(super) fn call(&self) -> bool {
        let mut stage = self.stage.lock();
        let before = *stage;
        *stage = if matches!(before, Stage::Serving | Stage::Called) { Stage::Called } else { Stage::Waiting };
        before == Stage::Resting
    }

    /// Its turn begins.
    pub(super) fn begin_turn(&self) {
        *self.stage.lock() = Stage::Serving;
    }

    /// Its turn ends, with all the signals acted upon that it had heard when it began. True if it is to be put in line again.
    pub(super) fn end_turn(&self, heard: u64) -> bool {
        self.done.store(heard, Ordering::Release);
        self.turned.notify_waiters();
        let mut stage = self.stage.lock();
        let is_called = *stage == Stage::Called;
        *stage = if is_called { Stage::Waiting } else { Stage::Resting };
        is_called
    }

    pub(super) fn add(&self, key: &Arc<AuthKeyState>, session: &Arc<LiveSession>) {
        let mut targets = self.targets.lock();
        targets.retain(|target| target.session.strong_count() > 0);
        targets.push(Target { key: key.clone(), session: Arc::downgrade(session) });
    }

    /// Hears a signal; true if there is something to do for it. What their only device did itself, its result tells it: then
    /// there is nobody to push to, and reading can wait until somebody else does something, as long as memory still holds what
    /// comes in between.
    pub(super) fn moved(&self, by: Option<AuthKeyId>, now_us: u64) -> bool {
        if by.is_some()
            && by == self.sole_authorisation()
            && self.passed_over.fetch_add(1, Ordering::AcqRel) < PUMP_PASSED_OVER_MAX
        {
            return false;
        }
        // Whoever heard first is measured.
        let _ = self.moved_at.compare_exchange(0, now_us, Ordering::Relaxed, Ordering::Relaxed);
        self.heard.fetch_add(1, Ordering::AcqRel);
        true
    }

    /// Until so many signals have been acted upon.
    pub(super) async fn has_done(&self, heard: u64) {
        while self.done.load(Ordering::Acquire) < heard {
            let mut turned = std::pin::pin!(self.turned.notified());
            turned.as_mut().enable();
            if self.done.load(Ordering::Acquire) < heard {
                turned.await;
            }
        }
    }

    /// Takes news that is not stored; false if too much of it waits.
    pub(super) fn post(&self, payload: Bytes) -> bool {
        let mut waiting = self.ephemerals.lock();
        let has_room = waiting.len() < PUMP_EPHEMERALS;
        if has_room {
            waiting.push(payload);
        }
        has_room
    }

    /// The news that waits.
    pub(super) fn take_ephemerals(&self) -> Vec<Bytes> {
        std::mem::take(&mut *self.ephemerals.lock())
    }

    /// Forgets sessions that are gone or belong to somebody else by now; false when none is left. Who is forgotten here
    /// registers anew with their next call, should the person come back.
    pub(super) fn has_targets(&self) -> bool {
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
    pub(super) fn is_behind_for(&self, key: AuthKeyId) -> bool {
        self.passed_over.load(Ordering::Acquire) > 0 && self.sole_authorisation() != Some(key)
    }

    /// Whether any session of the person has a connection.
    pub(super) fn is_reached(&self) -> bool {
        let targets = self.targets.lock();
        targets.iter().filter_map(|target| target.session.upgrade()).any(|session| session.lock().is_attached())
    }

    /// The person's only authorisation, if there is only one: what it caused itself need not even be rendered.
    pub(super) fn sole_authorisation(&self) -> Option<AuthKeyId> {
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

    /// Writes an item to every device but the one that caused it.
    pub(super) fn deliver(&self, node: &Node, item: &PushItem) {
        let chosen = self.chosen();
        let is_one = chosen.len() == 1;
        // Serialised at most once per layer.
        let mut told: SmallVec<[(i32, Option<Bytes>); 2]> = SmallVec::new();
        for (key, session) in chosen {
            if item.origin == Some(key.id) {
                continue;
            }
            let layer = key.layer();
            let known = told.iter().find(|(known, _)| *known == layer).map(|(_, body)| body.clone());
            let body = known.unwrap_or_else(|| {
                let body = item.body.for_layer(layer);
                // A second handle on the bytes costs an allocation, and most people have one device.
                if !is_one {
                    told.push((layer, body.clone()));
                }
                body
            });
            let Some(body) = body else { continue };
            if session.push(body, node.now()) {
                metrics::UPDATES_PUSHED.inc();
            } else {
                metrics::UPDATES_LEFT_OUT.inc();
            }
        }
    }

    /// The log no longer reaches back: everybody fetches the difference.
    pub(super) fn confess(&self) {
        for (_, session) in self.chosen() {
            let mut inner = session.lock();
            inner.protocol.mark_missed();
            inner.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everybody who is online has one.
    #[test]
    fn a_pump_is_small() {
        let bytes = size_of::<Pump>();
        assert!(bytes <= 192, "{bytes} bytes");
    }

    #[test]
    fn a_pump_stands_in_line_once_and_what_comes_during_a_turn_is_not_lost() {
        let pump = Pump::new(UserId(1), Cursor::default());
        assert!(pump.call());
        assert!(!pump.call(), "it stands in line already");
        pump.begin_turn();
        assert!(!pump.call() && !pump.call(), "it has its turn");
        assert!(pump.end_turn(0), "it was called meanwhile");
        assert!(!pump.call(), "it stands in line again");
        pump.begin_turn();
        assert!(!pump.end_turn(0));
        assert!(pump.call());
    }

    #[tokio::test]
    async fn what_a_sole_device_did_itself_wakes_nobody_for_a_while() {
        let pump = Pump::new(UserId(1), Cursor::default());
        let (handle, other) = (crate::testing::key_handle(1), crate::testing::key_handle(2));
        let (key, session) = (handle.state.clone(), crate::testing::session(&handle));
        pump.add(&key, &session);
        for _ in 0..PUMP_PASSED_OVER_MAX {
            assert!(!pump.moved(Some(key.id), 1));
        }
        assert_eq!(pump.heard.load(Ordering::Acquire), 0);
        assert!(pump.is_behind_for(other.state.id) && !pump.is_behind_for(key.id));
        assert!(pump.moved(Some(key.id), 1), "memory holds only so much");
        pump.passed_over.store(0, Ordering::Release);
        assert!(pump.moved(Some(other.state.id), 1), "somebody else's deed");
        let second = crate::testing::session(&other);
        pump.add(&other.state, &second);
        assert!(pump.moved(Some(key.id), 1), "the other device is told");
        assert_eq!(pump.heard.load(Ordering::Acquire), 3);
        let waiting = pump.has_done(3);
        let mut waiting = std::pin::pin!(waiting);
        assert!(futures::poll!(&mut waiting).is_pending());
        pump.end_turn(3);
        waiting.await;
    }
}
