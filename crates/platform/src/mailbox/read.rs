//! Reading a mailbox: projections from memory behind the barrier of the moment they were read, records from the disk,
//! which shows durable state only.

use std::sync::Arc;

use futures::future::FutureExt as _;
use store::StoreError;

use super::dialog::Dialog;
use super::load::load_replays;
use super::record::{Message, Numbered};
use super::state::{Barrier, State};
use super::{Mailbox, suffix};
use crate::codec::decode_record;
use crate::keys;
use crate::limits::mailbox::READ_ATTEMPTS;
use crate::{MsgId, Peer, Platform, PlatformError, UserId};

impl Mailbox {
    /// Waits until everything enqueued so far is durable.
    pub(crate) async fn settle(&self) -> Result<(), PlatformError> {
        let barrier = self.state.lock().barrier.clone();
        await_barrier(barrier).await
    }
}

async fn await_barrier(barrier: Option<Barrier>) -> Result<(), PlatformError> {
    match barrier {
        Some(barrier) => barrier.await.map_err(PlatformError::from),
        None => Ok(()),
    }
}

impl Platform {
    /// Reads the pending state and hands it out once it is durable; read again if it turned out not to be.
    pub(crate) async fn view<T>(&self, user: UserId, read: impl Fn(&mut State) -> T) -> Result<T, PlatformError> {
        let mut last = PlatformError::Store(StoreError::Unavailable("the mailbox cannot be read"));
        for _ in 0..READ_ATTEMPTS {
            let mailbox = self.mailbox(user).await?;
            let (value, barrier) = {
                let mut state = mailbox.state.lock();
                (read(&mut state), state.barrier.clone())
            };
            match await_barrier(barrier).await {
                Ok(()) => return Ok(value),
                Err(error) => last = error,
            }
            self.inner.mailboxes.forget(&mailbox);
        }
        Err(last)
    }

    /// One dialog of a person.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when it cannot be read.
    pub async fn dialog(&self, user: UserId, peer: Peer) -> Result<Dialog, PlatformError> {
        self.view(user, |state| state.dialog(peer)).await
    }

    /// Messages of a person's mailbox, in the order asked for; `None` where there is none.
    ///
    /// # Errors
    /// [`PlatformError::Store`] when they cannot be read, [`PlatformError::Damaged`] when they are not what was written.
    pub async fn messages(&self, user: UserId, ids: &[MsgId]) -> Result<Vec<Option<Numbered>>, PlatformError> {
        let wanted: Vec<_> = ids.iter().map(|id| keys::user_key(user, &suffix::message(*id))).collect();
        let records = self.inner.store.get_many(&wanted).await?;
        ids.iter().zip(records).map(|(id, record)| numbered(*id, record.as_ref())).collect()
    }

    /// One message of a person's mailbox.
    ///
    /// # Errors
    /// As [`Platform::messages`].
    pub async fn message(&self, user: UserId, id: MsgId) -> Result<Option<Numbered>, PlatformError> {
        Ok(self.messages(user, &[id]).await?.pop().flatten())
    }

    /// The mailbox with its window of `random_id`s in memory.
    pub(crate) async fn sending_mailbox(&self, user: UserId) -> Result<Arc<Mailbox>, PlatformError> {
        let mailbox = self.mailbox(user).await?;
        if mailbox.state.lock().replays.is_none() {
            self.remember_sent(&mailbox).await?;
        }
        Ok(mailbox)
    }

    /// Every send awaits the first one's reading, and nothing else writes messages with a `random_id` meanwhile.
    async fn remember_sent(&self, mailbox: &Arc<Mailbox>) -> Result<(), PlatformError> {
        let _one_reads = mailbox.mutations.lock().await;
        if mailbox.state.lock().replays.is_some() {
            return Ok(());
        }
        let replays = load_replays(&self.inner.store, mailbox.user, self.now()).boxed().await?;
        mailbox.state.lock().replays = Some(replays);
        Ok(())
    }
}

fn numbered(id: MsgId, record: Option<&store::Record>) -> Result<Option<Numbered>, PlatformError> {
    Ok(decode_record::<Message>(record)?.map(|message| Numbered { id, message: Arc::new(message) }))
}
