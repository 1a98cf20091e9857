//! What one person was told: every acknowledgement of their calls, and everything pushed to them.

use std::collections::{HashMap, HashSet};

use mtproto::wire::constructor_of;
use parking_lot::Mutex;
use tl::{Deserializable, enums};

use crate::client::Listener;

/// What a text of the fleet carries: whose it is, its place among theirs, and how often it was edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag {
    /// The sender's number in the fleet.
    pub sender: u32,
    /// Counted by the sender.
    pub place: u32,
}

/// The text of a message.
#[must_use]
pub fn text(tag: Tag, version: u32) -> String {
    format!("{}:{}:{version} words that people write to each other in the course of a day", tag.sender, tag.place)
}

/// The tag and the version in a text; nothing for what the fleet did not write.
#[must_use]
pub fn read_text(text: &str) -> Option<(Tag, u32)> {
    let mut numbers = text.split_once(' ')?.0.split(':').map(str::parse);
    let mut number = || numbers.next()?.ok();
    Some((Tag { sender: number()?, place: number()? }, number()?))
}

/// An acknowledged message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// What it says.
    pub tag: Tag,
    /// To whom.
    pub peer: i64,
    /// Its number in the sender's mailbox.
    pub id: i32,
    /// The pts it was given there.
    pub pts: i32,
}

/// What became of a message after it was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fate {
    /// The highest version whose edit was acknowledged.
    pub version: u32,
    /// Its deletion was asked for.
    pub deletion_asked: bool,
    /// Its deletion was acknowledged.
    pub is_deleted: bool,
}

/// A message that was pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What it says.
    pub tag: Tag,
    /// Its number in the receiver's mailbox.
    pub id: i32,
    /// The pts it was pushed with.
    pub pts: i32,
}

/// What a file of the fleet holds: bytes that follow from its number, so that nobody has to keep them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Content {
    /// The number it is uploaded under.
    pub file_id: i64,
    /// Its parts.
    pub parts: i32,
    /// Bytes of each of them.
    pub part_bytes: usize,
}

impl Content {
    /// All of them.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let length = self.part_bytes * usize::try_from(self.parts).unwrap_or(0);
        let seed = self.file_id.to_le_bytes();
        (0..length).map(|at| seed[at % seed.len()].wrapping_add((at / 7) as u8)).collect()
    }
}

/// What one person was told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Acknowledged messages, in the order of the acknowledgements.
    pub sent: Vec<Sent>,
    /// Where in `sent` a message is: a search per acknowledgement would take a long life all its time.
    places: HashMap<Tag, usize>,
    /// What became of those that were touched again.
    pub fates: HashMap<Tag, Fate>,
    /// How far each conversation was acknowledged to be read.
    pub read: HashMap<i64, i32>,
    /// Files that were sent, or begun.
    pub files: HashMap<Tag, Content>,
    /// Pushed messages.
    pub seen: Vec<Seen>,
    /// The newest message of each conversation that was pushed.
    pub newest: HashMap<i64, i32>,
    /// Numbers told for a message that had another one before.
    pub contradictions: u64,
    /// Acknowledgements in all.
    pub acks: u64,
    /// Places whose send met an error on the way: their order is the client's doing.
    pub refused: HashSet<u32>,
}

impl Told {
    /// Notes an acknowledged message. The same one may be acknowledged again, with the same numbers.
    pub fn note_sent(&mut self, sent: Sent) {
        self.acks += 1;
        match self.places.get(&sent.tag) {
            Some(place) => self.contradictions += u64::from(self.sent[*place] != sent),
            None => {
                self.places.insert(sent.tag, self.sent.len());
                self.sent.push(sent);
            }
        }
    }

    /// What was told until then, for a copy of the data made a little later: what was asked to be deleted by `later` may be
    /// gone from it.
    #[must_use]
    pub fn before(mut self, later: &Self) -> Self {
        for (tag, _) in later.fates.iter().filter(|(_, fate)| fate.deletion_asked) {
            self.fates.entry(*tag).or_default().deletion_asked = true;
        }
        self
    }
}

/// The recorder of one person.
#[derive(Debug, Default)]
pub struct Record(Mutex<Told>);

impl Record {
    /// Reads or notes something.
    pub fn with<T>(&self, look: impl FnOnce(&mut Told) -> T) -> T {
        look(&mut self.0.lock())
    }

    /// Everything so far.
    #[must_use]
    pub fn told(&self) -> Told {
        self.0.lock().clone()
    }
}

impl Listener for Record {
    fn updates(&self, body: &[u8]) {
        for (message, pts) in new_messages(body) {
            let Some((tag, _)) = read_text(&message.message) else { continue };
            let peer = crate::requests::peer_id(&message.peer_id);
            self.with(|told| {
                told.seen.push(Seen { tag, id: message.id, pts });
                if !message.out {
                    let newest = told.newest.entry(peer).or_default();
                    *newest = (*newest).max(message.id);
                }
            });
        }
    }
}

/// The new messages of a pushed container, with their pts.
fn new_messages(body: &[u8]) -> Vec<(tl::types::Message, i32)> {
    // Too long behind: the difference has it.
    if constructor_of(body) == mtproto::session::schema::UPDATES_TOO_LONG {
        return Vec::new();
    }
    enums::Updates::from_bytes(body).map(|updates| messages_of(&updates)).unwrap_or_default()
}

/// The new messages of a result or push, with their pts.
#[must_use]
pub fn messages_of(updates: &enums::Updates) -> Vec<(tl::types::Message, i32)> {
    let list = match updates {
        enums::Updates::Updates(it) => &it.updates,
        enums::Updates::Combined(it) => &it.updates,
        _ => return Vec::new(),
    };
    let found = list.iter().filter_map(|update| match update {
        enums::Update::NewMessage(new) => match &new.message {
            enums::Message::Message(message) => Some((message.clone(), new.pts)),
            _ => None,
        },
        _ => None,
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_keeps_its_numbers_however_often_it_is_acknowledged() {
        let mut told = Told::default();
        let sent = Sent { tag: Tag { sender: 1, place: 1 }, peer: 2, id: 7, pts: 9 };
        told.note_sent(sent);
        told.note_sent(sent);
        assert_eq!((told.acks, told.sent.len(), told.contradictions), (2, 1, 0));
        told.note_sent(Sent { id: 8, ..sent });
        assert_eq!((told.sent.len(), told.contradictions), (1, 1));
    }

    #[test]
    fn a_text_says_whose_it_is() {
        let tag = Tag { sender: 3, place: 77 };
        assert_eq!(read_text(&text(tag, 2)), Some((tag, 2)));
        for other in ["", "hello", "1:2 x", "1:2:x y", "Your code: 12345"] {
            assert_eq!(read_text(other), None, "{other}");
        }
    }
}
