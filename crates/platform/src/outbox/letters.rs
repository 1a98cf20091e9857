//! What an active mailbox knows of its own letters: how many wait for whom, and the last number given.

use std::collections::HashMap;

use store::{Scan, Store};

use super::Number;
use crate::codec::{decode, decode_record};
use crate::keys::{self, user_suffix};
use crate::limits::mailbox::PAGE_MAX_BYTES;
use crate::limits::outbox::{LETTERS_MAX, LETTERS_TO_ONE_MAX, LETTERS_WAIT_SECONDS};
use crate::mailbox::{LetterMark, State, keys as suffix};
use crate::{PlatformError, Refusal, UserId};

/// The pending letters of a mailbox.
#[derive(Default)]
pub(crate) struct Letters {
    last: i64,
    waiting: usize,
    waiting_for: HashMap<UserId, usize>,
    /// Looks since the last letter was written.
    quiet_looks: u32,
    /// Whether the list of writers named the owner when the mailbox was loaded.
    pub(crate) is_listed: bool,
}

impl Letters {
    /// The last number given.
    pub(crate) fn last(&self) -> i64 {
        self.last
    }

    /// Letters that were not removed yet.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting
    }

    /// Refuses a letter more than may wait, besides those of the write that is being planned.
    pub(crate) fn check_room(&self, to: UserId, planned: &[UserId]) -> Result<(), Refusal> {
        let planned_for = planned.iter().filter(|other| **other == to).count();
        let waiting_for = self.waiting_for.get(&to).copied().unwrap_or(0) + planned_for;
        if self.waiting + planned.len() < LETTERS_MAX && waiting_for < LETTERS_TO_ONE_MAX {
            return Ok(());
        }
        metrics::LETTERS_REFUSED.inc();
        Err(Refusal::FloodWait(LETTERS_WAIT_SECONDS))
    }

    /// A letter was written.
    pub(crate) fn add(&mut self, to: UserId) {
        self.last += 1;
        self.quiet_looks = 0;
        self.found(to);
    }

    fn found(&mut self, to: UserId) {
        self.waiting += 1;
        *self.waiting_for.entry(to).or_default() += 1;
    }

    /// A letter was removed.
    pub(crate) fn remove(&mut self, to: UserId) {
        let Some(count) = self.waiting_for.get_mut(&to) else { return };
        self.waiting -= 1;
        *count -= 1;
        if *count == 0 {
            self.waiting_for.remove(&to);
        }
    }

    /// Counts a look at a mailbox that has no letters waiting: how many there were since the last letter.
    pub(crate) fn look(&mut self) -> u32 {
        self.quiet_looks = self.quiet_looks.saturating_add(1);
        self.quiet_looks
    }
}

/// Reads what a mailbox needs where deeds travel by letter: its own letters, and marks of those it read.
pub(crate) async fn load(store: &Store, user: UserId, state: &mut State) -> Result<(), PlatformError> {
    let wanted = [keys::user_key(user, &suffix::LETTERS_GIVEN), keys::outbox_key(user)];
    let records = store.get_many(&wanted).await?;
    let given: Option<Number> = decode_record(records.first().and_then(Option::as_ref))?;
    state.letters.last = given.map_or(0, |given| given.number);
    state.letters.is_listed = records.get(1).is_some_and(Option::is_some);
    for (key, _) in scan_all(store, user, user_suffix::LETTER).await? {
        if let Some((number, to)) = suffix::letter_parts(&key) {
            state.letters.last = state.letters.last.max(number);
            state.letters.found(to);
        }
    }
    for (key, record) in scan_all(store, user, user_suffix::LETTER_READ).await? {
        let read: Number = decode(&record.value)?;
        if let Some(from) = keys::id_of_suffix(&key).map(UserId) {
            state.read_letter(LetterMark { from, number: read.number });
        }
    }
    Ok(())
}

async fn scan_all(store: &Store, user: UserId, first: u8) -> Result<Vec<(Vec<u8>, store::Record)>, PlatformError> {
    let mut scan = Scan {
        owner: keys::user(user),
        prefix: vec![first],
        from: None,
        to: None,
        reverse: false,
        limit: store::limits::SCAN_MAX_ITEMS,
        max_bytes: PAGE_MAX_BYTES,
    };
    let mut found = Vec::new();
    loop {
        let page = store.scan(&scan).await?;
        found.extend(page.items);
        match page.next {
            Some(next) => scan.from = Some(next),
            None => return Ok(found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_room_for_others_when_one_recipient_takes_none() {
        let (stuck, other) = (UserId(1), UserId(2));
        let mut letters = Letters::default();
        for _ in 0..LETTERS_TO_ONE_MAX {
            letters.check_room(stuck, &[]).expect("room");
            letters.add(stuck);
        }
        assert!(letters.check_room(stuck, &[]).is_err());
        assert!(letters.check_room(other, &[]).is_ok());
        letters.remove(stuck);
        assert!(letters.check_room(stuck, &[]).is_ok());
        assert!(letters.check_room(stuck, &[stuck]).is_err(), "what is planned counts");
    }
}
