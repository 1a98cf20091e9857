//! Keeping the logs bounded: after a checkpoint the oldest events and changes go, some at a time. A client older than what
//! is left is told `differenceTooLong`. Messages are never trimmed.

use std::sync::Arc;

use failpoint::failpoint;
use futures::future::FutureExt as _;
use store::{Key, Scan};

use super::write::checkpoint;
use super::{Mailbox, suffix};
use crate::keys::{self, user_suffix};
use crate::limits::mailbox::{CHANGE_LOG_SECONDS, LOG_TRIM_RECORDS, PAGE_MAX_BYTES};
use crate::{Platform, PlatformError, Pts, UserId};

impl Platform {
    /// Trims both logs of a mailbox to their bounds. Failing is no harm: the next checkpoint tries again.
    pub(super) async fn trim_logs(&self, mailbox: &Arc<Mailbox>) {
        let upto = Pts(mailbox.state.lock().head.pts.0.saturating_sub(self.log_pts_max()));
        if let Err(error) = self.trim_to(mailbox, upto).await {
            tracing::debug!(%error, user = mailbox.user.0, "logs were not trimmed");
        }
    }

    async fn trim_to(&self, mailbox: &Arc<Mailbox>, upto: Pts) -> Result<(), PlatformError> {
        let oldest_date = self.now().saturating_sub(CHANGE_LOG_SECONDS);
        let user = mailbox.user;
        let events = match upto.0 {
            ..=0 => Vec::new(),
            _ => self.oldest(user, user_suffix::EVENT, suffix::event(upto)).await?,
        };
        let last_change = suffix::change(oldest_date, crate::Seq(i32::MAX));
        let changes = self.oldest(user, user_suffix::CHANGE, last_change).await?;
        let Some(floor) =
            events.last().and_then(|key| suffix::last_number(key)).map(Pts).or(changes.first().map(|_| Pts(0)))
        else {
            return Ok(());
        };
        self.remove(mailbox, floor, events.into_iter().chain(changes))
    }

    async fn oldest(&self, user: UserId, first: u8, last: Vec<u8>) -> Result<Vec<Vec<u8>>, PlatformError> {
        let scan = Scan {
            owner: keys::user(user),
            prefix: vec![first],
            from: None,
            to: Some(last),
            reverse: false,
            limit: LOG_TRIM_RECORDS,
            max_bytes: PAGE_MAX_BYTES,
        };
        Ok(self.inner.store.scan(&scan).await?.items.into_iter().map(|(key, _)| key).collect())
    }

    /// The new floor becomes durable in the same batch as the deletions, with the projections it belongs to.
    fn remove(
        &self,
        mailbox: &Arc<Mailbox>,
        floor: Pts,
        suffixes: impl Iterator<Item = Vec<u8>>,
    ) -> Result<(), PlatformError> {
        let owner = keys::user(mailbox.user);
        let mut state = mailbox.state.lock();
        let mut head = state.head.clone();
        head.log_floor = head.log_floor.max(floor);
        let dirty = state.dirty.iter().filter_map(|peer| state.dialogs.get(peer));
        let mut batch = checkpoint(&owner, &head, dirty);
        batch.deletes = suffixes.map(|suffix| Key::new(&owner, &suffix)).collect();
        batch.chains.push(mailbox.chain.clone());
        let commit = self.inner.store.enqueue(batch)?;
        state.head = head;
        state.barrier = Some(commit.shared());
        state.dirty.clear();
        state.since_checkpoint = 0;
        Ok(())
    }

    /// The bound; fault runs take a short one, so that trimming is under way whatever breaks.
    fn log_pts_max(&self) -> i32 {
        failpoint!("platform.short_log", return 2_000);
        self.inner.settings.bounds.log_pts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mailbox::{Change, Difference, DifferenceLimits};
    use crate::messages::Outgoing;
    use crate::{Actor, Peer, Settings};

    struct Still;

    impl crate::Runtime for Still {
        fn now_ms(&self) -> i64 {
            1_800_000_000_000
        }

        fn fill_random(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    #[test]
    fn who_is_older_than_the_log_starts_anew() {
        futures::executor::block_on(async {
            let bus = bus::Bus::in_process();
            let platform =
                Platform::open(crate::Ports::memory(store::Store::memory(), bus, Arc::new(Still)), Settings::default())
                    .await
                    .expect("opens");
            let actor = Actor::server(UserId(11));
            let mut ids = Vec::new();
            for random_id in 1..=10 {
                let outgoing = Outgoing {
                    peer: Peer::User(actor.user),
                    text: "note".into(),
                    entities: Vec::new(),
                    random_id,
                    reply: None,
                    flags: crate::mailbox::Flags::default(),
                    media: None,
                    clear_draft: false,
                };
                ids.push(platform.send_message(actor, outgoing).await.expect("sent").message.id);
            }
            for id in ids {
                platform.delete_messages(actor, &[id], false).await.expect("deleted");
            }
            platform.log_change(actor.user, Change::ContactsReset, None).await.expect("logged");
            let mailbox = platform.mailbox(actor.user).await.expect("loads");
            platform.trim_to(&mailbox, Pts(15)).await.expect("trims");
            mailbox.settle().await.expect("durable");
            let difference = |pts: i32| platform.difference(actor.user, Pts(pts), 0, DifferenceLimits::default());
            assert_eq!(difference(14).await.expect("reads"), Difference::TooLong(Pts(21)));
            let Difference::Full(entries, _) = difference(15).await.expect("reads") else { panic!("whole") };
            assert_eq!(entries.len(), 6 + 1, "the events after the floor, and the change");
        });
    }
}
