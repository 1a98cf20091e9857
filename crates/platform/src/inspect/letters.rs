//! Letters between mailboxes: which wait, whether somebody will look for them, and whether every number that was read was
//! given by its sender.

use std::collections::{BTreeMap, HashMap, HashSet};

use bytes::Bytes;
use store::{Key, Record};

use super::media::MediaBook;
use super::{Finding, Trouble};
use crate::UserId;
use crate::codec::{Stored, decode, encode};
use crate::keys::{self, kind, system_suffix, user_suffix};
use crate::mailbox::LetterMark;
use crate::mailbox::keys as suffixes;
use crate::outbox::{Letter, Number};

/// Letters that were not taken to their recipients yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub count: u64,
    /// When the oldest of them was written, Unix seconds.
    pub oldest: Option<i32>,
}

/// What letters there are, and what is known of their numbers.
#[derive(Default)]
pub(super) struct LetterBook {
    waiting: Waiting,
    /// Whoever has letters waiting.
    writers: HashSet<UserId>,
    /// Whoever is on the list of those who may have.
    listed: HashSet<UserId>,
    /// The last number that each sender is known to have given.
    given: HashMap<UserId, i64>,
    /// The highest number of each sender that somebody read, and who.
    read: BTreeMap<UserId, (i64, UserId)>,
    /// Accounts of which nothing is left but their name on old messages.
    deleted: HashSet<UserId>,
}

impl LetterBook {
    pub(super) fn take(&mut self, key: &Key, record: &Record, media: &mut MediaBook) -> Option<Finding> {
        let (owner, suffix) = key.parts();
        let subject = keys::id_of_suffix(suffix).map(UserId);
        match (owner.first(), suffix.first()) {
            (Some(&kind::SYSTEM), Some(&system_suffix::OUTBOX)) => {
                self.listed.extend(subject);
                None
            }
            (Some(&kind::USER), Some(&first)) => {
                let user = keys::id_of_suffix(owner).map(UserId)?;
                let outcome = match first {
                    user_suffix::LETTER => self.letter(user, suffix, record, media),
                    user_suffix::LETTERS_GIVEN => number(record).map(|number| self.give(user, number)),
                    user_suffix::LETTER_READ => number(record).map(|number| {
                        subject.into_iter().for_each(|from| self.read(user, LetterMark { from, number }));
                    }),
                    _ => return None,
                };
                outcome.err().map(|what| trouble(Trouble::Record, format!("a letter of {user}: {what}"), Vec::new()))
            }
            _ => None,
        }
    }

    fn letter(&mut self, from: UserId, suffix: &[u8], record: &Record, media: &mut MediaBook) -> Result<(), String> {
        let (number, _) = suffixes::letter_parts(suffix).ok_or("its key names nobody")?;
        let letter: Letter = understood(record)?;
        self.waiting.count += 1;
        self.waiting.oldest = Some(self.waiting.oldest.map_or(letter.date, |oldest| oldest.min(letter.date)));
        self.writers.insert(from);
        self.give(from, number);
        letter.effect.medium().into_iter().for_each(|medium| media.show(medium, from));
        Ok(())
    }

    fn give(&mut self, user: UserId, number: i64) {
        let given = self.given.entry(user).or_default();
        *given = number.max(*given);
    }

    /// Notes that somebody read a letter.
    pub(super) fn read(&mut self, by: UserId, mark: LetterMark) {
        let highest = self.read.entry(mark.from).or_insert((mark.number, by));
        if highest.0 < mark.number {
            *highest = (mark.number, by);
        }
    }

    /// Notes that an account was deleted, its own numbers with it.
    pub(super) fn delete(&mut self, user: UserId) {
        self.deleted.insert(user);
    }

    /// After the last record: what waits, and what is wrong.
    pub(super) fn finish(self) -> (Waiting, Vec<Finding>) {
        let mut found: Vec<Finding> = self.writers.difference(&self.listed).map(|user| unlisted(*user)).collect();
        let numbers = self.read.iter().filter(|(from, _)| !self.deleted.contains(from));
        found.extend(numbers.filter_map(|(from, read)| {
            let given = self.given.get(from).copied().unwrap_or(0);
            (read.0 > given).then(|| never_given(*from, given, *read))
        }));
        (self.waiting, found)
    }
}

/// A start and every look would miss the letters.
fn unlisted(user: UserId) -> Finding {
    let text = format!("letters of {user} wait, and nobody knows that they do");
    trouble(Trouble::Projection, text, vec![(keys::outbox_key(user), Some(Bytes::new()))])
}

/// The next letter would get a number that its recipient takes for one that was read.
fn never_given(from: UserId, given: i64, (number, by): (i64, UserId)) -> Finding {
    let text = format!("{by} read letter {number} of {from}, who is known to have written {given}");
    let repair = (keys::user_key(from, &suffixes::LETTERS_GIVEN), Some(encode(&Number { number })));
    trouble(Trouble::Projection, text, vec![repair])
}

fn number(record: &Record) -> Result<i64, String> {
    understood::<Number>(record).map(|number| number.number)
}

fn understood<T: Stored>(record: &Record) -> Result<T, String> {
    decode(&record.value).map_err(|error| error.to_string())
}

fn trouble(trouble: Trouble, text: String, repair: Vec<(Key, Option<Bytes>)>) -> Finding {
    Finding { trouble, text, repair }
}
