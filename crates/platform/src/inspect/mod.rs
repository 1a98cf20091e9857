//! A look at every record of a store, in the order of keys, for whoever looks after a server: whether each mailbox's log
//! has no gap, whether its head and counters are what its log adds up to, whether letters between mailboxes are found and
//! counted, and which media there are and should be.
//!
//! It reads what a snapshot gives it and changes nothing; what may be mended safely comes as records to write, and whoever
//! writes them does so while no server runs. Nothing here is meant for serving.

mod letters;
mod mailbox;
mod media;

use bytes::Bytes;
use store::{Key, Record};

use crate::UserId;
use crate::keys::kind;

use letters::LetterBook;
pub use letters::Waiting;
use mailbox::Mailbox;
pub use media::MediaBook;

/// What is wrong with the records of an owner.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What kind of trouble it is.
    pub trouble: Trouble,
    /// In words, without the content of any message.
    pub text: String,
    /// What to write (or to delete, where there is no value) to mend it; of several findings that one repair mends, the
    /// first has it.
    pub repair: Vec<(Key, Option<Bytes>)>,
}

/// Kinds of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A record that cannot be understood.
    Record,
    /// A log has a gap, or ends too early: something acknowledged is gone. The repair mends nothing, it makes clients
    /// that are older than the gap start anew.
    Gap,
    /// A projection or an index is not what the log adds up to. The repair rebuilds it.
    Projection,
    /// Somebody's message or photo shows a medium that there is not.
    Medium,
}

/// Looks at records in the order of their keys.
#[derive(Default)]
pub struct Inspector {
    mailbox: Option<Mailbox>,
    media: MediaBook,
    letters: LetterBook,
    mailboxes: u64,
}

/// What to write so that clients of restored mailboxes start anew; fed like [`Inspector`].
#[derive(Default)]
pub struct Restarter {
    mailbox: Option<Mailbox>,
    media: MediaBook,
}

impl Restarter {
    /// Looks at the next record; gives what to write for the owner before, once its last record was seen.
    pub fn take(&mut self, key: &Key, record: &Record) -> Vec<(Key, Option<Bytes>)> {
        let user = user_of(key);
        let is_other = self.mailbox.as_ref().is_some_and(|mailbox| Some(mailbox.user) != user);
        let changes = if is_other { self.finish() } else { Vec::new() };
        if let Some(user) = user {
            let mailbox = self.mailbox.get_or_insert_with(|| Mailbox::new(user));
            mailbox.take(key.parts().1, record, &mut self.media);
        }
        changes
    }

    /// After the last record.
    pub fn finish(&mut self) -> Vec<(Key, Option<Bytes>)> {
        self.media = MediaBook::default();
        self.mailbox.take().map(Mailbox::restart).unwrap_or_default()
    }
}

/// Whose mailbox a record belongs to.
fn user_of(key: &Key) -> Option<UserId> {
    let (owner, _) = key.parts();
    let is_user = owner.first() == Some(&kind::USER);
    is_user.then(|| crate::keys::id_of_suffix(owner)).flatten().map(UserId)
}

/// What a whole look gave, beside findings.
pub struct Inspected {
    /// Mailboxes looked at.
    pub mailboxes: u64,
    /// Media, and what names them.
    pub media: MediaBook,
    /// Letters on their way.
    pub letters: Waiting,
}

impl Inspector {
    /// Looks at the next record; what was found of an owner comes when its last record was seen.
    pub fn take(&mut self, key: &Key, record: &Record) -> Vec<Finding> {
        let (owner, suffix) = key.parts();
        let user = user_of(key);
        let mut found = Vec::new();
        if self.mailbox.as_ref().is_some_and(|mailbox| Some(mailbox.user) != user) {
            found = self.judge();
        }
        if let Some(user) = user {
            let mailbox = self.mailbox.get_or_insert_with(|| Mailbox::new(user));
            mailbox.take(suffix, record, &mut self.media);
        }
        found.extend(self.media.take(owner, suffix, record));
        found.extend(self.letters.take(key, record, &mut self.media));
        found
    }

    /// After the last record.
    #[must_use]
    pub fn finish(mut self) -> (Vec<Finding>, Inspected) {
        let mut found = self.judge();
        let (letters, more) = self.letters.finish();
        found.extend(more);
        found.extend(self.media.missing());
        (found, Inspected { mailboxes: self.mailboxes, media: self.media, letters })
    }

    fn judge(&mut self) -> Vec<Finding> {
        let Some(mailbox) = self.mailbox.take() else { return Vec::new() };
        self.mailboxes += 1;
        mailbox.judge(&mut self.letters)
    }
}

#[cfg(test)]
mod tests;
