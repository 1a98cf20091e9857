//! What a device holds: a copy of its person's mailbox, kept by pushes, differences and slices in any mixture, as clients do
//! (page "Working with Updates"). At the end it must be what the server holds.

use std::collections::BTreeMap;

use platform::mailbox::{Cursor, Entry, EventBody, Flags, Numbered};
use platform::{MsgId, Peer, Pts};

use crate::request::Whole;

/// A message as the device shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its conversation.
    pub peer: Peer,
    /// Its words.
    pub text: String,
    /// Whether the person wrote it.
    pub is_out: bool,
    /// Whether it can be answered and forwarded: no notice.
    pub is_plain: bool,
    /// Whether it has a header that names another author.
    pub is_forward: bool,
}

/// The copy.
#[derive(Clone, Debug)]
pub struct Mirror {
    /// Messages by number.
    pub messages: BTreeMap<MsgId, Held>,
    /// How far each conversation was read, by the owner and by the other.
    pub reads: BTreeMap<Peer, (MsgId, MsgId)>,
    /// How far the device has come.
    pub cursor: Cursor,
    /// And in the second log.
    pub date: i32,
}

impl Default for Mirror {
    fn default() -> Self {
        let cursor = Cursor { pts: Pts(1), ..Cursor::default() };
        Self { messages: BTreeMap::new(), reads: BTreeMap::new(), cursor, date: 0 }
    }
}

/// Whether entries follow the cursor without a gap, and where they end.
#[must_use]
pub fn follows(cursor: Pts, entries: &[Entry]) -> Option<Pts> {
    let mut pts = cursor.0;
    for entry in entries {
        pts += match entry {
            Entry::Message(..) => 1,
            Entry::Event(_, event) => event.pts_count,
            Entry::Change(..) => continue,
        };
        if entry.pts().0 != pts {
            return None;
        }
    }
    Some(Pts(pts))
}

impl Mirror {
    /// What a device that starts anew has read.
    #[must_use]
    pub fn of(whole: &Whole) -> Self {
        let mut mirror = Self { cursor: whole.cut.cursor(), date: whole.cut.date, ..Self::default() };
        whole.messages.iter().for_each(|found| mirror.hold(found));
        let read = whole.dialogs.iter().map(|dialog| (dialog.peer, (dialog.read_inbox_max, dialog.read_outbox_max)));
        mirror.reads = read.collect();
        mirror
    }

    /// Takes one entry in; gives the number of a message whose record must be read again.
    pub fn take(&mut self, entry: &Entry) -> Vec<MsgId> {
        match entry {
            Entry::Message(id, message) => {
                self.hold(&Numbered { id: *id, message: message.clone() });
                Vec::new()
            }
            Entry::Event(_, event) => self.take_event(&event.body),
            Entry::Change(..) => Vec::new(),
        }
    }

    fn take_event(&mut self, body: &EventBody) -> Vec<MsgId> {
        match body {
            EventBody::Edited { id } => return vec![*id],
            EventBody::Deleted { ids, .. } => ids.iter().for_each(|id| drop(self.messages.remove(id))),
            EventBody::ReadInbox { peer, max_id, .. } => {
                let read = self.reads.entry(*peer).or_default();
                read.0 = read.0.max(*max_id);
            }
            EventBody::ReadOutbox { peer, max_id } => {
                let read = self.reads.entry(*peer).or_default();
                read.1 = read.1.max(*max_id);
            }
            EventBody::Pinned { .. } | EventBody::ReadContents { .. } | EventBody::Folder { .. } => {}
        }
        Vec::new()
    }

    /// Holds a message as it was read.
    pub fn hold(&mut self, found: &Numbered) {
        let message = &found.message;
        let held = Held {
            peer: message.peer,
            text: message.text.clone(),
            is_out: message.flags.has(Flags::OUT),
            is_plain: message.action.is_none(),
            is_forward: message.forward.is_some(),
        };
        self.messages.insert(found.id, held);
    }

    /// A message was edited: shows what a reading found, unless the device holds none.
    pub fn show_again(&mut self, found: &Numbered) {
        if self.messages.contains_key(&found.id) {
            self.hold(found);
        }
    }
}
