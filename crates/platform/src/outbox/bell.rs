//! Who has just written letters: what wakes the carriers. It may forget; looking through the list of writers finds all.

use std::collections::{HashSet, VecDeque};

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::UserId;
use crate::limits::outbox::RUNG_MAX;

/// The bell.
#[derive(Default)]
pub(crate) struct Bell {
    rung: Mutex<Rung>,
    wake: Notify,
}

#[derive(Default)]
struct Rung {
    order: VecDeque<UserId>,
    known: HashSet<UserId>,
}

impl Bell {
    /// Somebody has letters to be taken.
    pub(crate) fn ring(&self, sender: UserId) {
        let mut rung = self.rung.lock();
        if rung.known.len() < RUNG_MAX && rung.known.insert(sender) {
            rung.order.push_back(sender);
        }
        drop(rung);
        self.wake.notify_one();
    }

    /// The first who rang and is not served at the moment.
    pub(crate) fn answer(&self, is_served: impl Fn(UserId) -> bool) -> Option<UserId> {
        let mut rung = self.rung.lock();
        let place = rung.order.iter().position(|sender| !is_served(*sender))?;
        let sender = rung.order.remove(place)?;
        rung.known.remove(&sender);
        Some(sender)
    }

    /// Resolves after the next ring, or at once if there was one since the last.
    pub(crate) async fn rung(&self) {
        self.wake.notified().await;
    }
}
