//! The mailbox: one serial writer per person, two logs, and the projections they add up to (DESIGN §3).
//!
//! The writer assigns ids and pts from the *pending* state under a short lock, enqueues the batch under that lock, and is
//! acknowledged outside of it. Whoever reads pending state awaits the barrier of that moment before anything leaves the
//! process. When a commit fails the chain of batches built on it fails too, and the mailbox is read anew from the disk.
//!
//! Not here: what a message means and who may send one ([`crate::messages`]), and how anything looks to a client (`api`).

pub mod change;
pub mod dialog;
pub mod event;
pub mod record;
pub mod ring;

mod allowance;
mod cache;
mod difference;
mod history;
mod load;
mod places;
mod read;
mod replay;
mod state;
mod suffix;
mod trim;
mod write;

pub use change::{Change, ChangeRecord, ChatNote};
pub use dialog::{Dialog, Head};
pub use difference::{Cut, Difference, DifferenceLimits};
pub use event::{DialogAfter, Event, EventBody, LetterMark, SentAs};
pub use history::{HistoryPage, Window};
pub use record::{Action, Entity, EntityKind, Flags, Forward, Media, Message, Numbered, Quote, Reply, Sibling};
pub use ring::{Cursor, RingEntry};
pub use state::Entry;

pub(crate) use cache::Mailboxes;
pub(crate) use load::{change_entry, order_of_writing};
pub(crate) use places::{Place, Run, Stretch, decode_run, encode_run, runs_of};
pub(crate) use state::State;
pub(crate) use write::{Write, Written};
pub(crate) mod keys {
    //! Suffixes that operations of [`crate::messages`] write beside log entries.
    pub(crate) use super::suffix::{
        LETTERS_GIVEN, dialog, draft, filter, index, last_number, letter, letter_parts, message,
    };
}

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};

use parking_lot::Mutex;
use store::Chain;
use tokio::sync::RwLock;

use crate::{AuthKeyId, UserId};

/// Who does something, and by which device: that device's own result tells it what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub user: UserId,
    /// Their permanent auth key, if the server does not act by itself.
    pub device: Option<AuthKeyId>,
}

impl Actor {
    /// The server acting in somebody's name: all of their devices are told.
    #[must_use]
    pub fn server(user: UserId) -> Self {
        Self { user, device: None }
    }
}

/// See [`Mailbox::hold_unplaced`].
pub(crate) struct Hold(Arc<Mailbox>);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.holds.fetch_sub(1, Ordering::Relaxed);
    }
}

/// One active mailbox.
pub(crate) struct Mailbox {
    /// Whose.
    pub(crate) user: UserId,
    /// Pending state; the lock is held for computing only, never across an await.
    pub(crate) state: Mutex<State>,
    /// Serialises the operations that read the disk before they write (edits, deletions, reads, pins). New messages do not
    /// take it: they only add.
    pub(crate) mutations: Arc<tokio::sync::Mutex<()>>,
    /// Whether the list of writers names the owner. Held for reading while letters are planned.
    pub(crate) is_listed: Arc<RwLock<bool>>,
    /// The batches built on this state.
    pub(crate) chain: Chain,
    /// See [`Mailbox::hold_unplaced`].
    holds: AtomicUsize,
    used_ms: AtomicI64,
    /// A checkpoint was written since the logs were last trimmed.
    trim_due: AtomicBool,
}

impl Mailbox {
    fn new(user: UserId, state: State) -> Self {
        Self {
            user,
            is_listed: Arc::new(RwLock::new(state.letters.is_listed)),
            state: Mutex::new(state),
            mutations: Arc::default(),
            chain: Chain::default(),
            holds: AtomicUsize::new(0),
            used_ms: AtomicI64::new(0),
            trim_due: AtomicBool::new(false),
        }
    }

    /// While this lives, what no run has stays so: a deletion finds there at its write what it found when it was prepared.
    pub(crate) fn hold_unplaced(self: &Arc<Self>) -> Hold {
        self.holds.fetch_add(1, Ordering::Relaxed);
        Hold(self.clone())
    }

    /// To be asked under the lock of the state, as what is unplaced is.
    fn may_place(&self) -> bool {
        self.holds.load(Ordering::Relaxed) == 0
    }

    fn touch(&self, now_ms: i64) {
        self.used_ms.store(now_ms, Ordering::Relaxed);
    }

    /// Whether everything enqueued is durable (or failed).
    fn is_settled(&self) -> bool {
        self.state.lock().barrier.as_ref().is_none_or(|barrier| barrier.peek().is_some())
    }
}
