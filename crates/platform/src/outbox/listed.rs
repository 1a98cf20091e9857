//! The list of people who may have letters waiting: what a start reads to find them. Its entries lie under the server, not
//! under the person, so each is written by a batch of its own, before the first letter; while somebody plans letters
//! nobody takes them off.

use std::sync::Arc;

use failpoint::failpoint;
use store::{Batch, Class, Page, Scan};
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use crate::keys::{self, SYSTEM_SHARDS, system_suffix};
use crate::limits::outbox::{LETTERS_PAGE, QUIET_LOOKS};
use crate::limits::{self};
use crate::mailbox::Mailbox;
use crate::{Platform, PlatformError, UserId};

/// The owner of the mailbox is listed for as long as this lives.
#[must_use = "letters are written while it lives"]
pub(crate) struct Listed(#[allow(dead_code, reason = "held, not read")] OwnedRwLockReadGuard<bool>);

/// Where the list is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    shard: u8,
    from: Option<Vec<u8>>,
}

impl Platform {
    /// Lists the owner of a mailbox as somebody with letters, if need be.
    pub(crate) async fn list_writer(&self, mailbox: &Mailbox) -> Result<Listed, PlatformError> {
        let is_listed: Arc<RwLock<bool>> = mailbox.is_listed.clone();
        let read = is_listed.clone().read_owned().await;
        if *read {
            return Ok(Listed(read));
        }
        drop(read);
        let mut write = is_listed.write_owned().await;
        if !*write {
            let mut batch = Batch::new(Class::C1);
            batch.put(keys::outbox_key(mailbox.user), Vec::new());
            self.commit(batch).await?;
            failpoint!("platform.letter.listed");
            *write = true;
        }
        Ok(Listed(OwnedRwLockWriteGuard::downgrade(write)))
    }

    /// Looks at a writer: rings for letters that wait, and takes those off the list who have long written none.
    pub(super) async fn look_at_writer(&self, writer: UserId) -> Result<(), PlatformError> {
        let mailbox = self.mailbox(writer).await?;
        let looks = {
            let mut state = mailbox.state.lock();
            (state.letters.waiting() == 0).then(|| state.letters.look())
        };
        match looks {
            None => self.inner.outbox.bell.ring(writer),
            Some(looks) if looks >= QUIET_LOOKS => self.unlist(&mailbox).await?,
            Some(_) => {}
        }
        Ok(())
    }

    /// Takes the owner of a mailbox off the list. The batch belongs to the mailbox's chain: a copy of the mailbox that is
    /// read anew after a failure sees what became of it.
    async fn unlist(&self, mailbox: &Arc<Mailbox>) -> Result<(), PlatformError> {
        let mut is_listed = mailbox.is_listed.clone().write_owned().await;
        mailbox.settle().await?;
        if mailbox.state.lock().letters.waiting() > 0 {
            return Ok(());
        }
        *is_listed = false;
        let mut batch = Batch::new(Class::C1);
        batch.deletes.push(keys::outbox_key(mailbox.user));
        batch.chains.push(mailbox.chain.clone());
        self.commit(batch).await
    }

    /// The next people on the list, and where it goes on.
    pub(super) async fn listed(&self, place: Place) -> Result<(Vec<UserId>, Option<Place>), PlatformError> {
        let scan = Scan {
            owner: keys::system_shard(place.shard),
            prefix: vec![system_suffix::OUTBOX],
            from: place.from,
            to: None,
            reverse: false,
            limit: LETTERS_PAGE,
            max_bytes: limits::PEOPLE_SCAN_MAX_BYTES,
        };
        let Page { items, next } = self.store().scan(&scan).await?;
        let people = items.iter().filter_map(|(suffix, _)| keys::id_of_suffix(suffix)).map(UserId).collect();
        let shard = if next.is_some() { place.shard } else { place.shard + 1 };
        let goes_on = shard < SYSTEM_SHARDS;
        Ok((people, goes_on.then_some(Place { shard, from: next })))
    }

    /// Whether no run of the server left letters behind.
    pub(super) async fn is_nobody_listed(&self) -> Result<bool, PlatformError> {
        let mut place = Some(Place::default());
        while let Some(from) = place {
            let (people, next) = self.listed(from).await?;
            if !people.is_empty() {
                return Ok(false);
            }
            place = next;
        }
        Ok(true)
    }
}
