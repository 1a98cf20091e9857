//! Whoever comes in by a person's invite and that person know each other from the first minute: each is in the other's
//! address book and finds a conversation, so that both can write at once.
//!
//! That it is to be done is written with the sign-up; what a crash left undone is done at the next start.

use store::{Batch, Class};

use super::names::scan_all;
use super::relation::Contact;
use crate::codec::{self, Stored};
use crate::keys::{self, SYSTEM_SHARDS, introduction_key, system_suffix};
use crate::mailbox::Window;
use crate::{Peer, Platform, PlatformError, UserId, limits};

/// A newcomer and who invited them.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
struct Introduction {
    #[n(0)]
    inviter: UserId,
}

impl Stored for Introduction {
    const WHAT: &'static str = "introduction of a newcomer";
}

/// Notes, in the batch of the sign-up, that the two are to be made known to each other.
pub(super) fn plan(batch: &mut Batch, newcomer: UserId, inviter: UserId) {
    batch.put(introduction_key(newcomer), codec::encode(&Introduction { inviter }));
}

impl Platform {
    /// Makes the two known to each other. Trouble is logged: the account is made, and the next start tries again.
    pub(super) async fn introduce(&self, newcomer: UserId, inviter: UserId) {
        if let Err(error) = self.try_introduce(newcomer, inviter).await {
            tracing::warn!(%error, %newcomer, "a newcomer is not made known to whoever invited them yet");
        }
    }

    async fn try_introduce(&self, newcomer: UserId, inviter: UserId) -> Result<(), PlatformError> {
        self.make_known(inviter, newcomer).await?;
        self.make_known(newcomer, inviter).await?;
        if self.has_no_words(inviter, newcomer).await? {
            self.send_joined_message(inviter, newcomer).await?;
        }
        if self.has_no_words(newcomer, inviter).await? {
            self.send_invited_message(newcomer, inviter).await?;
        }
        let mut batch = Batch::new(Class::C3);
        batch.deletes.push(introduction_key(newcomer));
        self.commit(batch).await
    }

    /// Puts `other` into the address book, unless it is full or one of them is gone: neither is worth trying again.
    async fn make_known(&self, owner: UserId, other: UserId) -> Result<(), PlatformError> {
        let Some(person) = self.person(other).await? else { return Ok(()) };
        let contact = Contact {
            first_name: person.profile.first_name.clone(),
            last_name: person.profile.last_name.clone(),
            ..Contact::default()
        };
        match self.add_contact(owner, other, contact, None).await {
            Ok(()) | Err(PlatformError::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn has_no_words(&self, user_id: UserId, other: UserId) -> Result<bool, PlatformError> {
        let newest = Window { limit: 1, ..Window::default() };
        Ok(self.history(user_id, Peer::User(other), newest).await?.messages.is_empty())
    }

    /// Makes known whom the last run of the server left unknown, a bounded number.
    pub(crate) async fn finish_introductions(&self) -> Result<(), PlatformError> {
        for shard in 0..SYSTEM_SHARDS {
            let prefix = vec![system_suffix::INTRODUCTION];
            let page = self.store().scan(&scan_all(keys::system_shard(shard), prefix, limits::ADMIN_PAGE)).await?;
            for (suffix, record) in &page.items {
                let Some(newcomer) = keys::id_of_suffix(suffix).map(UserId) else { continue };
                let introduction: Introduction = codec::decode(&record.value)?;
                self.introduce(newcomer, introduction.inviter).await;
            }
        }
        Ok(())
    }
}
