//! The recorder: every deed with its beginning, its end and what was answered, and everything that anybody was shown. What
//! stands here left the server; the oracle compares it with what a fresh reading finds.
//!
//! Beginning and end are line numbers of the trace, so "before" and "after" have one meaning for everything.

use std::collections::{BTreeMap, BTreeSet};

use parking_lot::Mutex;
use platform::mailbox::{Cut, Dialog, Difference, Entry, EventBody, Numbered, Sibling};
use platform::media::MediumId;
use platform::{MsgId, Peer, Pts, Refusal, UserId};

use crate::broken::{Broken, broken};
use crate::request::{Answer, Request};

/// What became of a deed.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It runs.
    Open,
    /// It was acknowledged.
    Answered(Answer),
    /// It was refused for a reason.
    Refused(Refusal),
    /// Nothing of it was written.
    Failed,
    /// It may have been written, wholly or in part; whether it was, no later than it ended.
    Unknown,
}

/// Something that somebody did.
#[derive(Clone, Debug)]
pub struct Deed {
    /// Who, as far as they are signed in.
    pub user: Option<UserId>,
    /// By which device.
    pub device: usize,
    /// What was asked.
    pub request: Request,
    /// When it reached the server.
    pub begun: u64,
    /// When its answer left it, or the server died.
    pub ended: u64,
    /// What came of it.
    pub outcome: Outcome,
}

impl Deed {
    /// Whether it may have changed anything.
    #[must_use]
    pub fn may_count(&self) -> bool {
        !matches!(self.outcome, Outcome::Failed | Outcome::Refused(_))
    }

    /// Whether it was acknowledged.
    #[must_use]
    pub fn answer(&self) -> Option<&Answer> {
        match &self.outcome {
            Outcome::Answered(answer) => Some(answer),
            _ => None,
        }
    }
}

/// What stood at a pts when it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A message with this number.
    Message(MsgId),
    /// This event.
    Event(EventBody),
}

/// Read states as they were shown, with the end of the showing.
type Reads = Vec<(u64, MsgId, MsgId)>;

/// Everything that was done and shown.
#[derive(Clone, Default)]
pub struct Book {
    /// In the order in which they reached the server.
    pub deeds: Vec<Deed>,
    /// What was shown of each mailbox's log.
    pub marks: BTreeMap<(UserId, Pts), Mark>,
    /// What was shown of each message: its conversation.
    pub messages: BTreeMap<(UserId, MsgId), Peer>,
    /// The number of the message that each `random_id` stands for, deleted or not.
    pub random_ids: BTreeMap<(UserId, i64), MsgId>,
    /// Where its other copy is.
    pub siblings: BTreeMap<(UserId, MsgId), Sibling>,
    /// How far each conversation was read.
    pub reads: BTreeMap<(UserId, Peer), Reads>,
    /// How far each mailbox had come, with the end of the showing.
    pub heads: BTreeMap<UserId, Vec<(u64, Pts)>>,
    /// Who asked for their account to be deleted.
    pub gone: BTreeSet<UserId>,
    /// Files that messages showed.
    pub media: BTreeSet<MediumId>,
    /// Whether the log is trimmed, so that a device may have to start anew.
    pub is_trimmed: bool,
    /// Acknowledgements in all.
    pub acknowledged: u64,
}

/// The recorder.
#[derive(Default)]
pub struct History(Mutex<Book>);

impl History {
    /// Nothing was done yet.
    #[must_use]
    pub fn new(is_trimmed: bool) -> Self {
        Self(Mutex::new(Book { is_trimmed, ..Book::default() }))
    }

    /// A request reached the server; gives its number among the deeds.
    pub fn begin(&self, device: usize, request: &Request, line: u64) -> Option<usize> {
        if !request.is_deed() {
            return None;
        }
        let mut book = self.0.lock();
        let (user, request) = (None, request.clone());
        book.deeds.push(Deed { user, device, request, begun: line, ended: u64::MAX, outcome: Outcome::Open });
        Some(book.deeds.len() - 1)
    }

    /// A deed came to its end.
    pub fn end(&self, deed: usize, line: u64, outcome: Outcome) {
        let mut book = self.0.lock();
        book.acknowledged += u64::from(matches!(outcome, Outcome::Answered(_)));
        if let Some(deed) = book.deeds.get_mut(deed) {
            (deed.ended, deed.outcome) = (line, outcome);
        }
    }

    /// Who a deed is done by, once it is known.
    pub fn name(&self, deed: usize, user: UserId) {
        if let Some(deed) = self.0.lock().deeds.get_mut(deed) {
            deed.user = Some(user);
        }
    }

    /// Somebody is about to delete their account.
    pub fn leave(&self, user: UserId) {
        self.0.lock().gone.insert(user);
    }

    /// Whether somebody is about to.
    #[must_use]
    pub fn has_left(&self, user: UserId) -> bool {
        self.0.lock().gone.contains(&user)
    }

    /// The server died: what ran may have been done or not.
    pub fn cut_off(&self, line: u64) {
        for deed in &mut self.0.lock().deeds {
            if matches!(deed.outcome, Outcome::Open) {
                (deed.ended, deed.outcome) = (line, Outcome::Unknown);
            }
        }
    }

    /// A copy of everything.
    #[must_use]
    pub fn book(&self) -> Book {
        self.0.lock().clone()
    }

    /// Remembers what an answer shows.
    ///
    /// # Errors
    /// [`Broken`] when it contradicts what was shown before.
    pub fn show(&self, user: UserId, (begun, ended): (u64, u64), answer: &Answer) -> Result<(), Broken> {
        let mut book = self.0.lock();
        // A mailbox that is being cleared away shows less and less.
        if book.gone.contains(&user) {
            return Ok(());
        }
        match answer {
            Answer::Sent(sent) => sent.iter().try_for_each(|sent| book.see_new(user, &sent.message)),
            Answer::Edited(entry, message) => {
                book.see_message(user, message.id, message)?;
                book.see_entry(user, entry)
            }
            Answer::Entries(entries) => entries.iter().try_for_each(|entry| book.see_entry(user, entry)),
            Answer::Difference(difference) => book.see_difference(user, (begun, ended), difference),
            Answer::Since(entries, cut) => {
                entries.iter().flatten().try_for_each(|item| book.see_entry(user, &item.entry))?;
                book.see_cut(user, (begun, ended), cut)
            }
            Answer::Messages(found) => {
                found.iter().flatten().try_for_each(|found| book.see_message(user, found.id, found))
            }
            Answer::History(page) => page.messages.iter().try_for_each(|found| book.see_message(user, found.id, found)),
            Answer::Whole(whole) => {
                whole.messages.iter().try_for_each(|found| book.see_message(user, found.id, found))?;
                whole.dialogs.iter().try_for_each(|dialog| book.see_dialog(user, (begun, ended), dialog))?;
                book.see_cut(user, (begun, ended), &whole.cut)
            }
            Answer::Dialogs(dialogs) => {
                dialogs.iter().try_for_each(|dialog| book.see_dialog(user, (begun, ended), dialog))
            }
            _ => Ok(()),
        }
    }
}

impl Book {
    fn see_new(&mut self, user: UserId, found: &Numbered) -> Result<(), Broken> {
        self.see_message(user, found.id, found)?;
        self.mark(user, found.message.pts, Mark::Message(found.id))
    }

    fn see_message(&mut self, user: UserId, id: MsgId, found: &Numbered) -> Result<(), Broken> {
        let message = &found.message;
        let before = self.messages.insert((user, id), message.peer);
        if before.is_some_and(|before| before != message.peer) {
            return broken("a message stays in its conversation", format!("{user}: message {id} was in {before:?}"));
        }
        self.media.extend(message.medium());
        if let Some(random_id) = message.random_id {
            let before = self.random_ids.insert((user, random_id), id);
            // What a trimmed log has forgotten may be sent again.
            if let Some(before) = before.filter(|before| *before != id && !self.is_trimmed) {
                let detail = format!("{user}: {random_id} was message {before} and is message {id}");
                return broken("a repeated send is the same message", detail);
            }
        }
        // Where deeds travel by letter only the receiver's copy knows both numbers.
        if let Some(sibling) = message.sibling.filter(|sibling| sibling.id.0 > 0) {
            let before = self.siblings.insert((user, id), sibling);
            if before.is_some_and(|before| before != sibling) {
                return broken("a message keeps its other copy", format!("{user}: {id}: {before:?}, then {sibling:?}"));
            }
        }
        Ok(())
    }

    fn see_entry(&mut self, user: UserId, entry: &Entry) -> Result<(), Broken> {
        match entry {
            Entry::Message(id, message) => self.see_new(user, &Numbered { id: *id, message: message.clone() }),
            Entry::Event(pts, event) => self.mark(user, *pts, Mark::Event(event.body.clone())),
            Entry::Change(..) => Ok(()),
        }
    }

    fn mark(&mut self, user: UserId, pts: Pts, mark: Mark) -> Result<(), Broken> {
        match self.marks.insert((user, pts), mark.clone()) {
            Some(before) if before != mark => {
                broken("a pts stands for one thing", format!("{user}: pts {pts} was {before:?}, then {mark:?}"))
            }
            _ => Ok(()),
        }
    }

    fn see_difference(&mut self, user: UserId, span: (u64, u64), difference: &Difference) -> Result<(), Broken> {
        match difference {
            Difference::Empty(cut) => self.see_cut(user, span, cut),
            Difference::Full(entries, cut) => {
                entries.iter().try_for_each(|entry| self.see_entry(user, entry))?;
                self.see_cut(user, span, cut)
            }
            Difference::Slice(entries, _) => entries.iter().try_for_each(|entry| self.see_entry(user, entry)),
            Difference::TooLong(_) if self.is_trimmed => Ok(()),
            Difference::TooLong(pts) => broken("the log is whole", format!("{user}: too long at {pts}")),
        }
    }

    /// Remembers how far a mailbox had come.
    ///
    /// # Errors
    /// [`Broken`] when it had come further before.
    pub fn see_cut(&mut self, user: UserId, (begun, ended): (u64, u64), cut: &Cut) -> Result<(), Broken> {
        let heads = self.heads.entry(user).or_default();
        if let Some((_, before)) = heads.iter().find(|(shown, before)| *shown < begun && *before > cut.pts) {
            return broken("pts never steps back", format!("{user}: {before} was shown, then {}", cut.pts));
        }
        heads.push((ended, cut.pts));
        Ok(())
    }

    /// Remembers how far a conversation was read.
    ///
    /// # Errors
    /// [`Broken`] when it was read further before.
    pub fn see_dialog(&mut self, user: UserId, (begun, ended): (u64, u64), dialog: &Dialog) -> Result<(), Broken> {
        let (inbox, outbox) = (dialog.read_inbox_max, dialog.read_outbox_max);
        let reads = self.reads.entry((user, dialog.peer)).or_default();
        let later = reads
            .iter()
            .find(|(shown, before_in, before_out)| *shown < begun && (*before_in > inbox || *before_out > outbox));
        if let Some((_, before_in, before_out)) = later {
            let detail = format!("{user} with {:?}: {before_in}/{before_out}, then {inbox}/{outbox}", dialog.peer);
            return broken("read states never step back", detail);
        }
        reads.push((ended, inbox, outbox));
        Ok(())
    }
}
