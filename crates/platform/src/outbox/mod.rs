//! Letters between mailboxes: how a deed reaches the other person's mailbox when one batch may write one mailbox only
//! ([`crate::Delivery::Outbox`]).
//!
//! Whoever does something writes their own mailbox and, in the same batch, a letter for each other mailbox that it
//! concerns; once that is durable the deed is acknowledged. A carrier then reads the letters in the order in which they
//! were written and hands each to its recipient's writer, which does there what the letter says ([`Effect`]) in a batch
//! of the recipient's own. Last, letters that were taken are removed, many at a time. What an effect does to a mailbox is
//! described once ([`crate::messages`]); folded delivery does the same within the actor's batch.
//!
//! **Once.** The number of the letter stands in the record it leads to: in the recipient's copy of a message, in the log
//! entry of anything else, and in a record of its own where nothing had to be done; where the message goes, in the log entry
//! that says so. The dialog with the sender sums up the highest ([`crate::mailbox::Dialog::letter`]). So a letter that is
//! found again after a crash is known, and a new message still costs one record a mailbox and the letter. Numbers are
//! never given twice: what is removed leaves the last number given behind.
//!
//! **Names.** The recipient's writer numbers the recipient's copy, so its author cannot know that number, while the
//! recipient's copy tells the author's from the beginning ([`crate::mailbox::Sibling`]). A letter therefore names a message
//! by the number that its writer knows ([`Name`]): the recipient's for what the recipient once wrote, the writer's own for
//! what they wrote themselves. The recipient finds the latter by halves: of one author's messages in one conversation
//! the numbers rise together in both mailboxes, because letters are taken in their order, and the index of the
//! conversation carries the author's number beside the reader's. The alternative, to tell the author the number by a letter
//! back, would double the writes of every message for the few that are ever named again.
//!
//! **Never stuck.** A ring tells the carriers of a new letter at once, and may be lost: whoever writes letters is listed
//! first, durably, and all who are listed are looked through every few seconds and after a start. Somebody who has
//! written none for a while and has none waiting is taken off the list. Whoever cannot be reached, and a letter that nobody
//! can read any more, hold up no letter to anybody else.
//!
//! **Who is gone.** A letter to a deleted account is dropped. A block counts for what is sent after it: what was
//! acknowledged before still arrives. A deed on a message that the recipient has deleted does nothing. The medium of a
//! message is held by the letter until the recipient's copy holds it.
//!
//! Not here: tasks and pauses. The node runs [`crate::Platform::run_outbox`] and says how to pause.

mod bell;
mod bring;
mod carry;
mod copies;
mod letter;
mod letters;
mod listed;

pub(crate) use bell::Bell;
pub use letter::{Effect, Name};
pub(crate) use letter::{Letter, Number};
pub(crate) use letters::{Letters, load};
pub(crate) use listed::Listed;

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use crate::messages::Turns;
use crate::{Delivery, Platform, PlatformError, UserId};

/// What the carriers of this node share.
#[derive(Default)]
pub(crate) struct Outbox {
    /// Whether deeds travel by letter.
    is_on: AtomicBool,
    pub(crate) bell: Bell,
    /// One carrier a sender.
    carriers: Turns,
    /// Letters that nobody can read, by sender and number: what the log has told already.
    unreadable: Mutex<HashSet<(UserId, i64)>>,
}

impl Outbox {
    pub(crate) fn is_on(&self) -> bool {
        self.is_on.load(Ordering::Relaxed)
    }
}

impl Platform {
    /// Begins in the mode that was asked for. Letters of an earlier run are taken before anything is folded: what is
    /// folded may not overtake them. If they cannot be, this run goes on with letters.
    pub(crate) async fn open_outbox(&self) -> Result<(), PlatformError> {
        let outbox = &self.inner.outbox;
        let is_asked = self.inner.settings.delivery == Delivery::Outbox;
        outbox.is_on.store(is_asked || !self.is_nobody_listed().await?, Ordering::Relaxed);
        if is_asked || !outbox.is_on() {
            return Ok(());
        }
        match self.drain_outbox().await {
            Ok(()) => outbox.is_on.store(false, Ordering::Relaxed),
            Err(error) => {
                tracing::warn!(%error, "letters of an earlier run could not all be taken; going on with letters")
            }
        }
        Ok(())
    }

    /// Whether deeds travel by letter.
    pub(crate) fn is_by_letter(&self) -> bool {
        self.inner.outbox.is_on()
    }
}
