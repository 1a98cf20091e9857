//! The bounded cache of active mailboxes. Loading is single-flight; a mailbox that somebody holds, or with a commit under
//! way, is never evicted, because a second copy read from the disk would give out the same ids again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use futures::future::{BoxFuture, FutureExt as _, Shared};
use parking_lot::Mutex;

use super::{Cursor, Mailbox, load};
use crate::limits::mailbox::RESTING_PER_MAILBOX;
use crate::{Platform, PlatformError, UserId, outbox};

type Loading = Shared<BoxFuture<'static, Result<Arc<Mailbox>, PlatformError>>>;

#[derive(Clone)]
enum Slot {
    Ready(Arc<Mailbox>),
    /// The number tells this loading from a later one of the same mailbox.
    Loading(u64, Loading),
}

#[derive(Default)]
struct Slots {
    by_user: HashMap<UserId, Slot>,
    /// Where those stand that are not at hand any more. Nobody else writes them, so that this holds until they are loaded.
    resting: HashMap<UserId, Cursor>,
    /// Who is about to be, and was not looked for yet.
    expected: HashSet<UserId>,
    loads: u64,
}

/// All active mailboxes of this node.
#[derive(Default)]
pub(crate) struct Mailboxes {
    slots: Mutex<Slots>,
}

impl Mailboxes {
    fn slot(&self, user: UserId, max: usize, load: impl FnOnce() -> Loading) -> Slot {
        let mut slots = self.slots.lock();
        if let Some(slot) = slots.by_user.get(&user) {
            return slot.clone();
        }
        if slots.by_user.len() >= max {
            evict(&mut slots, max);
        }
        slots.resting.remove(&user);
        slots.expected.remove(&user);
        slots.loads += 1;
        let slot = Slot::Loading(slots.loads, load());
        slots.by_user.insert(user, slot.clone());
        slot
    }

    /// Puts what was loaded where its loading stood, unless that was forgotten meanwhile.
    fn settle(&self, user: UserId, number: u64, loaded: Option<Arc<Mailbox>>) {
        let mut slots = self.slots.lock();
        let is_current = matches!(slots.by_user.get(&user), Some(Slot::Loading(current, _)) if *current == number);
        match loaded {
            Some(mailbox) if is_current => drop(slots.by_user.insert(user, Slot::Ready(mailbox))),
            None if is_current => drop(slots.by_user.remove(&user)),
            _ => {}
        }
    }

    /// Somebody is about to be. See [`Expected::begin`].
    pub(crate) fn expect(&self, user: UserId) -> Expected<'_> {
        self.slots.lock().expected.insert(user);
        Expected { mailboxes: self, user }
    }

    /// Where a mailbox stands, with what is on its way to the disk; none if that is not known without reading.
    pub(crate) fn place(&self, user: UserId) -> Option<Cursor> {
        let mailbox = {
            let slots = self.slots.lock();
            match slots.by_user.get(&user) {
                Some(Slot::Ready(mailbox)) if !mailbox.chain.is_broken() => mailbox.clone(),
                Some(_) => return None,
                None => return slots.resting.get(&user).copied(),
            }
        };
        Some(place(&mailbox))
    }

    /// Throws a mailbox away whose pending state failed.
    pub(crate) fn forget(&self, mailbox: &Arc<Mailbox>) {
        let mut slots = self.slots.lock();
        if matches!(slots.by_user.get(&mailbox.user), Some(Slot::Ready(current)) if Arc::ptr_eq(current, mailbox)) {
            slots.by_user.remove(&mailbox.user);
        }
    }
}

/// Somebody who is about to be; one for each sign-up under way.
pub(crate) struct Expected<'m> {
    mailboxes: &'m Mailboxes,
    user: UserId,
}

impl Expected<'_> {
    /// They are: of their mailbox there is nothing to read, unless somebody has looked for it meanwhile.
    pub(crate) fn begin(self, max: usize) {
        let mut slots = self.mailboxes.slots.lock();
        if !slots.expected.remove(&self.user) || slots.by_user.contains_key(&self.user) {
            return;
        }
        if slots.by_user.len() >= max {
            evict(&mut slots, max);
        }
        slots.resting.remove(&self.user);
        slots.by_user.insert(self.user, Slot::Ready(Arc::new(Mailbox::new(self.user, load::nothing()))));
    }
}

impl Drop for Expected<'_> {
    fn drop(&mut self) {
        self.mailboxes.slots.lock().expected.remove(&self.user);
    }
}

fn place(mailbox: &Mailbox) -> Cursor {
    let state = mailbox.state.lock();
    Cursor { pts: state.head.pts, seq: state.head.seq }
}

/// Drops the least recently used tenth of those nobody uses, and remembers where they stood.
fn evict(slots: &mut Slots, max: usize) {
    let mut idle: Vec<(i64, UserId)> = slots
        .by_user
        .values()
        .filter_map(|slot| match slot {
            Slot::Ready(mailbox) if Arc::strong_count(mailbox) == 1 && mailbox.is_settled() => {
                Some((mailbox.used_ms.load(Ordering::Relaxed), mailbox.user))
            }
            _ => None,
        })
        .collect();
    idle.sort_unstable();
    // Forgetting costs whoever follows them one load each.
    if slots.resting.len() >= max.saturating_mul(RESTING_PER_MAILBOX) {
        slots.resting.clear();
    }
    for (_, user) in idle.into_iter().take((max / 10).max(1)) {
        if let Some(Slot::Ready(mailbox)) = slots.by_user.remove(&user)
            && !mailbox.chain.is_broken()
        {
            slots.resting.insert(user, place(&mailbox));
        }
    }
}

impl Platform {
    /// The active mailbox of a person, loaded if need be.
    pub(crate) async fn mailbox(&self, user: UserId) -> Result<Arc<Mailbox>, PlatformError> {
        let mailboxes = &self.inner.mailboxes;
        loop {
            match mailboxes.slot(user, self.inner.settings.bounds.mailboxes, || self.loading(user)) {
                Slot::Ready(mailbox) if mailbox.chain.is_broken() => mailboxes.forget(&mailbox),
                Slot::Ready(mailbox) => {
                    mailbox.touch(self.inner.runtime.told_ms());
                    return Ok(mailbox);
                }
                Slot::Loading(number, loading) => {
                    let loaded = loading.await;
                    mailboxes.settle(user, number, loaded.as_ref().ok().cloned());
                    loaded?;
                }
            }
        }
    }

    /// The active mailbox of a person, if it is in memory.
    pub(crate) fn mailbox_at_hand(&self, user: UserId) -> Option<Arc<Mailbox>> {
        let slots = self.inner.mailboxes.slots.lock();
        let Slot::Ready(mailbox) = slots.by_user.get(&user)? else { return None };
        mailbox.touch(self.inner.runtime.told_ms());
        Some(mailbox.clone()).filter(|mailbox| !mailbox.chain.is_broken())
    }

    fn loading(&self, user: UserId) -> Loading {
        let (store, is_by_letter) = (self.inner.store.clone(), self.is_by_letter());
        let load = async move {
            let mut state = load::load(&store, user).await?;
            if is_by_letter {
                outbox::load(&store, user, &mut state).await?;
            }
            Ok(Arc::new(Mailbox::new(user, state)))
        };
        load.boxed().shared()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_ready(mailboxes: &Mailboxes, user: UserId) -> bool {
        let never = || futures::future::pending().boxed().shared();
        matches!(mailboxes.slot(user, 10, never), Slot::Ready(_))
    }

    #[test]
    fn the_mailbox_of_a_newcomer_is_not_read() {
        let (mailboxes, newcomer) = (Mailboxes::default(), UserId(1));
        mailboxes.expect(newcomer).begin(10);
        assert!(is_ready(&mailboxes, newcomer));
    }

    #[test]
    fn a_mailbox_that_somebody_looked_for_is_read() {
        let (mailboxes, newcomer) = (Mailboxes::default(), UserId(1));
        let expected = mailboxes.expect(newcomer);
        assert!(!is_ready(&mailboxes, newcomer));
        expected.begin(10);
        assert!(!is_ready(&mailboxes, newcomer), "it is being read");
        let expected = mailboxes.expect(newcomer);
        mailboxes.slots.lock().by_user.clear();
        assert!(!is_ready(&mailboxes, newcomer));
        mailboxes.slots.lock().by_user.clear();
        expected.begin(10);
        assert!(!is_ready(&mailboxes, newcomer), "it was read, and may have been written");
    }

    #[test]
    fn who_does_not_come_is_expected_no_longer() {
        let (mailboxes, newcomer) = (Mailboxes::default(), UserId(1));
        drop(mailboxes.expect(newcomer));
        assert!(mailboxes.slots.lock().expected.is_empty());
    }
}
