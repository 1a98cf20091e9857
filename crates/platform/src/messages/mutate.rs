//! Operations that read before they write hold the mutation locks of their mailboxes, in the order of the owners, over
//! both. New messages may still come in between; plans therefore compute with differences, not with totals.

use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use crate::mailbox::{Dialog, Hold, Mailbox, Numbered, Write, Written};
use crate::outbox::Listed;
use crate::{Actor, MsgId, Peer, Platform, PlatformError, UserId};

/// Mailboxes whose durable state no other mutation changes while this lives.
pub(crate) struct Mutation {
    pub(crate) mailboxes: Vec<Arc<Mailbox>>,
    _guards: Vec<OwnedMutexGuard<()>>,
    /// The actor may write letters.
    listed: Option<Listed>,
}

impl Mutation {
    /// A dialog as it is pending now.
    pub(crate) fn dialog(&self, user: UserId, peer: Peer) -> Dialog {
        let mailbox = self.mailboxes.iter().find(|mailbox| mailbox.user == user);
        mailbox.map_or_else(|| Dialog::new(peer), |mailbox| mailbox.state.lock().dialog(peer))
    }

    /// The last incoming message of a dialog up to this one with a copy elsewhere, if memory still has it.
    pub(super) fn last_incoming(&self, user: UserId, peer: Peer, upto: MsgId) -> Option<Numbered> {
        let mailbox = self.mailboxes.iter().find(|mailbox| mailbox.user == user)?;
        mailbox.state.lock().ring.last_message(|id, message| {
            id <= upto && message.peer == peer && !message.is_out() && message.sibling.is_some()
        })
    }

    /// A dialog all of whose messages the disk shows: one that came since the locks were taken is awaited.
    pub(super) async fn durable_dialog(&self, user: UserId, peer: Peer) -> Result<Dialog, PlatformError> {
        let dialog = self.dialog(user, peer);
        for mailbox in self.mailboxes.iter().filter(|mailbox| mailbox.user == user) {
            mailbox.settle().await?;
        }
        Ok(dialog)
    }

    /// Keeps what no run of places has as it is, and tells which of these messages are in runs.
    pub(super) async fn hold_unplaced(
        &self,
        user: UserId,
        ids: &[MsgId],
    ) -> Result<(Option<Hold>, Vec<MsgId>), PlatformError> {
        let Some(mailbox) = self.mailboxes.iter().find(|mailbox| mailbox.user == user) else {
            return Ok((None, ids.to_vec()));
        };
        let hold = mailbox.hold_unplaced();
        let mut placed = ids.to_vec();
        {
            let state = mailbox.state.lock();
            placed.retain(|id| !state.unplaced.has(*id));
        }
        if !placed.is_empty() {
            // Their runs may be on the way to the disk.
            mailbox.settle().await?;
        }
        Ok((Some(hold), placed))
    }

    /// Whether a mailbox takes part.
    pub(super) fn holds(&self, user: UserId) -> bool {
        self.mailboxes.iter().any(|mailbox| mailbox.user == user)
    }

    /// Makes the actor known as somebody who writes letters, before the first is planned.
    pub(super) async fn list_writer(&mut self, platform: &Platform, actor: UserId) -> Result<(), PlatformError> {
        let mailbox = self.mailboxes.iter().find(|mailbox| mailbox.user == actor);
        if let (Some(mailbox), None) = (mailbox, &self.listed) {
            self.listed = Some(platform.list_writer(mailbox).await?);
        }
        Ok(())
    }

    /// Plans and enqueues the write of this mutation.
    pub(crate) fn write<T>(
        &self,
        platform: &Platform,
        actor: Actor,
        plan: impl FnOnce(&mut Write<'_>) -> Result<T, PlatformError>,
    ) -> Result<Written<T>, PlatformError> {
        platform.write(&self.mailboxes, actor, plan)
    }
}

impl Platform {
    /// Locks the mailboxes that a deed of this person writes: their own and, where both are folded into one batch, those of
    /// the others.
    pub(super) async fn mutate_by(
        &self,
        actor: UserId,
        others: impl IntoIterator<Item = UserId>,
    ) -> Result<Mutation, PlatformError> {
        self.mutate(&self.writers_of(actor, others)).await
    }

    /// Whose mailboxes a deed of this person writes.
    pub(super) fn writers_of(&self, actor: UserId, others: impl IntoIterator<Item = UserId>) -> Vec<UserId> {
        let others = others.into_iter().filter(|_| !self.is_by_letter());
        std::iter::once(actor).chain(others).collect()
    }

    /// Locks these mailboxes against other mutations and waits until all they hold is durable.
    pub(crate) async fn mutate(&self, users: &[UserId]) -> Result<Mutation, PlatformError> {
        let mutation = self.hold(users).await?;
        for mailbox in &mutation.mailboxes {
            if let Err(error) = mailbox.settle().await {
                self.inner.mailboxes.forget(mailbox);
                return Err(error);
            }
        }
        Ok(mutation)
    }

    /// Locks these mailboxes against other mutations. What they hold may be on its way to the disk still: for deeds that
    /// need nothing but what memory has.
    pub(super) async fn hold(&self, users: &[UserId]) -> Result<Mutation, PlatformError> {
        let mut ordered = users.to_vec();
        ordered.sort_unstable();
        ordered.dedup();
        let mut mutation = Mutation { mailboxes: Vec::new(), _guards: Vec::new(), listed: None };
        for user in ordered {
            let mailbox = self.mailbox(user).await?;
            mutation._guards.push(mailbox.mutations.clone().lock_owned().await);
            mutation.mailboxes.push(mailbox);
        }
        Ok(mutation)
    }
}
