//! The most recent entries of a mailbox with who caused them: what a push reads instead of the disk.

use std::collections::VecDeque;

use super::event::EventBody;
use super::record::{Message, Numbered};
use super::state::Entry;
use crate::limits::mailbox::{RING_BYTES, RING_EVENTS};
use crate::{AuthKeyId, MsgId, Pts, Seq};

/// How far a reader of a mailbox has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// In the pts log.
    pub pts: Pts,
    /// In the second log.
    pub seq: Seq,
}

/// An entry and the authorisation whose call made it: its result already told that one.
#[derive(Clone, Debug, PartialEq)]
pub struct RingEntry {
    /// What.
    pub entry: Entry,
    /// By whose call.
    pub origin: Option<AuthKeyId>,
}

/// Bounded queue of recent entries, and the cursor before the oldest of them.
#[derive(Default)]
pub(crate) struct Ring {
    entries: VecDeque<RingEntry>,
    weight_bytes: usize,
    start: Cursor,
}

/// What an entry weighs besides its text, in bytes.
const ENTRY_BYTES: usize = 256;

fn weight_bytes(entry: &Entry) -> usize {
    match entry {
        Entry::Message(_, message) => ENTRY_BYTES + message.text.len(),
        Entry::Event(..) | Entry::Change(..) => ENTRY_BYTES,
    }
}

impl Ring {
    /// An empty ring of a mailbox that has come this far.
    pub(crate) fn starting_at(start: Cursor) -> Self {
        Self { entries: VecDeque::new(), weight_bytes: 0, start }
    }

    pub(crate) fn push(&mut self, entry: Entry, origin: Option<AuthKeyId>) {
        self.weight_bytes += weight_bytes(&entry);
        self.entries.push_back(RingEntry { entry, origin });
        while self.entries.len() > RING_EVENTS || (self.weight_bytes > RING_BYTES && self.entries.len() > 1) {
            let Some(oldest) = self.entries.pop_front() else { return };
            self.weight_bytes -= weight_bytes(&oldest.entry);
            advance(&mut self.start, &oldest.entry);
        }
    }

    /// The latest message that is like this, unless something was deleted since: it may be gone.
    pub(crate) fn last_message(&self, is_like: impl Fn(MsgId, &Message) -> bool) -> Option<Numbered> {
        for item in self.entries.iter().rev() {
            match &item.entry {
                Entry::Message(id, message) if is_like(*id, message) => {
                    return Some(Numbered { id: *id, message: message.clone() });
                }
                Entry::Event(_, event) if matches!(event.body, EventBody::Deleted { .. }) => return None,
                _ => {}
            }
        }
        None
    }

    /// Everything after the cursor, or `None` when the ring does not reach back that far.
    pub(crate) fn since(&self, cursor: Cursor) -> Option<Vec<RingEntry>> {
        if cursor.pts < self.start.pts || cursor.seq < self.start.seq {
            return None;
        }
        // A cursor is a moment of both logs, and the ring is in the order of moments: what is after it stands at the end.
        let older = self.entries.iter().rev().position(|item| !is_after(&item.entry, cursor));
        let from = older.map_or(0, |place| self.entries.len() - place);
        Some(self.entries.range(from..).cloned().collect())
    }
}

fn advance(cursor: &mut Cursor, entry: &Entry) {
    match entry {
        Entry::Message(_, message) => cursor.pts = message.pts,
        Entry::Event(pts, _) => cursor.pts = *pts,
        Entry::Change(seq, ..) => cursor.seq = *seq,
    }
}

fn is_after(entry: &Entry, cursor: Cursor) -> bool {
    match entry {
        Entry::Message(_, message) => message.pts > cursor.pts,
        Entry::Event(pts, _) => *pts > cursor.pts,
        Entry::Change(seq, ..) => *seq > cursor.seq,
    }
}
