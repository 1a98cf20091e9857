//! Operations that read before they write hold the mutation locks of their mailboxes, in the order of the owners, over
//! both. New messages may still come in between; plans therefore compute with differences, not with totals.

use std::sync::Arc;

use tokio::sync::OwnedMutexGuard;

use crate::mailbox::{Dialog, Mailbox, Write, Written};
use crate::{Actor, Peer, Platform, PlatformError, UserId};

/// Mailboxes whose durable state no other mutation changes while this lives.
pub(crate) struct Mutation {
    pub(crate) mailboxes: Vec<Arc<Mailbox>>,
    _guards: Vec<OwnedMutexGuard<()>>,
}

impl Mutation {
    /// A dialog as it is pending now.
    pub(crate) fn dialog(&self, user: UserId, peer: Peer) -> Dialog {
        let mailbox = self.mailboxes.iter().find(|mailbox| mailbox.user == user);
        mailbox.map_or_else(|| Dialog::new(peer), |mailbox| mailbox.state.lock().dialog(peer))
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
    /// Locks these mailboxes against other mutations and waits until all they hold is durable.
    pub(crate) async fn mutate(&self, users: &[UserId]) -> Result<Mutation, PlatformError> {
        let mut ordered = users.to_vec();
        ordered.sort_unstable();
        ordered.dedup();
        let mut mutation = Mutation { mailboxes: Vec::new(), _guards: Vec::new() };
        for user in ordered {
            let mailbox = self.mailbox(user).await?;
            mutation._guards.push(mailbox.mutations.clone().lock_owned().await);
            mutation.mailboxes.push(mailbox);
        }
        for mailbox in &mutation.mailboxes {
            if let Err(error) = mailbox.settle().await {
                self.inner.mailboxes.forget(mailbox);
                return Err(error);
            }
        }
        Ok(mutation)
    }
}

/// The mailboxes a private conversation lives in: the actor's and, unless it is Saved Messages or the service account,
/// the other person's.
pub(crate) fn pair(user: UserId, peer: Peer) -> Vec<UserId> {
    match super::neighbours::mailbox_of(user, peer) {
        Some(other) => vec![user, other],
        None => vec![user],
    }
}
