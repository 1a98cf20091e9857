//! Whose turn it is to send: what one person sends is numbered in the order in which it was begun, however long each send
//! takes to look up what it needs (protocol-checks E13). The turn ends when the message has its number, before the disk
//! has it, so that sends still share commits.

use std::sync::Arc;

use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::limits::mailbox::TURN_LANES;
use crate::{Platform, UserId};

/// The fair locks that people wait at. Who shares one with somebody else only waits a little longer.
pub(crate) struct Turns(Vec<Arc<Mutex<()>>>);

/// A place at the head of one's own queue.
#[must_use = "dropping it lets the next one send"]
pub struct Turn(#[allow(dead_code, reason = "held, not read")] OwnedMutexGuard<()>);

impl Default for Turns {
    fn default() -> Self {
        Self((0..TURN_LANES).map(|_| Arc::default()).collect())
    }
}

impl Turns {
    /// Waits for this person's turn.
    pub(crate) async fn take(&self, user: UserId) -> Turn {
        let lane = usize::try_from(user.0.unsigned_abs() % TURN_LANES as u64).unwrap_or(0);
        Turn(self.0[lane].clone().lock_owned().await)
    }
}

impl Platform {
    /// Waits until everything that this person began to send before has its number. Takes its place in the queue at the
    /// first poll.
    pub async fn turn(&self, user: UserId) -> Turn {
        self.inner.turns.take(user).await
    }
}
